import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Problem } from "../api/problem";
import type { FieldProblem } from "../api/types";
import { useSpeech } from "../i18n";
import { haptic } from "../telegram";
import { useNotify } from "../ui";
import { useUnsaved } from "./leave-guard";
import { problemText } from "./problem-text";

type Problems<T> = Partial<Record<keyof T, string>>;

/**
 * The changes a person made over what is saved. `send` gets only those; what someone else
 * changes meanwhile is neither lost nor overwritten, and a conflict (409) keeps what was typed.
 * `fieldOf` maps the name of a refused field to the form's, when they differ.
 */
export function useForm<T extends object>(
  saved: T,
  options: {
    send: (changes: Partial<T>) => Promise<unknown>;
    done: string;
    onConflict?: (problem: Problem) => void;
    fieldOf?: (name: string) => keyof T | undefined;
  },
) {
  const { t } = useSpeech();
  const notify = useNotify();
  const [changes, setChanges] = useState<Partial<T>>({});
  const [problems, setProblems] = useState<Problems<T>>({});
  const [refused, setRefused] = useState<readonly FieldProblem[]>([]);
  const [saving, setSaving] = useState(false);
  const latest = useRef({ changes, options });
  latest.current = { changes, options };

  const values: T = useMemo(() => ({ ...saved, ...changes }), [saved, changes]);
  const dirty = Object.keys(changes).length > 0;

  const set = <K extends keyof T>(field: K, value: T[K]) => {
    setChanges((before) => {
      const next = { ...before, [field]: value };
      if (same(saved[field], value)) delete next[field];
      return next;
    });
    setProblems(({ [field]: _, ...rest }) => rest as unknown as Problems<T>);
    setRefused([]);
  };

  const revert = useCallback(() => {
    setChanges({});
    setProblems({});
    setRefused([]);
  }, []);

  const save = useCallback(async (): Promise<boolean> => {
    const { changes: sent, options: how } = latest.current;
    setSaving(true);
    try {
      await how.send(sent);
      revert();
      haptic("success");
      notify(how.done);
      return true;
    } catch (error) {
      const named = error instanceof Problem ? byField(error, saved, how.fieldOf) : {};
      setProblems(named);
      setRefused(error instanceof Problem ? error.fields : []);
      haptic("error");
      if (Object.keys(named).length > 0) return false;
      if (error instanceof Problem && error.status === 409 && how.onConflict) {
        how.onConflict(error);
      } else {
        notify(problemText(t, error), true);
      }
      return false;
    } finally {
      setSaving(false);
    }
  }, [notify, revert, saved, t]);

  const guarded = useMemo(() => (dirty ? { save, drop: revert } : null), [dirty, save, revert]);
  useUnsaved(guarded);

  return { values, changes, problems, refused, dirty, saving, set, revert, save };
}

export type Form<T extends object> = ReturnType<typeof useForm<T>>;

/** What every control of a form shares. */
export function about<T extends object, K extends keyof T>(
  form: Form<T>,
  field: K,
  editable = true,
) {
  return {
    value: form.values[field],
    problem: form.problems[field],
    disabled: !editable || form.saving,
    onChange: (value: T[K]) => form.set(field, value),
  };
}

/** Takes the person to the first field that was refused. */
export function useFirstProblem(problems: object) {
  const element = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(problems).length === 0) return;
    const bad = element.current?.querySelector<HTMLElement>(
      ".ui-field-bad :is(input, select, textarea)",
    );
    bad?.focus();
  }, [problems]);
  return element;
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function byField<T extends object>(
  problem: Problem,
  values: T,
  fieldOf: ((name: string) => keyof T | undefined) | undefined,
): Problems<T> {
  const named: Problems<T> = {};
  for (const each of problem.fields) {
    const first = each.field.split(/[.[]/)[0] ?? each.field;
    const field = fieldOf?.(each.field) ?? (first in values ? (first as keyof T) : undefined);
    if (field !== undefined) named[field] = each.detail;
  }
  return named;
}
