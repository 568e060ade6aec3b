import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { en } from "./en";
import { Format, type Language } from "./format";
import { type Dictionary, ru } from "./ru";

export type { Dictionary, Format, Language };

const dictionaries: Record<Language, Dictionary> = { ru, en };

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
    const t = dictionaries[language];
    return { language, t, format: new Format(language, t) };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

export const useSpeech = (): Speech => useContext(SpeechContext);
