import { useState } from "react";
import { useSpeech } from "../i18n";
import { Button } from "./button";
import { Sheet } from "./sheet";

type Question = {
  title: string;
  /** What will happen, in one sentence. */
  text: string;
  yes: string;
  danger?: boolean;
};

/** Asks once before something that cannot be taken back; closes when it is done. */
export function Confirm(props: Question & { onYes: () => Promise<unknown>; onClose: () => void }) {
  const { t } = useSpeech();
  const [busy, setBusy] = useState(false);
  const yes = async () => {
    setBusy(true);
    await props.onYes();
    props.onClose();
  };
  return (
    <Sheet title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <div className="choices">
        <Button
          kind={props.danger ? "soft" : "main"}
          danger={props.danger ?? false}
          size="l"
          wide
          busy={busy}
          onClick={() => void yes()}
        >
          {props.yes}
        </Button>
        <Button kind="plain" size="l" wide disabled={busy} onClick={props.onClose}>
          {t.cancel}
        </Button>
      </div>
    </Sheet>
  );
}
