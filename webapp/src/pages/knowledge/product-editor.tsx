import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Product } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { useGo } from "../../app/leave-guard";
import { Page } from "../../app/page";
import { SaveBar } from "../../app/save-bar";
import { about, useFirstProblem, useForm } from "../../app/use-form";
import { usePress } from "../../app/use-press";
import { Button, Confirm, LineField, Section, TextArea, TextField } from "../../ui";
import { Meanwhile, useMeanwhile } from "./meanwhile";
import { Mark, One, PRODUCTS } from "./parts";
import { BLANK, body, type ProductValues, typed } from "./product-values";
import { useProduct } from "./queries";
import { Variants } from "./variants";
import { useSpeech } from "./words";

export function ProductEditor({ id }: { id: string }) {
  const { t } = useSpeech();
  const product = useProduct(id);
  if (id === "new") return <NewProduct />;
  return (
    <Page title={product.data?.name ?? t.product} up={PRODUCTS}>
      <One query={product} list={PRODUCTS}>
        {(saved) => <SavedProduct saved={saved} />}
      </One>
    </Page>
  );
}

function NewProduct() {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const go = useGo();
  const [made, setMade] = useState(false);
  const form = useForm<ProductValues>(BLANK, {
    send: async (changes) => {
      await client.call("POST /products", { body: { name: "", ...body(changes) } });
      void queries.invalidateQueries({ queryKey: ["products"] });
      setMade(true);
    },
    done: t.productCreated,
  });
  const { dirty } = form;
  useEffect(() => {
    if (made && !dirty) go(PRODUCTS, { replace: true });
  }, [made, dirty, go]);
  return (
    <Page title={t.newProduct} up={PRODUCTS}>
      <Fields form={form} />
    </Page>
  );
}

function SavedProduct({ saved }: { saved: Product }) {
  const { t, format } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const { id, version } = saved;
  const form = useForm<ProductValues>(typed(saved), {
    send: async (changes) => {
      const next = await client.call("PATCH /products/{id}", {
        id,
        body: { ...body(changes), version },
      });
      queries.setQueryData(["product", id], next);
      void queries.invalidateQueries({ queryKey: ["products"] });
    },
    done: t.saved,
    onConflict: () => void queries.invalidateQueries({ queryKey: ["product", id] }),
  });
  const overtaken = useMeanwhile(version, form.dirty, form.saving);
  const price = saved.price === null ? t.onRequest : format.money(saved.price, saved.currency);
  return (
    <>
      <p className="page-text">
        {t.changedAt(format.date(new Date(saved.changed_at)))} <Mark mark={saved.index} />
      </p>
      {overtaken && (
        <Meanwhile
          text={[saved.name, saved.sku, price, t.stock(saved.stock), saved.description]
            .filter(Boolean)
            .join("\n")}
          onTakeTheirs={form.revert}
        />
      )}
      <Fields form={form} />
      <Removal saved={saved} onRemove={form.revert} />
    </>
  );
}

function Fields({ form }: { form: ReturnType<typeof useForm<ProductValues>> }) {
  const { t } = useSpeech();
  const element = useFirstProblem(form.problems);
  return (
    <form
      ref={element}
      onSubmit={(event) => {
        event.preventDefault();
        void form.save();
      }}
    >
      <Section title={t.product}>
        <TextField
          {...about(form, "name")}
          label={t.productName}
          text={t.productNameText}
          max={300}
        />
        <LineField {...about(form, "sku")} label={t.productSku} text={t.productSkuText} max={100} />
        <div className="two">
          <LineField
            {...about(form, "price")}
            label={t.productPrice}
            text={t.productPriceText}
            inputMode="decimal"
            unit={form.values.currency || undefined}
          />
          <LineField
            {...about(form, "stock")}
            label={t.productStock}
            text={t.productStockText}
            inputMode="numeric"
          />
        </div>
        <TextArea
          {...about(form, "description")}
          label={t.productDescription}
          text={t.productDescriptionText}
          max={20_000}
          rows={4}
        />
        <TextArea
          {...about(form, "delivery")}
          label={t.productDelivery}
          text={t.productDeliveryText}
          max={2_000}
          rows={2}
        />
      </Section>
      <Section title={t.productVariants}>
        <Variants {...about(form, "variants")} />
      </Section>
      {form.dirty && <SaveBar saving={form.saving} save={form.save} revert={form.revert} />}
    </form>
  );
}

function Removal({ saved, onRemove }: { saved: Product; onRemove: () => void }) {
  const { t } = useSpeech();
  const { client } = useSignedIn();
  const queries = useQueryClient();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const press = usePress([["products"], ["index"]]);
  const remove = () =>
    press
      .mutateAsync({
        run: async () => {
          await client.call("DELETE /products/{id}", { id: saved.id });
          onRemove();
          queries.removeQueries({ queryKey: ["product", saved.id] });
          go(PRODUCTS, { replace: true });
        },
        done: t.removed,
      })
      .catch(() => {});
  return (
    <div className="page-gap">
      <Button danger kind="plain" icon="trash" onClick={() => setAsking(true)}>
        {t.remove}
      </Button>
      {asking && (
        <Confirm
          title={t.productDeleteTitle}
          text={t.productDeleteText(saved.name)}
          yes={t.remove}
          danger
          onYes={remove}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}
