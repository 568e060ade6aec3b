import { useMutation, useQueryClient } from "@tanstack/react-query";
import { problemText } from "../../app/problem-text";
import { haptic } from "../../telegram";
import { useNotify } from "../../ui";
import { refreshConversation } from "./queries";
import { useSpeech } from "./words";

/**
 * A press on something about one conversation. Whatever comes of it, the conversation is read
 * anew: a refusal usually means that someone else was first.
 */
export function useAct(conversationId: string) {
  const { t } = useSpeech();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: { run: () => Promise<unknown>; done?: string }) => act.run(),
    onSuccess: (_, act) => {
      haptic("success");
      if (act.done) notify(act.done);
    },
    onError: (error) => {
      haptic("error");
      notify(problemText(t, error), true);
    },
    onSettled: () => refreshConversation(queries, conversationId),
  });
}
