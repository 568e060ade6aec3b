import { useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { useGo } from "../../app/leave-guard";
import { Page, RowLink } from "../../app/page";
import { problemText } from "../../app/problem-text";
import { Button, Chip, PagedList, Placeholder, RowText, Search } from "../../ui";
import { Nothing } from "./documents";
import { KnowledgeTabs, Mark, PRODUCTS } from "./parts";
import { type ProductFilters, useProducts } from "./queries";
import { useSpeech } from "./words";

const START: ProductFilters = { q: "", stock: "", unpriced: false };
const KEPT = ["kept", "products"];

export function ProductsPage() {
  const { t, format } = useSpeech();
  const go = useGo();
  const queries = useQueryClient();
  const [filters, keep] = useState(() => queries.getQueryData<ProductFilters>(KEPT) ?? START);
  const list = useProducts(useDeferredValue(filters));
  const setFilters = (change: Partial<ProductFilters>) => {
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
            <Button size="s" onClick={() => go(`${PRODUCTS}/import`)}>
              {t.fromFile}
            </Button>
            <Button size="s" kind="main" onClick={() => go(`${PRODUCTS}/new`)}>
              {t.add}
            </Button>
          </div>
        )
      }
    >
      <KnowledgeTabs at={PRODUCTS} />
      <div className="page-tools">
        {!fresh && (
          <>
            <Search
              value={filters.q}
              label={t.searchProducts}
              placeholder={t.searchProducts}
              onChange={(q) => setFilters({ q })}
            />
            <fieldset className="chips" aria-label={t.filterStock}>
              <Chip
                on={filters.stock === "in"}
                onChange={(on) => setFilters({ stock: on ? "in" : "" })}
              >
                {t.inStock}
              </Chip>
              <Chip
                on={filters.stock === "out"}
                onChange={(on) => setFilters({ stock: on ? "out" : "" })}
              >
                {t.outOfStock}
              </Chip>
              <Chip on={filters.unpriced} onChange={(unpriced) => setFilters({ unpriced })}>
                {t.noPrice}
              </Chip>
            </fieldset>
          </>
        )}
      </div>
      {filtered && list.data && <p className="found">{t.found(total)}</p>}
      <PagedList
        list={list}
        label={t.partProducts}
        failure={problemText(t, list.error)}
        keyOf={(item) => item.id}
        empty={filtered ? <Nothing onReset={() => setFilters(START)} /> : <First />}
      >
        {(item) => (
          <RowLink to={`${PRODUCTS}/${item.id}`}>
            <RowText
              title={item.name}
              text={[
                item.sku ?? t.noSku,
                item.variants_count > 0 && t.variants(item.variants_count),
              ]
                .filter(Boolean)
                .join(" · ")}
              note={item.index.state !== "ready" && <Mark mark={item.index} />}
              end={
                <>
                  <b>
                    {item.price === null ? t.onRequest : format.money(item.price, item.currency)}
                  </b>
                  <small>{t.stock(item.stock)}</small>
                </>
              }
            />
          </RowLink>
        )}
      </PagedList>
    </Page>
  );
}

function First() {
  const { t } = useSpeech();
  const go = useGo();
  return (
    <Placeholder icon="box" title={t.noProductsTitle} text={t.noProductsText}>
      <div className="choices">
        <Button kind="main" size="l" wide icon="upload" onClick={() => go(`${PRODUCTS}/import`)}>
          {t.firstProducts}
        </Button>
        <Button size="l" wide onClick={() => go(`${PRODUCTS}/new`)}>
          {t.newProduct}
        </Button>
      </div>
    </Placeholder>
  );
}
