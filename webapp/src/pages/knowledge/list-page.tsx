import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useGo } from "../../app/leave-guard";
import { Page, RowLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { Button, type Paged, PagedList, Placeholder, Search } from "../../ui";
import { KnowledgeTabs } from "./parts";
import { useSpeech } from "./words";

type Listed = Paged<{ id: string }> & {
  data: { pages: readonly { total: number }[] } | undefined;
  error: unknown;
};
type ItemOf<L extends Listed> = NonNullable<L["data"]>["pages"][number]["items"][number];

/** Filters that are kept while the person is in a thing of the list or in another place. */
export function useFilters<F extends { q: string }>(name: string, start: F) {
  const queries = useQueryClient();
  const key = ["kept", name];
  const [filters, keep] = useState(() => queries.getQueryData<F>(key) ?? start);
  const set = (change: Partial<F>) => {
    const next = { ...filters, ...change };
    queries.setQueryData(key, next);
    keep(next);
  };
  const filtered = Object.values(filters).some(Boolean);
  return { filters, set, filtered, reset: () => set(start) };
}

/** What the store knows of one kind: looked for, filtered, added to; each line leads to its page. */
export function ListPage<L extends Listed>(props: {
  at: string;
  label: string;
  list: L;
  search: { label: string; value: string; onChange: (q: string) => void };
  filters: ReactNode;
  filtered: boolean;
  onReset: () => void;
  /** In place of the list while the store has nothing of the kind. */
  first: ReactNode;
  children: (item: ItemOf<L>) => ReactNode;
}) {
  const { t } = useSpeech();
  const go = useGo();
  const { at, list, search, filtered } = props;
  const total = list.data?.pages[0]?.total ?? 0;
  const fresh = list.data !== undefined && total === 0 && !filtered;
  return (
    <Page
      title={t.placeKnowledge}
      actions={
        !fresh && (
          <div className="page-buttons">
            <Button size="s" onClick={() => go(`${at}/import`)}>
              {t.fromFile}
            </Button>
            <Button size="s" kind="main" onClick={() => go(`${at}/new`)}>
              {t.add}
            </Button>
          </div>
        )
      }
    >
      <KnowledgeTabs at={at} />
      <div className="page-tools">
        {!fresh && (
          <>
            <Search {...search} placeholder={search.label} />
            {props.filters}
          </>
        )}
      </div>
      {filtered && list.data && <p className="found">{t.found(total)}</p>}
      <PagedList<ItemOf<L>>
        list={list}
        label={props.label}
        failure={problemText(t, list.error)}
        keyOf={(item) => item.id}
        empty={filtered ? <Nothing onReset={props.onReset} /> : props.first}
      >
        {(item) => <RowLink to={`${at}/${item.id}`}>{props.children(item)}</RowLink>}
      </PagedList>
    </Page>
  );
}

function Nothing({ onReset }: { onReset: () => void }) {
  const { t } = useSpeech();
  return (
    <Placeholder icon="search" title={t.nothingFoundTitle} text={t.nothingFoundText}>
      <Button onClick={onReset}>{t.resetFilters}</Button>
    </Placeholder>
  );
}
