import type {
  Conversation,
  ConversationStatus,
  ConversationSummary,
  Message,
  Mode,
} from "../../api/types";
import type { Format } from "../../i18n";
import type { Tone } from "../../ui/tabs";
import type { Dictionary } from "./words";

type State = { tone: Tone; text: string };

/** Where a conversation stands, as a sign and in words. */
export function stateOf(
  conversation: Pick<ConversationSummary, "status" | "waiting_since">,
  drafting: boolean,
  t: Dictionary,
  format: Format,
  now: Date,
): State {
  const { status, waiting_since: since } = conversation;
  const waits = since ? format.waiting(new Date(since), now) : null;
  if (status === "escalated") return { tone: "escalated", text: waits ?? t.stateEscalated };
  if (status === "resolved") return { tone: "resolved", text: t.stateResolved };
  if (status === "active") return { tone: "answered", text: t.stateActive };
  return { tone: drafting ? "drafting" : "waiting", text: waits ?? t.stateWaiting };
}

export function modeName(t: Dictionary, mode: Mode): string {
  return { learning: t.modeLearning, semi_auto: t.modeSemiAuto, auto: t.modeAuto }[mode];
}

/** Who speaks, as the thread names them; a customer by their own name. */
export function authorName(t: Dictionary, { kind, name }: Message["author"]): string {
  const names = {
    customer: name ?? "",
    operator: name ?? t.authorOperator,
    ai: t.authorAi(name),
    owner: t.authorOwner(name),
    system: t.authorSystem,
  };
  return names[kind];
}

export const channelNames: Readonly<Record<string, string>> = {
  telegram_bot: "Telegram",
  telegram_personal: "Telegram",
  telegram_business: "Telegram",
  whatsapp_personal: "WhatsApp",
  whatsapp_business: "WhatsApp",
  max_personal: "MAX",
  max_bot: "MAX",
  web_chat: "Web",
};

export const channelName = (channel: Conversation["channel"]): string =>
  channelNames[channel.kind] ?? channel.name;

export const isOpen = (status: ConversationStatus): boolean => status !== "resolved";
