import type { ReactNode } from "react";
import { useSpeech } from "../i18n";
import { Button } from "./button";
import { Placeholder } from "./placeholder";
import { Lines } from "./spinner";
import "./lists.css";

/** What a list read page by page tells of itself; an infinite query does. */
export type Paged<T> = {
  data: { pages: readonly { items: readonly T[] }[] } | undefined;
  isPending: boolean;
  isError: boolean;
  isPlaceholderData: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

/** Rows read page by page: loading, failed, empty and full. */
export function PagedList<T>(props: {
  list: Paged<T>;
  label: string;
  /** Why it could not be read, in words. */
  failure: string;
  empty: ReactNode;
  keyOf: (item: T) => string;
  children: (item: T) => ReactNode;
}) {
  const { t } = useSpeech();
  const { list } = props;
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      {list.isPending && <Lines count={6} label={t.loading} />}
      {list.isError && !list.data && (
        <Placeholder icon="warn" title={t.loadFailed} text={props.failure}>
          <Button onClick={() => list.refetch()}>{t.retry}</Button>
        </Placeholder>
      )}
      {list.data && items.length === 0 && props.empty}
      {items.length > 0 && (
        <ul
          className={`ui-rows${list.isPlaceholderData ? " ui-rows-stale" : ""}`}
          aria-label={props.label}
        >
          {items.map((item) => (
            <li key={props.keyOf(item)}>{props.children(item)}</li>
          ))}
        </ul>
      )}
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

/** What a row of a list says: a name, a line under it, something at its end. */
export function RowText(props: {
  title: ReactNode;
  text?: ReactNode;
  note?: ReactNode;
  end?: ReactNode;
}) {
  return (
    <>
      <span className="ui-row-text">
        <b>{props.title}</b>
        {props.text && <span>{props.text}</span>}
        {props.note && <span className="ui-row-note">{props.note}</span>}
      </span>
      {props.end && <span className="ui-row-end">{props.end}</span>}
    </>
  );
}
