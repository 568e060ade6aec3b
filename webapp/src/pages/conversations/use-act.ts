import { usePress } from "../../app/use-press";
import { keysOf } from "./queries";

/**
 * A press on something about one conversation. Whatever comes of it, the conversation is read
 * anew: a refusal usually means that someone else was first.
 */
export const useAct = (conversationId: string) => usePress<unknown>(keysOf(conversationId));
