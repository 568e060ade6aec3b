import type { Product, Variant } from "../../api/types";

export type VariantValues = { name: string; sku: string; price: string; stock: string };

/** A product as it is typed: every cell is text, empty for what is not known. */
export type ProductValues = {
  name: string;
  sku: string;
  price: string;
  currency: string;
  stock: string;
  description: string;
  delivery: string;
  variants: VariantValues[];
};

export const BLANK: ProductValues = {
  name: "",
  sku: "",
  price: "",
  currency: "",
  stock: "",
  description: "",
  delivery: "",
  variants: [],
};
export const BLANK_VARIANT: VariantValues = { name: "", sku: "", price: "", stock: "" };

// 45000.00 is typed and read as 45000; 1999.50 keeps its kopecks.
const typedPrice = (price: string | number | null | undefined): string =>
  String(price ?? "").replace(/[.,]0+$/, "");
const typedCount = (count: number | null | undefined): string => String(count ?? "");

export function typed(product: Product): ProductValues {
  return {
    name: product.name,
    sku: product.sku ?? "",
    price: typedPrice(product.price),
    currency: product.currency,
    stock: typedCount(product.stock),
    description: product.description,
    delivery: product.delivery ?? "",
    variants: product.variants.map((variant) => ({
      name: variant.name,
      sku: variant.sku ?? "",
      price: typedPrice(variant.price),
      stock: typedCount(variant.stock),
    })),
  };
}

/** «45 000,50» as the API takes it; what is no number goes as typed, to be refused by name. */
export function money(text: string): string | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return plain === "" ? null : plain;
}

/** What is no number goes as typed, to be refused by name rather than taken for nothing. */
function count(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "");
  if (plain === "") return null;
  return /^\d+$/.test(plain) ? Number(plain) : (plain as unknown as number);
}

const variantBody = (variant: VariantValues): Variant => ({
  name: variant.name,
  sku: variant.sku || null,
  price: money(variant.price),
  stock: count(variant.stock),
});

/** What was typed, as the API takes it. */
export function body(values: Partial<ProductValues>) {
  const { sku, price, stock, delivery, variants, currency, ...rest } = values;
  return {
    ...rest,
    ...(sku !== undefined && { sku: sku || null }),
    ...(price !== undefined && { price: money(price) }),
    ...(stock !== undefined && { stock: count(stock) }),
    ...(delivery !== undefined && { delivery: delivery || null }),
    ...(currency && { currency }),
    ...(variants !== undefined && {
      variants: variants.filter((each) => Object.values(each).some(Boolean)).map(variantBody),
    }),
  };
}
