import { useDeferredValue } from "react";
import { useGo } from "../../app/leave-guard";
import { Button, Chip, Placeholder, RowText } from "../../ui";
import { ListPage, useFilters } from "./list-page";
import { Mark, PRODUCTS } from "./parts";
import { type ProductFilters, useProducts } from "./queries";
import { useSpeech } from "./words";

const START: ProductFilters = { q: "", stock: "", unpriced: false };

export function ProductsPage() {
  const { t, format } = useSpeech();
  const { filters, set, filtered, reset } = useFilters("products", START);
  const list = useProducts(useDeferredValue(filters));
  return (
    <ListPage
      at={PRODUCTS}
      label={t.partProducts}
      list={list}
      search={{ label: t.searchProducts, value: filters.q, onChange: (q) => set({ q }) }}
      filters={
        <fieldset className="chips" aria-label={t.filterStock}>
          <Chip on={filters.stock === "in"} onChange={(on) => set({ stock: on ? "in" : "" })}>
            {t.inStock}
          </Chip>
          <Chip on={filters.stock === "out"} onChange={(on) => set({ stock: on ? "out" : "" })}>
            {t.outOfStock}
          </Chip>
          <Chip on={filters.unpriced} onChange={(unpriced) => set({ unpriced })}>
            {t.noPrice}
          </Chip>
        </fieldset>
      }
      filtered={filtered}
      onReset={reset}
      first={<First />}
    >
      {(item) => (
        <RowText
          title={item.name}
          text={[item.sku ?? t.noSku, item.variants_count > 0 && t.variants(item.variants_count)]
            .filter(Boolean)
            .join(" · ")}
          note={item.index.state !== "ready" && <Mark mark={item.index} />}
          end={
            <>
              <b>{item.price === null ? t.onRequest : format.money(item.price, item.currency)}</b>
              <small>{t.stock(item.stock)}</small>
            </>
          }
        />
      )}
    </ListPage>
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
