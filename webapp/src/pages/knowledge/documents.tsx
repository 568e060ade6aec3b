import { useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import type { DocumentSummary } from "../../api/types";
import { useGo } from "../../app/leave-guard";
import { Page, RowLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { useNow } from "../../app/use-now";
import { Button, Chip, PagedList, Placeholder, RowText, Search, Tag } from "../../ui";
import { DOCUMENTS, KnowledgeTabs, Mark } from "./parts";
import { type DocumentFilters, useDocuments, useLabels } from "./queries";
import { useSpeech } from "./words";

const START: DocumentFilters = { q: "", type: "", category: "", tag: "" };
// Kept while the person is in a document or in another place.
const KEPT = ["kept", "documents"];
const TYPES = ["faq", "policy", "delivery", "returns"] as const;

export function DocumentsPage() {
  const { t, format } = useSpeech();
  const go = useGo();
  const now = useNow(60_000);
  const queries = useQueryClient();
  const [filters, keep] = useState(() => queries.getQueryData<DocumentFilters>(KEPT) ?? START);
  const asked = useDeferredValue(filters);
  const list = useDocuments(asked);
  const setFilters = (change: Partial<DocumentFilters>) => {
    const next = { ...filters, ...change };
    queries.setQueryData(KEPT, next);
    keep(next);
  };
  const filtered = Object.values(filters).some(Boolean);
  const total = list.data?.pages[0]?.total ?? 0;
  const fresh = list.data !== undefined && total === 0 && !filtered;

  return (
    <Page
      title={t.placeKnowledge}
      actions={
        !fresh && (
          <div className="page-buttons">
            <Button size="s" onClick={() => go(`${DOCUMENTS}/import`)}>
              {t.fromFile}
            </Button>
            <Button size="s" kind="main" onClick={() => go(`${DOCUMENTS}/new`)}>
              {t.add}
            </Button>
          </div>
        )
      }
    >
      <KnowledgeTabs at={DOCUMENTS} />
      <div className="page-tools">
        {!fresh && (
          <>
            <Search
              value={filters.q}
              label={t.searchDocuments}
              placeholder={t.searchDocuments}
              onChange={(q) => setFilters({ q })}
            />
            <fieldset className="chips chips-scroll" aria-label={t.filterType}>
              {TYPES.map((type) => (
                <Chip
                  key={type}
                  on={filters.type === type}
                  onChange={(on) => setFilters({ type: on ? type : "" })}
                >
                  {t.docType[type]}
                </Chip>
              ))}
            </fieldset>
            <LabelFilters filters={filters} onChange={setFilters} />
          </>
        )}
      </div>
      {filtered && list.data && <p className="found">{t.found(total)}</p>}
      <PagedList
        list={list}
        label={t.partDocuments}
        failure={problemText(t, list.error)}
        keyOf={(item) => item.id}
        empty={filtered ? <Nothing onReset={() => setFilters(START)} /> : <First />}
      >
        {(item) => (
          <RowLink to={`${DOCUMENTS}/${item.id}`}>
            <RowText
              title={item.title}
              text={[...new Set([t.docType[item.type], item.category, t.signs(item.characters)])]
                .filter(Boolean)
                .join(" · ")}
              note={<Labels item={item} />}
              end={<small>{format.stamp(new Date(item.changed_at), now)}</small>}
            />
          </RowLink>
        )}
      </PagedList>
    </Page>
  );
}

function Labels({ item }: { item: DocumentSummary }) {
  if (item.tags.length === 0 && item.index.state === "ready") return null;
  return (
    <>
      <Mark mark={item.index} />
      {item.tags.map((tag) => (
        <Tag key={tag}>{tag}</Tag>
      ))}
    </>
  );
}

/** Categories and tags in use; nothing while there are none. */
function LabelFilters(props: {
  filters: DocumentFilters;
  onChange: (change: Partial<DocumentFilters>) => void;
}) {
  const { t } = useSpeech();
  const labels = useLabels();
  const { categories = [], tags = [] } = labels.data ?? {};
  if (categories.length + tags.length === 0) return null;
  return (
    <div className="label-filters">
      {categories.length > 0 && (
        <select
          aria-label={t.filterCategory}
          value={props.filters.category}
          onChange={(event) => props.onChange({ category: event.target.value })}
        >
          <option value="">{t.anyCategory}</option>
          {categories.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
      {tags.length > 0 && (
        <select
          aria-label={t.filterTag}
          value={props.filters.tag}
          onChange={(event) => props.onChange({ tag: event.target.value })}
        >
          <option value="">{t.anyTag}</option>
          {tags.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      )}
    </div>
  );
}

export function Nothing({ onReset }: { onReset: () => void }) {
  const { t } = useSpeech();
  return (
    <Placeholder icon="search" title={t.nothingFoundTitle} text={t.nothingFoundText}>
      <Button onClick={onReset}>{t.resetFilters}</Button>
    </Placeholder>
  );
}

function First() {
  const { t } = useSpeech();
  const go = useGo();
  return (
    <Placeholder icon="book" title={t.noDocumentsTitle} text={t.noDocumentsText}>
      <div className="choices">
        <Button kind="main" size="l" wide onClick={() => go(`${DOCUMENTS}/new`)}>
          {t.firstDocument}
        </Button>
        <Button size="l" wide icon="upload" onClick={() => go(`${DOCUMENTS}/import`)}>
          {t.fromFile}
        </Button>
      </div>
    </Placeholder>
  );
}
