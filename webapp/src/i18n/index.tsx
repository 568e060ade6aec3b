import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { Format, type Language } from "./format";
import { type Dictionary, ru } from "./ru";

export type { Dictionary, Format, Language };

const dictionaries: Partial<Record<Language, Dictionary>> = { ru };

/** Fetches a language that did not come with the page; a failure leaves Russian. */
export async function loadLanguage(language: Language): Promise<void> {
  if (dictionaries[language]) return;
  try {
    dictionaries[language] = (await import("./en")).en;
  } catch {
    // Offline: words in another language are better than none.
  }
}

type Speech = { language: Language; t: Dictionary; format: Format };
const SpeechContext = createContext<Speech>({
  language: "ru",
  t: ru,
  format: new Format("ru", ru),
});

/** The language before anyone has signed in: the messenger's, else the browser's. */
export function guessLanguage(code: string | undefined): Language {
  const wanted = (code ?? navigator.language).toLowerCase();
  return /^(ru|be|uk|kk)\b/.test(wanted) ? "ru" : "en";
}

export function Speaking({ language, children }: { language: Language; children: ReactNode }) {
  const speech = useMemo(() => {
    const t = dictionaries[language] ?? ru;
    return { language, t, format: new Format(language, t) };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

export const useSpeech = (): Speech => useContext(SpeechContext);
