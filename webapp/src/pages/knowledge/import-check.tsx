import { useQueryClient } from "@tanstack/react-query";
import type { Import } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { usePress } from "../../app/use-press";
import { Advice, Button } from "../../ui";
import { listOf } from "./import";
import { Counts, Rows } from "./import-rows";
import { RejectsButton } from "./rejects";
import { useSpeech } from "./words";

/** The dry run: what would change, row by row, and the yes. */
export function ImportCheck({ of, onBack }: { of: Import; onBack: () => void }) {
  const { t } = useSpeech();
  const go = useGo();
  const apply = useApply(of);
  const { created, updated, unchanged, rejected } = of.counts;
  const good = created + updated + unchanged;
  const changes = created + updated;
  return (
    <div className="page-stack">
      <Counts of={of} />
      {good === 0 && <Advice kind="bad">{t.nothingToApply}</Advice>}
      {good > 0 && rejected > 0 && <Advice kind="warn">{t.withRejects(rejected)}</Advice>}
      {rejected === 0 && changes === 0 && <Advice>{t.nothingNew}</Advice>}
      {rejected === 0 && changes > 0 && <Advice>{t.checkText}</Advice>}
      {changes > 0 && (
        <Button
          kind="main"
          size="l"
          wide
          busy={apply.isPending}
          onClick={() => apply.start(rejected > 0)}
        >
          {rejected > 0 ? t.applyGood(good) : t.applyAll(good)}
        </Button>
      )}
      <div className="page-buttons">
        {rejected > 0 && <RejectsButton of={of} />}
        {rejected > 0 && (
          <Button onClick={() => go(`${listOf(of.kind)}/import`)}>{t.anotherFile}</Button>
        )}
        {of.kind === "products" && (
          <Button kind="plain" onClick={onBack}>
            {t.toColumns}
          </Button>
        )}
      </div>
      <Rows of={of} />
    </div>
  );
}

export function useApply(of: Import) {
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const press = usePress<void>([["import", of.id], ["imports"]]);
  const start = (take_good_rows: boolean) =>
    press.mutate({
      run: async () => {
        const next = await client.call("POST /imports/{id}/apply", {
          id: of.id,
          body: { version: of.version, take_good_rows },
        });
        queries.setQueryData(["import", of.id], next);
      },
    });
  return { start, isPending: press.isPending };
}
