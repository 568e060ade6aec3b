import { useQueryClient } from "@tanstack/react-query";
import type { Product } from "../../api/types";
import { useSignedIn } from "../../app/context";
import { EditForm } from "../../app/edit-form";
import { Page } from "../../app/page";
import { about, type Form, useForm } from "../../app/use-form";
import { LineField, Section, TextArea, TextField } from "../../ui";
import { Saved, useMade } from "./editor";
import { One, PRODUCTS } from "./parts";
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
  const form = useForm<ProductValues>(BLANK, {
    send: async (changes) => {
      await client.call("POST /products", { body: { name: "", ...body(changes) } });
      void queries.invalidateQueries({ queryKey: ["products"] });
      made();
    },
    done: t.productCreated,
  });
  const made = useMade(PRODUCTS, form.dirty);
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
  const price = saved.price === null ? t.onRequest : format.money(saved.price, saved.currency);
  return (
    <Saved
      saved={saved}
      form={form}
      told={[saved.name, saved.sku, price, t.stock(saved.stock), saved.description]
        .filter(Boolean)
        .join("\n")}
      removal={{
        what: ["product", id],
        list: PRODUCTS,
        title: t.productDeleteTitle,
        text: t.productDeleteText(saved.name),
        remove: () => client.call("DELETE /products/{id}", { id }),
      }}
    >
      <Fields form={form} />
    </Saved>
  );
}

function Fields({ form }: { form: Form<ProductValues> }) {
  const { t } = useSpeech();
  return (
    <EditForm form={form}>
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
    </EditForm>
  );
}
