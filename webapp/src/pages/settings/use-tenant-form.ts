import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { Problem } from "../../api/problem";
import type { TenantSettings } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { problemText } from "../../app/problem-text";
import { haptic } from "../../telegram";
import { useNotify } from "../../ui";
import { useSpeech } from "./words";

export type Editable = Pick<
  TenantSettings,
  | "name"
  | "language"
  | "tone"
  | "address_form"
  | "currency"
  | "time_zone"
  | "default_mode"
  | "undo_seconds"
>;
type Problems = Partial<Record<keyof Editable, string>>;

/**
 * The changes a person made over the saved settings. Only what they changed is sent, so what
 * someone else changes meanwhile is neither lost nor overwritten.
 */
export function useTenantForm(saved: TenantSettings) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const notify = useNotify();
  const queries = useQueryClient();
  const [changes, setChanges] = useState<Partial<Editable>>({});
  const [problems, setProblems] = useState<Problems>({});
  const [saving, setSaving] = useState(false);
  const latest = useRef(changes);
  latest.current = changes;

  const values: Editable = useMemo(() => ({ ...saved, ...changes }), [saved, changes]);
  const dirty = Object.keys(changes).length > 0;

  const set = <K extends keyof Editable>(field: K, value: Editable[K]) => {
    const next = { ...changes, [field]: value };
    if (saved[field] === value) delete next[field];
    setChanges(next);
    setProblems(({ [field]: _, ...rest }) => rest as Problems);
  };

  const revert = useCallback(() => {
    setChanges({});
    setProblems({});
  }, []);

  const save = useCallback(async (): Promise<boolean> => {
    const sent = latest.current;
    setSaving(true);
    try {
      const next = await client.call("PATCH /tenant", { body: sent });
      queries.setQueryData(["tenant"], next);
      setChanges({});
      setProblems({});
      haptic("success");
      notify(t.saved);
      return true;
    } catch (error) {
      const named = error instanceof Problem ? byField(error, sent) : {};
      setProblems(named);
      haptic("error");
      if (Object.keys(named).length === 0) notify(problemText(t, error), true);
      return false;
    } finally {
      setSaving(false);
    }
  }, [client, queries, notify, t]);

  return { values, problems, dirty, saving, set, revert, save };
}

function byField(problem: Problem, sent: Partial<Editable>): Problems {
  const known = problem.fields.filter((each) => each.field in sent);
  return Object.fromEntries(known.map((each) => [each.field, each.detail]));
}
