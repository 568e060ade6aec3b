import { problemWords } from "../../app/code-words";
import type { Words } from "../../i18n/words";
import type { Dictionary } from "./words";

type Codes = Words["codes"];

/** Where nothing goes out by itself anyway, these say nothing about the draft. */
const BY_HAND = ["engine_off", "learning_mode"];
const LOCKS = [...BY_HAND, "autosend_off", "store_disallows", "intent_not_allowed", "no_licence"];
/** Said already by the line of what is not confirmed. */
const SAID_OTHERWISE = ["unbound_facts", "self_check_failed"];
/** With these another try would end the same. */
const HOPELESS = ["ai.off", "ai.no_key", "ai.no_subscription", "ai.no_words"];

/** Why the draft was left to a person: the same reasons, in the same words, as on the bot's card. */
export function reasonWords(t: Codes, reasons: readonly string[]): string[] {
  const byHand = reasons.some((reason) => BY_HAND.includes(reason));
  return reasons
    .filter((reason) => !SAID_OTHERWISE.includes(reason))
    .filter((reason) => !(byHand && LOCKS.includes(reason)))
    .flatMap((reason) => t.reason[reason] ?? []);
}

/** Why there is no draft. */
export const failureWords = (t: Codes, code: string): string => t.failure[code] ?? t.unknownCode;

export const hopeless = (code: string | null): boolean => code !== null && HOPELESS.includes(code);

/** What became of a reply that did not arrive, and why. */
export function undeliveredWords(t: Dictionary, problem: string | null | undefined): string {
  if (problem === "outbound.sent_again") return t.sentAgain;
  return problem ? `${t.notDelivered}: ${problemWords(t, problem)}` : t.notDelivered;
}
