type IndexMark = {
  state: "ready" | "waiting" | "failed";
  problem: Reason | null;
};
type Reason = { code: string; detail: string };
type DocumentType = "policy" | "faq" | "delivery" | "returns";
type DocumentSummary = {
  id: string;
  title: string;
  type: DocumentType;
  category: string | null;
  tags: string[];
  characters: number;
  version: number;
  created_at: string;
  changed_at: string;
  index: IndexMark;
};
type KnowledgeDocument = DocumentSummary & { body: string };
type ProductSummary = {
  id: string;
  sku: string | null;
  name: string;
  price: string | null;
  currency: string;
  stock: number | null;
  variants_count: number;
  version: number;
  created_at: string;
  changed_at: string;
  index: IndexMark;
};
type Variant = { name: string; sku: string | null; price: string | null; stock: number | null };
type Product = Omit<ProductSummary, "variants_count"> & {
  description: string;
  delivery: string | null;
  variants: Variant[];
};
type ImportField =
  | "sku"
  | "name"
  | "description"
  | "price"
  | "currency"
  | "stock"
  | "delivery"
  | "variants";
type Import = {
  id: string;
  kind: "documents" | "products";
  state: "uploaded" | "previewed" | "applying" | "done" | "failed" | "cancelled";
  version: number;
  file_name: string;
  file_size: number;
  created_at: string;
  created_by: { name: string };
  finished_at: string | null;
  progress: { done: number; total: number };
  counts: { total: number; created: number; updated: number; unchanged: number; rejected: number };
  take_good_rows: boolean;
  problem: (Reason & { field: string | null }) | null;
  table: {
    sheets: string[];
    sheet: number;
    header_row: number;
    currency: string;
    columns: { index: number; heading: string; samples: string[]; field: ImportField | null }[];
    missing: ImportField[];
  } | null;
  document: {
    title: string;
    type: DocumentType;
    category: string | null;
    tags: string[];
    characters: number;
    opening: string;
    replaces: string | null;
  } | null;
};
type ImportResult = "created" | "updated" | "unchanged" | "rejected";
type ImportRow = {
  number: number;
  result: ImportResult;
  sku: string | null;
  name: string | null;
  product_id: string | null;
  document_id: string | null;
  reason: (Reason & { field: string | null }) | null;
  notes: Reason[];
};
type Index = {
  embedder: string;
  sources: { documents: number; products: number };
  done: number;
  waiting: number;
  working: number;
  failed: number;
  chunks: number;
  problems: (Reason & { count: number })[];
};
type IndexJob = {
  id: string;
  source: { kind: "document" | "product"; id: string; title: string };
  state: "waiting" | "working" | "failed";
  attempts: number;
  due_at: string;
  problem: Reason | null;
};
type Listed<T> = { items: T[]; next_cursor: string | null };
type Keyset = { cursor?: string | undefined; limit?: number };
type ProductBody = {
  name: string;
  sku?: string | null;
  description?: string;
  price?: string | null;
  currency?: string;
  stock?: number | null;
  delivery?: string | null;
  variants?: Partial<Variant>[];
};
type DocumentBody = {
  title: string;
  body: string;
  type?: DocumentType;
  category?: string | null;
  tags?: string[];
};

declare module "./schema.gen" {
  interface Operations {
    "GET /documents": {
      query: Keyset & { q?: string; type?: string; category?: string; tag?: string };
      body: undefined;
      answer: Listed<DocumentSummary> & { total: number };
    };
    "GET /documents/labels": {
      query: undefined;
      body: undefined;
      answer: { categories: string[]; tags: string[] };
    };
    "POST /documents": { query: undefined; body: DocumentBody; answer: KnowledgeDocument };
    "GET /documents/{id}": { query: undefined; body: undefined; answer: KnowledgeDocument };
    "PATCH /documents/{id}": {
      query: undefined;
      body: Partial<DocumentBody> & { version: number };
      answer: KnowledgeDocument;
    };
    "DELETE /documents/{id}": { query: undefined; body: undefined; answer: undefined };
    "GET /products": {
      query: Keyset & { q?: string; stock?: string; priced?: string };
      body: undefined;
      answer: Listed<ProductSummary> & { total: number };
    };
    "POST /products": { query: undefined; body: ProductBody; answer: Product };
    "GET /products/{id}": { query: undefined; body: undefined; answer: Product };
    "PATCH /products/{id}": {
      query: undefined;
      body: Partial<ProductBody> & { version: number };
      answer: Product;
    };
    "DELETE /products/{id}": { query: undefined; body: undefined; answer: undefined };
    "POST /imports": { query: { kind?: string }; body: undefined; answer: Import };
    "GET /imports": { query: Keyset & { kind?: string }; body: undefined; answer: Listed<Import> };
    "GET /imports/{id}": { query: undefined; body: undefined; answer: Import };
    "PATCH /imports/{id}": {
      query: undefined;
      body: {
        version: number;
        sheet?: number;
        header_row?: number;
        mapping?: Partial<Record<ImportField, number>>;
        currency?: string;
        document?: Partial<
          Pick<NonNullable<Import["document"]>, "title" | "type" | "category" | "tags">
        >;
      };
      answer: Import;
    };
    "GET /imports/{id}/rows": {
      query: { result?: string; after?: number; limit?: number };
      body: undefined;
      answer: { items: ImportRow[]; next_after: number | null };
    };
    "POST /imports/{id}/apply": {
      query: undefined;
      body: { version: number; take_good_rows?: boolean };
      answer: Import;
    };
    "DELETE /imports/{id}": { query: undefined; body: undefined; answer: undefined };
    "GET /index": { query: undefined; body: undefined; answer: Index };
    "GET /index/jobs": {
      query: Keyset & { state?: string };
      body: undefined;
      answer: Listed<IndexJob>;
    };
    "POST /index/recompute": {
      query: undefined;
      body: { kind?: string; ids?: string[]; only_failed?: boolean; anew?: boolean };
      answer: Index;
    };
    "POST /index/invalidate": {
      query: undefined;
      body: { kind?: string; ids?: string[] };
      answer: Index;
    };
  }
}

export {};
