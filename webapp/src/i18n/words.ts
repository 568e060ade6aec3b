import type { Language } from "./format";
import type { Like } from "./like";
import type { autonomy } from "./ru/autonomy";
import type { codes } from "./ru/codes";
import type { conversations } from "./ru/conversations";
import type { delivery } from "./ru/delivery";
import type { knowledge } from "./ru/knowledge";
import type { prices } from "./ru/prices";
import type { settings } from "./ru/settings";

/** The words of one page, or of what several pages share. */
export type Words = {
  autonomy: Like<typeof autonomy>;
  codes: Like<typeof codes>;
  conversations: Like<typeof conversations>;
  delivery: Like<typeof delivery>;
  knowledge: Like<typeof knowledge>;
  prices: Like<typeof prices>;
  settings: Like<typeof settings>;
};
export type Part = keyof Words;

type Load<P extends Part> = () => Promise<Words[P]>;
const files: { [P in Part]: Record<Language, Load<P>> } = {
  autonomy: {
    ru: () => import("./ru/autonomy").then((file) => file.autonomy),
    en: () => import("./en/autonomy").then((file) => file.autonomy),
  },
  codes: {
    ru: () => import("./ru/codes").then((file) => file.codes),
    en: () => import("./en/codes").then((file) => file.codes),
  },
  conversations: {
    ru: () => import("./ru/conversations").then((file) => file.conversations),
    en: () => import("./en/conversations").then((file) => file.conversations),
  },
  delivery: {
    ru: () => import("./ru/delivery").then((file) => file.delivery),
    en: () => import("./en/delivery").then((file) => file.delivery),
  },
  knowledge: {
    ru: () => import("./ru/knowledge").then((file) => file.knowledge),
    en: () => import("./en/knowledge").then((file) => file.knowledge),
  },
  prices: {
    ru: () => import("./ru/prices").then((file) => file.prices),
    en: () => import("./en/prices").then((file) => file.prices),
  },
  settings: {
    ru: () => import("./ru/settings").then((file) => file.settings),
    en: () => import("./en/settings").then((file) => file.settings),
  },
};

const loaded = new Map<string, object>();
const loading = new Map<string, Promise<void>>();
const keyOf = (language: Language, part: Part) => `${language}/${part}`;

/** Words that are here already. */
export const wordsHere = (language: Language, part: Part): object | undefined =>
  loaded.get(keyOf(language, part));

/** Fetches words once; what failed may be tried again. */
export function loadWords(language: Language, part: Part): Promise<void> {
  const key = keyOf(language, part);
  let load = loading.get(key);
  if (!load) {
    load = files[part][language]().then(
      (words) => void loaded.set(key, words),
      (error) => {
        loading.delete(key);
        throw error;
      },
    );
    loading.set(key, load);
  }
  return load;
}
