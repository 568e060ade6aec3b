import { useState } from "react";
import type { Import, ImportResult, ImportRow } from "../../api/types";
import { problemText } from "../../app/problem-text";
import { Button, Figures, Lines, Table, Tabs } from "../../ui";
import { useImportRows } from "./queries";
import { useSpeech } from "./words";

const RESULTS: readonly ImportResult[] = ["created", "updated", "unchanged", "rejected"];

/** How many rows of each kind; together they are all the rows of the file. */
export function Counts({ of }: { of: Import }) {
  const { t, format } = useSpeech();
  const { counts } = of;
  const words = of.state === "done" ? t.resultDone : t.result;
  const total = RESULTS.reduce((sum, result) => sum + counts[result], 0);
  return (
    <>
      <Figures
        label={t.rowsLabel}
        figures={RESULTS.map((result) => ({
          label: words[result] ?? result,
          value: format.whole(counts[result]),
          bad: result === "rejected" && counts.rejected > 0,
        }))}
      />
      <p className="found">{t.addsUp(total)}</p>
    </>
  );
}

/** The rows behind the figures, the troubled ones first. */
export function Rows({ of }: { of: Import }) {
  const { t, format } = useSpeech();
  const words = of.state === "done" ? t.resultDone : t.result;
  const order: ImportResult[] = ["rejected", "created", "updated", "unchanged"];
  const present = order.filter((result) => of.counts[result] > 0);
  const [wanted, setWanted] = useState<ImportResult | null>(null);
  const result = wanted && present.includes(wanted) ? wanted : present[0];
  if (!result) return null;
  return (
    <>
      <Tabs
        label={t.rowsLabel}
        value={result}
        onChange={setWanted}
        tabs={present.map((value) => ({
          value,
          label: words[value] ?? value,
          count: format.whole(of.counts[value]),
        }))}
      />
      <RowsOf of={of} result={result} />
    </>
  );
}

function RowsOf({ of, result }: { of: Import; result: ImportResult }) {
  const { t } = useSpeech();
  const list = useImportRows(of, result);
  if (list.isPending) return <Lines count={4} label={t.loading} />;
  if (list.isError) {
    return (
      <p className="found" role="alert">
        {problemText(t, list.error)}
      </p>
    );
  }
  const rows = list.data.pages.flatMap((page) => page.items);
  return (
    <>
      <Table
        caption={t.rowsLabel}
        rows={rows}
        keyOf={(row) => row.number}
        columns={[
          { key: "number", heading: t.rowNumber, cell: (row) => row.number },
          { key: "what", heading: t.rowWhat, cell: (row) => <What row={row} /> },
        ]}
      />
      {list.hasNextPage && (
        <div className="ui-rows-more">
          <Button busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {t.showMore}
          </Button>
        </div>
      )}
    </>
  );
}

function What({ row }: { row: ImportRow }) {
  const name = [row.name, row.sku].filter(Boolean).join(" · ");
  return (
    <>
      {name || "—"}
      {row.reason && <span className="row-why">{row.reason.detail}</span>}
      {row.notes.map((note) => (
        <span className="row-look" key={note.code}>
          {note.detail}
        </span>
      ))}
    </>
  );
}
