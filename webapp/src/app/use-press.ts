import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useSpeech } from "../i18n";
import { haptic } from "../telegram";
import { useNotify } from "../ui";
import { problemText } from "./problem-text";

/** A press whose failure is told in one line; `then` is read anew whatever came of it. */
export function usePress<T>(then: readonly (readonly string[])[]) {
  const { t } = useSpeech();
  const notify = useNotify();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: { run: () => Promise<T>; done?: string }) => act.run(),
    onSuccess: (_, act) => {
      haptic("success");
      if (act.done) notify(act.done);
    },
    onError: (error) => {
      haptic("error");
      notify(problemText(t, error), true);
    },
    onSettled: () =>
      Promise.all(then.map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] }))),
  });
}
