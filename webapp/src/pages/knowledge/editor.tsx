import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import type { IndexMark } from "../../api/types";
import { useGo } from "../../app/leave-guard";
import type { Form } from "../../app/use-form";
import { usePress } from "../../app/use-press";
import { Button, Confirm } from "../../ui";
import { Meanwhile, useMeanwhile } from "./meanwhile";
import { Mark } from "./parts";
import { useSpeech } from "./words";

/** To be called when a new thing was saved: back to the list, once nothing is unsaved any more. */
export function useMade(list: string, dirty: boolean): () => void {
  const go = useGo();
  const [made, setMade] = useState(false);
  useEffect(() => {
    if (made && !dirty) go(list, { replace: true });
  }, [made, dirty, go, list]);
  return () => setMade(true);
}

/** A saved thing around its fields: when it was changed, by whom meanwhile, and its removal. */
export function Saved<T extends object>(props: {
  saved: { version: number; changed_at: string; index: IndexMark };
  form: Form<T>;
  /** What is saved now, told when someone else has changed it meanwhile. */
  told: string;
  removal: Omit<Parameters<typeof Removal>[0], "onRemove">;
  children: ReactNode;
}) {
  const { t, format } = useSpeech();
  const { saved, form } = props;
  const overtaken = useMeanwhile(saved.version, form.dirty, form.saving);
  return (
    <>
      <p className="page-text">
        {t.changedAt(format.date(new Date(saved.changed_at)))} <Mark mark={saved.index} />
      </p>
      {overtaken && <Meanwhile text={props.told} onTakeTheirs={form.revert} />}
      {props.children}
      <Removal {...props.removal} onRemove={form.revert} />
    </>
  );
}

function Removal(props: {
  /** As reads are kept: `[kind, id]`. */
  what: readonly [kind: string, id: string];
  list: string;
  title: string;
  text: string;
  remove: () => Promise<unknown>;
  onRemove: () => void;
}) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const press = usePress([[`${props.what[0]}s`], ["index"]]);
  const remove = () =>
    press
      .mutateAsync({
        run: async () => {
          await props.remove();
          props.onRemove();
          queries.removeQueries({ queryKey: props.what });
          go(props.list, { replace: true });
        },
        done: t.removed,
      })
      .catch(() => {});
  return (
    <div className="page-gap">
      <Button danger kind="plain" icon="trash" onClick={() => setAsking(true)}>
        {t.remove}
      </Button>
      {asking && (
        <Confirm
          title={props.title}
          text={props.text}
          yes={t.remove}
          danger
          onYes={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
