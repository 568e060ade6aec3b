import { useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import type { ConversationStatus, Counts } from "../../api/types";
import { problemText } from "../../app/problem-text";
import { useNow } from "../../app/use-now";
import { Button, Chip, Lines, Placeholder, Search, Tabs } from "../../ui";
import { type Filters, useConversations } from "./queries";
import { Row } from "./row";
import { type Dictionary, useSpeech } from "./words";

const START: Filters = { status: "waiting", q: "", unread: false, mine: false };
// Kept while the person is in a conversation or in another place.
const KEPT = ["kept", "filters"];

export function ConversationList({ openId }: { openId: string | null }) {
  const { t, format } = useSpeech();
  const queries = useQueryClient();
  const [filters, setFiltersState] = useState(() => queries.getQueryData<Filters>(KEPT) ?? START);
  const asked = useDeferredValue(filters);
  const page = useConversations(asked);
  const now = useNow(15_000);
  const setFilters = (change: Partial<Filters>) => {
    const next = { ...filters, ...change };
    queries.setQueryData(KEPT, next);
    setFiltersState(next);
  };
  const counts = page.data?.pages.at(-1)?.counts;
  const items = page.data?.pages.flatMap((each) => each.items) ?? [];

  return (
    <section className="list" aria-label={t.placeConversations}>
      <header className="list-head">
        <h1>{t.placeConversations}</h1>
        <Search value={filters.q} label={t.searchLabel} onChange={(q) => setFilters({ q })} />
        {!filters.q && (
          <Tabs
            label={t.statuses}
            value={filters.status}
            onChange={(status) => setFilters({ status })}
            tabs={tabs(t, counts, format.count.bind(format))}
          />
        )}
        <div className="chips">
          <Chip on={filters.unread} onChange={(unread) => setFilters({ unread })}>
            {t.filterUnread}
            {!!counts?.unread && <b>{format.count(counts.unread)}</b>}
          </Chip>
          <Chip on={filters.mine} onChange={(mine) => setFilters({ mine })}>
            {t.filterMine}
          </Chip>
        </div>
      </header>
      <div className="list-body">
        {page.isPending && <Lines count={7} label={t.loading} />}
        {page.isError && !page.data && (
          <Placeholder icon="warn" title={t.loadFailed} text={problemText(t, page.error)}>
            <Button onClick={() => page.refetch()}>{t.retry}</Button>
          </Placeholder>
        )}
        {page.data && items.length === 0 && (
          <Empty filters={asked} counts={counts} onChange={setFilters} />
        )}
        {items.length > 0 && (
          <ul className={page.isPlaceholderData ? "rows rows-stale" : "rows"}>
            {items.map((item) => (
              <li key={item.id}>
                <Row conversation={item} now={now} open={item.id === openId} />
              </li>
            ))}
          </ul>
        )}
        {page.hasNextPage && (
          <div className="list-more">
            <Button busy={page.isFetchingNextPage} onClick={() => page.fetchNextPage()}>
              {t.showMore}
            </Button>
          </div>
        )}
      </div>
    </section>
  );
}

function tabs(t: Dictionary, counts: Counts | undefined, shown: (n: number) => string) {
  const count = (n: number | undefined) => (n ? shown(n) : undefined);
  return [
    { value: "waiting", label: t.statusWaiting, count: count(counts?.waiting) },
    {
      value: "escalated",
      label: t.statusEscalated,
      count: count(counts?.escalated),
    },
    { value: "active", label: t.statusActive, count: count(counts?.active) },
    { value: "resolved", label: t.statusResolved },
  ] as const;
}

function Empty(props: {
  filters: Filters;
  counts: Counts | undefined;
  onChange: (change: Partial<Filters>) => void;
}) {
  const { t } = useSpeech();
  const { filters, counts } = props;
  if (filters.q || filters.unread || filters.mine) {
    const [title, text] = filters.q
      ? [t.emptySearchTitle, t.emptySearchText]
      : [t.emptyFilteredTitle, t.emptyFilteredText];
    return (
      <Placeholder icon="search" title={title} text={text}>
        <Button onClick={() => props.onChange(START)}>
          {filters.q ? t.clearSearch : t.resetFilters}
        </Button>
      </Placeholder>
    );
  }
  const none = counts && counts.waiting + counts.active + counts.escalated + counts.resolved === 0;
  if (none) return <Placeholder icon="chats" title={t.emptyFirstTitle} text={t.emptyFirstText} />;
  const escalated = (filters.status === "waiting" && counts?.escalated) || 0;
  return (
    <Placeholder icon="check" {...emptyWords(t, filters.status)}>
      {escalated > 0 && (
        <Button onClick={() => props.onChange({ status: "escalated" })}>
          {t.toEscalated(escalated)}
        </Button>
      )}
    </Placeholder>
  );
}

function emptyWords(t: Dictionary, status: ConversationStatus): { title: string; text: string } {
  switch (status) {
    case "waiting":
      return { title: t.emptyWaitingTitle, text: t.emptyWaitingText };
    case "active":
      return { title: t.emptyActiveTitle, text: t.emptyActiveText };
    case "escalated":
      return { title: t.emptyEscalatedTitle, text: t.emptyEscalatedText };
    case "resolved":
      return { title: t.emptyResolvedTitle, text: t.emptyResolvedText };
  }
}
