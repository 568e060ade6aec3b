// Documents, products, imports and the index of the stand-in.
import { newId } from "./demo-data.mjs";
import { product } from "./demo-knowledge.mjs";
import { importRoutes } from "./stub-imports.mjs";

const now = () => new Date().toISOString();

/** One page of a list; the cursor is where it goes on. */
export function page(items, query) {
  const from = Number(query.get("cursor") ?? 0);
  const limit = Number(query.get("limit") ?? 50);
  return {
    items: items.slice(from, from + limit),
    next_cursor: from + limit < items.length ? String(from + limit) : null,
    total: items.length,
  };
}

export function knowledgeRoutes(about) {
  const { store, push, Refusal } = about;
  const need = (me, permission) => {
    if (!me.permissions.includes(permission)) {
      throw new Refusal(403, "permission_denied", "Недостаточно прав");
    }
  };
  const find = (items, id) => {
    const found = items.find((each) => each.id === id);
    if (!found) throw new Refusal(404, "not_found", "Не найдено");
    return found;
  };
  const refuse = (field, detail) => {
    throw new Refusal(422, "invalid", detail, [{ field, code: "invalid", detail }]);
  };

  /** Search takes what was changed a little later, and says so. */
  function indexed(one) {
    one.index = { state: "waiting", problem: null };
    const done = setTimeout(() => {
      one.index = { state: "ready", problem: null };
      push({ type: "knowledge.indexed" });
    }, 1500);
    done.unref();
  }

  function change(items, id, { version, ...fields }, kind) {
    const found = find(items, id);
    if (found.version !== version) {
      throw new Refusal(409, `${kind}.changed`, "Пока вы правили, это изменили");
    }
    Object.assign(found, fields, { version: version + 1, changed_at: now() });
    indexed(found);
    return found;
  }

  function checkProduct(body, own) {
    if (body.name !== undefined && !body.name.trim()) refuse("name", "Укажите название");
    if (body.price && !(Number(body.price) >= 0)) refuse("price", "Цена — это число");
    if (body.stock !== undefined && body.stock !== null && !Number.isInteger(body.stock)) {
      refuse("stock", "Остаток — это целое число");
    }
    const taken = body.sku && store.products.find((each) => each.sku === body.sku);
    if (taken && taken.id !== own) {
      const detail = `Артикул уже у товара «${taken.name}»`;
      throw new Refusal(409, "product.sku_taken", detail, [
        { field: "sku", code: "product.sku_taken", detail },
      ]);
    }
    if (body.price) body.price = Number(body.price).toFixed(2);
  }

  const summaryOf = ({ body: _, ...summary }) => summary;
  const productSummary = ({ description: _, delivery: __, variants, ...summary }) => ({
    ...summary,
    variants_count: variants.length,
  });
  const latest = (items) => [...items].sort((a, b) => b.changed_at.localeCompare(a.changed_at));

  return {
    "GET /documents/labels": () => ({
      categories: [...new Set(store.documents.map((each) => each.category).filter(Boolean))],
      tags: [...new Set(store.documents.flatMap((each) => each.tags))],
    }),
    "GET /documents": ({ query, me }) => {
      need(me, "MANAGE_KNOWLEDGE_BASE");
      const q = query.get("q")?.toLowerCase();
      const is = (name, value) => !query.get(name) || query.get(name) === value;
      const found = latest(store.documents).filter(
        (each) =>
          is("type", each.type) &&
          is("category", each.category) &&
          (!query.get("tag") || each.tags.includes(query.get("tag"))) &&
          (!q || `${each.title}\n${each.body}`.toLowerCase().includes(q)),
      );
      const listed = page(found, query);
      return { ...listed, items: listed.items.map(summaryOf) };
    },
    "POST /documents": ({ body, me }) => {
      need(me, "MANAGE_KNOWLEDGE_BASE");
      if (!body.title.trim()) refuse("title", "Укажите название");
      if (!body.body.trim()) refuse("body", "Напишите текст");
      const made = {
        type: "faq",
        category: null,
        tags: [],
        ...body,
        id: newId(),
        characters: body.body.length,
        version: 1,
        created_at: now(),
        changed_at: now(),
      };
      indexed(made);
      store.documents.push(made);
      push({ type: "knowledge.changed" });
      return { ...made, created: true };
    },
    "GET /documents/{id}": ({ id }) => find(store.documents, id),
    "PATCH /documents/{id}": ({ id, body }) => {
      const saved = change(store.documents, id, body, "document");
      saved.characters = saved.body.length;
      push({ type: "knowledge.changed" });
      return saved;
    },
    "DELETE /documents/{id}": ({ id }) => {
      store.documents.splice(store.documents.indexOf(find(store.documents, id)), 1);
      push({ type: "knowledge.changed" });
    },
    "GET /products": ({ query, me }) => {
      need(me, "MANAGE_PRODUCTS");
      const q = query.get("q")?.toLowerCase();
      const stock = query.get("stock");
      const found = latest(store.products).filter(
        (each) =>
          (!stock || (stock === "in" ? each.stock > 0 : each.stock === 0)) &&
          (query.get("priced") !== "false" || each.price === null) &&
          (!q || `${each.name} ${each.sku} ${each.description}`.toLowerCase().includes(q)),
      );
      const listed = page(found, query);
      return { ...listed, items: listed.items.map(productSummary) };
    },
    "POST /products": ({ body, me }) => {
      need(me, "MANAGE_PRODUCTS");
      checkProduct(body);
      const made = product(null, "", null, null, { ...body, changed_at: now() });
      indexed(made);
      store.products.push(made);
      push({ type: "catalog.changed" });
      return { ...made, created: true };
    },
    "GET /products/{id}": ({ id }) => find(store.products, id),
    "PATCH /products/{id}": ({ id, body }) => {
      checkProduct(body, id);
      const saved = change(store.products, id, body, "product");
      push({ type: "catalog.changed" });
      return saved;
    },
    "DELETE /products/{id}": ({ id }) => {
      store.products.splice(store.products.indexOf(find(store.products, id)), 1);
      push({ type: "catalog.changed" });
    },
    ...importRoutes(about),
    ...indexRoutes(about),
  };
}

function indexRoutes({ store, push }) {
  const all = () => [
    ...store.documents.map((each) => ({ kind: "document", title: each.title, each })),
    ...store.products.map((each) => ({ kind: "product", title: each.name, each })),
  ];
  const inState = (state) => all().filter(({ each }) => each.index.state === state);
  const state = () => {
    const failed = inState("failed");
    const problem = failed[0]?.each.index.problem;
    return {
      embedder: "text-embedding-3-small",
      sources: { documents: store.documents.length, products: store.products.length },
      done: inState("ready").length,
      waiting: inState("waiting").length,
      working: 0,
      failed: failed.length,
      chunks: all().length * 3 + 12,
      problems: problem ? [{ ...problem, count: failed.length }] : [],
    };
  };
  const again = (which) => {
    for (const { each } of which) each.index = { state: "waiting", problem: null };
    which.forEach(({ each }, n) => {
      const ready = setTimeout(
        () => {
          each.index = { state: "ready", problem: null };
          push({ type: "knowledge.indexed" });
        },
        400 + n * 60,
      );
      ready.unref();
    });
    return state();
  };
  return {
    "GET /index": () => state(),
    "GET /index/jobs": ({ query }) => {
      const wanted = query.get("state") ?? "waiting";
      const jobs = inState(wanted).map(({ kind, title, each }) => ({
        id: each.id,
        source: { kind, id: each.id, title },
        state: wanted,
        attempts: wanted === "failed" ? 5 : 0,
        due_at: now(),
        problem: each.index.problem,
      }));
      return page(jobs, query);
    },
    "POST /index/recompute": ({ body }) => again(body.only_failed ? inState("failed") : all()),
    "POST /index/invalidate": () => again(all()),
  };
}
