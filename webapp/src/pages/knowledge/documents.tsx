import { useDeferredValue } from "react";
import type { DocumentSummary } from "../../api/types";
import { useGo } from "../../app/leave-guard";
import { useNow } from "../../app/use-now";
import { Button, Chip, Placeholder, RowText, Tag } from "../../ui";
import { TYPES } from "./document-order";
import { ListPage, useFilters } from "./list-page";
import { DOCUMENTS, Mark } from "./parts";
import { type DocumentFilters, useDocuments, useLabels } from "./queries";
import { useSpeech } from "./words";

const START: DocumentFilters = { q: "", type: "", category: "", tag: "" };

export function DocumentsPage() {
  const { t, format } = useSpeech();
  const now = useNow(60_000);
  const { filters, set, filtered, reset } = useFilters("documents", START);
  const list = useDocuments(useDeferredValue(filters));
  return (
    <ListPage
      at={DOCUMENTS}
      label={t.partDocuments}
      list={list}
      search={{ label: t.searchDocuments, value: filters.q, onChange: (q) => set({ q }) }}
      filters={
        <>
          <fieldset className="chips chips-scroll" aria-label={t.filterType}>
            {TYPES.map((type) => (
              <Chip
                key={type}
                on={filters.type === type}
                onChange={(on) => set({ type: on ? type : "" })}
              >
                {t.docType[type]}
              </Chip>
            ))}
          </fieldset>
          <LabelFilters filters={filters} onChange={set} />
        </>
      }
      filtered={filtered}
      onReset={reset}
      first={<First />}
    >
      {(item) => (
        <RowText
          title={item.title}
          text={[...new Set([t.docType[item.type], item.category, t.signs(item.characters)])]
            .filter(Boolean)
            .join(" · ")}
          note={<Labels item={item} />}
          end={<small>{format.stamp(new Date(item.changed_at), now)}</small>}
        />
      )}
    </ListPage>
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
          className="ui-cell"
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
          className="ui-cell"
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
