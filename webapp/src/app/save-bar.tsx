import { useEffect } from "react";
import { useSpeech } from "../i18n";
import { insideTelegram, showMainButton } from "../telegram";
import { Button } from "../ui";

/** Saves what was changed: Telegram's own button inside it, ours on a plain page. */
export function SaveBar(props: {
  saving: boolean;
  save: () => Promise<unknown>;
  revert?: () => void;
  label?: string;
  note?: string;
}) {
  const { t } = useSpeech();
  const { saving, save, label = t.save } = props;
  useEffect(
    () => showMainButton({ text: label, busy: saving }, () => void save()),
    [label, saving, save],
  );
  return (
    <div className="save-bar">
      <span role="status">{props.note ?? t.unsaved}</span>
      {props.revert && (
        <Button disabled={saving} onClick={props.revert}>
          {t.revert}
        </Button>
      )}
      {!insideTelegram() && (
        <Button kind="main" type="submit" busy={saving}>
          {label}
        </Button>
      )}
    </div>
  );
}
