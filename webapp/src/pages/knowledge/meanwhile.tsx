import { useEffect, useState } from "react";
import { Advice, Button } from "../../ui";
import { useSpeech } from "./words";

/** Whether someone else saved a newer version since this person began to edit. */
export function useMeanwhile(version: number, dirty: boolean, saving: boolean): boolean {
  const [begun, setBegun] = useState(version);
  useEffect(() => {
    if (!dirty && !saving) setBegun(version);
  }, [version, dirty, saving]);
  return dirty && !saving && begun !== version;
}

/** Keeps what was typed, shows what is saved now, and lets the person choose. */
export function Meanwhile({ text, onTakeTheirs }: { text: string; onTakeTheirs: () => void }) {
  const { t } = useSpeech();
  return (
    <div className="page-gap">
      <Advice kind="warn">
        {t.changedMeanwhile}
        <details className="now-saved">
          <summary>{t.nowSaved}</summary>
          <p dir="auto">{text}</p>
        </details>
        <Button size="s" onClick={onTakeTheirs}>
          {t.takeTheirs}
        </Button>
      </Advice>
    </div>
  );
}
