import { useState } from "react";
import type { QueueFigures } from "../../api/types";
import { Page } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { Button, PagedList, Placeholder, Tabs } from "../../ui";
import "./delivery.css";
import { QueueState } from "./figures";
import { SHOWN, type Shown, useFigures, useQueue } from "./queries";
import { QueuedRow } from "./row";
import { SelectionBar } from "./selection";
import { useSpeech } from "./words";

/** The queue of replies: how deep, how late, and what a person must decide. */
export default function DeliveryPage() {
  const { t } = useSpeech();
  const [show, setShow] = useState<Shown>("open");
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const list = useQueue(show);
  const figures = useFigures();
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const stoppable = items.some(({ can_cancel }) => can_cancel);
  const toggle = (id: string) =>
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Page
      title={t.placeDelivery}
      text={t.queueLead}
      actions={
        (stoppable || selected) && (
          <Button size="s" onClick={() => setSelected(selected ? null : new Set())}>
            {selected ? t.selectNone : t.select}
          </Button>
        )
      }
    >
      {figures.data && <QueueState figures={figures.data} />}
      <div className="page-tools">
        <Tabs
          label={t.showLabel}
          value={show}
          onChange={(next) => {
            setShow(next);
            setSelected(null);
          }}
          tabs={SHOWN.map((value) => ({
            value,
            label: t.show[value] ?? value,
            ...countOf(figures.data, value),
          }))}
        />
      </div>
      <PagedList
        list={list}
        label={t.placeDelivery}
        failure={problemText(t, list.error)}
        keyOf={(item) => item.id}
        empty={
          <Placeholder
            icon="check"
            title={t.emptyTitle[show] ?? ""}
            text={t.emptyText[show] ?? ""}
          />
        }
      >
        {(item) => (
          <QueuedRow
            reply={item}
            selected={selected && item.can_cancel ? selected.has(item.id) : null}
            onToggle={() => toggle(item.id)}
          />
        )}
      </PagedList>
      {selected && selected.size > 0 && (
        <SelectionBar ids={[...selected]} onDone={() => setSelected(null)} />
      )}
    </Page>
  );
}

function countOf(figures: QueueFigures | undefined, show: Shown): { count?: string } {
  const counts = { open: undefined, late: figures?.late, in_doubt: figures?.in_doubt };
  const n = show === "parked" ? figures?.parked : counts[show as keyof typeof counts];
  return n ? { count: String(n) } : {};
}
