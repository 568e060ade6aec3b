import { useState } from "react";
import { useSignedIn } from "../../app/context";
import { usePress } from "../../app/use-press";
import { Button, Confirm, useNotify } from "../../ui";
import { useSpeech } from "./words";

/** As many as one request takes. */
const AT_ONCE = 100;

export function SelectionBar({ ids, onDone }: { ids: readonly string[]; onDone: () => void }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const notify = useNotify();
  const [asking, setAsking] = useState(false);
  const press = usePress<void>([["outbound"]]);
  const cancel = () =>
    press
      .mutateAsync({
        run: async () => {
          let [cancelled, late] = [0, 0];
          for (let from = 0; from < ids.length; from += AT_ONCE) {
            const body = { ids: ids.slice(from, from + AT_ONCE) };
            const result = await client.call("POST /outbound/cancel", { body });
            cancelled += result.cancelled.length;
            late += result.too_late.length + result.unknown.length;
          }
          notify(t.cancelResult(cancelled, late));
        },
      })
      .then(onDone, () => {});
  return (
    <div className="save-bar">
      <span role="status">{t.selected(ids.length)}</span>
      <Button danger onClick={() => setAsking(true)}>
        {t.cancelMany}
      </Button>
      {asking && (
        <Confirm
          title={t.cancelTitle}
          text={t.cancelText(ids.length)}
          yes={t.cancelOne}
          danger
          onYes={cancel}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
