import { type ReactNode, useEffect } from "react";
import { useSpeech } from "../i18n";
import { insideTelegram, showMainButton } from "../telegram";
import { Button } from "../ui";
import { useFirstProblem } from "./use-form";

type Edited = {
  problems: object;
  dirty: boolean;
  saving: boolean;
  save: () => Promise<unknown>;
  revert: () => void;
};

/** The fields of `useForm`, saved by Enter or by the bar that is there while something is unsaved. */
export function EditForm({ form, children }: { form: Edited; children: ReactNode }) {
  const element = useFirstProblem(form.problems);
  return (
    <form
      ref={element}
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      {children}
      {form.dirty && <SaveBar {...form} />}
    </form>
  );
}

/** Saves what was changed: Telegram's own button inside it, ours on a plain page. */
function SaveBar({ saving, save, revert }: Edited) {
  const { t } = useSpeech();
  useEffect(
    () => showMainButton({ text: t.save, busy: saving }, () => void save()),
    [t, saving, save],
  );
  return (
    <div className="save-bar">
      <span role="status">{t.unsaved}</span>
      <Button disabled={saving} onClick={revert}>
        {t.revert}
      </Button>
      {!insideTelegram() && (
        <Button kind="main" type="submit" busy={saving}>
          {t.save}
        </Button>
      )}
    </div>
  );
}
