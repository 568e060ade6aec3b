import type { Words } from "../i18n/words";

type Codes = Words["codes"];

/** Why a reply did not go out: by its code, or as the messenger put it. */
export function problemWords(t: Codes, problem: string): string {
  const isCode = /^[a-z_]+(\.[a-z_]+)+$/.test(problem);
  // An automatic reply that was stopped says by which rule.
  const rule = t.reason[problem.replace(/^reason\./, "")];
  return rule ?? t.problem[problem] ?? (isCode ? t.unknownCode : problem);
}

export const intentName = (t: Codes, intent: string | null): string | null =>
  intent && (t.intent[intent.toLowerCase()] ?? intent);
