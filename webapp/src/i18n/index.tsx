import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";
import { Format, type Language } from "./format";
import type { Like } from "./like";
import { app } from "./ru/app";
import { loadWords, type Part, type Words, wordsHere } from "./words";

/** The words every page has. */
export type Dictionary = Like<typeof app>;
export type { Format, Language };

const dictionaries: Partial<Record<Language, Dictionary>> = { ru: app };

/** Fetches a language that did not come with the page; a failure leaves Russian. */
export async function loadLanguage(language: Language): Promise<void> {
  if (dictionaries[language]) return;
  try {
    dictionaries[language] = (await import("./en/app")).app;
  } catch {
    // Offline: words in another language are better than none.
  }
}

type Speech<T = Dictionary> = { language: Language; t: T; format: Format };
const SpeechContext = createContext<Speech>({
  language: "ru",
  t: app,
  format: new Format("ru", app),
});

/** The language before anyone has signed in: the messenger's, else the browser's. */
export function guessLanguage(code: string | undefined): Language {
  const wanted = (code ?? navigator.language).toLowerCase();
  return /^(ru|be|uk|kk)\b/.test(wanted) ? "ru" : "en";
}

export function Speaking({ language, children }: { language: Language; children: ReactNode }) {
  const speech = useMemo(() => {
    const t = dictionaries[language] ?? app;
    return { language, t, format: new Format(language, t) };
  }, [language]);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return <SpeechContext.Provider value={speech}>{children}</SpeechContext.Provider>;
}

export const useSpeech = (): Speech => useContext(SpeechContext);

type Spoken<P extends readonly Part[]> = Dictionary & JoinedWords<P>;
type JoinedWords<P extends readonly Part[]> = P extends readonly [
  infer First extends Part,
  ...infer Rest extends readonly Part[],
]
  ? Words[First] & JoinedWords<Rest>
  : unknown;

/**
 * A page's own `useSpeech`: the words every page has and those of its parts. They come with the
 * page; whoever renders before they are here waits (Suspense).
 */
export function speechOf<const P extends readonly Part[]>(...parts: P) {
  const joined = new Map<Language, Spoken<P>>();
  const failed = new Map<Language, unknown>();
  const load = (language: Language) => {
    failed.delete(language);
    return Promise.all(parts.map((part) => loadWords(language, part))).then(
      () => {},
      (error) => void failed.set(language, error),
    );
  };
  const use = (): Speech<Spoken<P>> => {
    const speech = useSpeech();
    const { language } = speech;
    let t = joined.get(language);
    if (!t) {
      const words = parts.map((part) => wordsHere(language, part));
      if (words.some((each) => !each)) throw failed.get(language) ?? load(language);
      t = Object.assign({}, speech.t, ...words) as Spoken<P>;
      joined.set(language, t);
    }
    return { ...speech, t };
  };
  return { use };
}

export type SpokenBy<S extends { use: () => { t: unknown } }> = ReturnType<S["use"]>["t"];
