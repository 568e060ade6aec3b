import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Import } from "../../api/types";
import { useGo } from "../../app/leave-guard";
import { Advice, Button, Placeholder, Progress } from "../../ui";
import { listOf } from "./import";
import { Counts, Rows } from "./import-rows";
import { RejectsButton } from "./rejects";
import { useSpeech } from "./words";

/** What became of an import, and the way on. */
export function ImportResultPage({ of }: { of: Import }) {
  const { t, format } = useSpeech();
  const go = useGo();
  const queries = useQueryClient();
  const { state, kind } = of;
  useEffect(() => {
    if (state !== "done") return;
    for (const queryKey of [["products"], ["documents"], ["imports"], ["index"]]) {
      void queries.invalidateQueries({ queryKey });
    }
  }, [state, queries]);
  const another = <Button onClick={() => go(`${listOf(kind)}/import`)}>{t.anotherFile}</Button>;

  if (state === "applying") {
    const { done, total } = of.progress;
    return (
      <div className="page-stack">
        <Progress
          label={t.applying}
          done={done}
          total={total || null}
          shown={total ? t.ofTotal(format.whole(done), format.whole(total)) : ""}
        />
        <Advice icon="clock">{t.canLeave}</Advice>
      </div>
    );
  }
  if (state === "failed") {
    return (
      <div className="page-stack">
        <Advice kind="bad">
          <b>{t.importFailed}</b>
          <p>{of.problem?.detail}</p>
          <p>{t.importFailedText}</p>
        </Advice>
        <div className="page-buttons">{another}</div>
      </div>
    );
  }
  if (state === "cancelled") {
    return (
      <Placeholder icon="close" title={t.importCancelled} text={t.importFailedText}>
        {another}
      </Placeholder>
    );
  }
  return (
    <div className="page-stack">
      <Advice icon="check">
        <b>{t.importDone}</b>
      </Advice>
      {kind === "products" && <Counts of={of} />}
      <div className="page-buttons">
        <Button kind="main" onClick={() => go(listOf(kind))}>
          {kind === "products" ? t.toProducts : t.toDocuments}
        </Button>
        {of.counts.rejected > 0 && <RejectsButton of={of} />}
        {another}
      </div>
      {kind === "products" && <Rows of={of} />}
    </div>
  );
}
