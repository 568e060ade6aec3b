// Imports of the stand-in: a CSV is really read, compared and taken.
import { newId } from "./demo-data.mjs";
import { product } from "./demo-knowledge.mjs";
import { page } from "./stub-knowledge.mjs";

const now = () => new Date().toISOString();
const LOOK_MS = 250;
const HEADINGS = {
  name: /назван|наимен|товар|name|title/i,
  sku: /артик|sku|код/i,
  price: /цена|price|стоим/i,
  stock: /остат|налич|кол|stock|qty/i,
  description: /опис|descr/i,
};

function cells(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  const by = (lines[0] ?? "").includes(";") ? ";" : ",";
  return lines.map((line) => line.split(by).map((cell) => cell.trim()));
}

function guess(heading) {
  const found = Object.entries(HEADINGS).find(([, pattern]) => pattern.test(heading));
  return found ? found[0] : null;
}

export function importRoutes({ store, push, Refusal }) {
  const find = (id) => {
    const found = store.imports.find((each) => each.id === id);
    if (!found) throw new Refusal(404, "not_found", "Не найдено");
    return found;
  };
  const shown = ({ rows: _, cells: __, text: ___, ...rest }) => rest;
  const tell = (each) => {
    each.version += 1;
    push({ type: "import.changed", import_id: each.id });
  };
  const later = (act, ms = LOOK_MS) => setTimeout(act, ms).unref();

  /** Every row once: created, updated, unchanged or rejected with its reason. */
  function look(each) {
    const column = (field) => each.table.columns.find((one) => one.field === field)?.index;
    const value = (row, field) => row[column(field)] ?? "";
    const seen = new Set();
    each.table.missing = column("name") === undefined ? ["name"] : [];
    each.rows = each.cells.slice(1).map((row, n) => {
      const [name, sku] = [value(row, "name"), value(row, "sku") || null];
      const asked = value(row, "price").replace(/\s/g, "").replace(",", ".");
      const onRequest = /запрос/i.test(asked);
      const price = asked && !onRequest ? Number(asked) : null;
      const stock = value(row, "stock") === "" ? null : Number(value(row, "stock"));
      const reason = (code, detail, field) => ({ code, detail, field });
      let why = null;
      if (!name) why = reason("row.no_name", "Нет названия", "name");
      else if (Number.isNaN(price)) why = reason("row.bad_price", `«${asked}» — не цена`, "price");
      else if (sku && seen.has(sku))
        why = reason("row.twice", `Артикул ${sku} уже был выше`, "sku");
      if (sku) seen.add(sku);
      const known = store.products.find((one) => one.sku && one.sku === sku);
      const same = known && known.name === name && Number(known.price) === price;
      const result = why ? "rejected" : known ? (same ? "unchanged" : "updated") : "created";
      const notes = onRequest ? [{ code: "row.on_request", detail: "Цена по запросу" }] : [];
      const fields = { name, price: price === null ? null : price.toFixed(2), stock };
      return {
        number: n + 2,
        result,
        sku,
        name: name || null,
        product_id: known?.id ?? null,
        document_id: null,
        reason: why,
        notes,
        fields,
      };
    });
    const count = (result) => each.rows.filter((row) => row.result === result).length;
    each.counts = {
      total: each.rows.length,
      created: count("created"),
      updated: count("updated"),
      unchanged: count("unchanged"),
      rejected: count("rejected"),
    };
    each.progress = { done: each.rows.length, total: each.rows.length };
    each.state = "previewed";
    tell(each);
  }

  function read(each) {
    if (each.kind === "documents") {
      const title = each.file_name.replace(/\.\w+$/, "");
      const replaces = store.documents.find((one) => one.title === title)?.id ?? null;
      each.document = {
        title,
        type: "faq",
        category: null,
        tags: [],
        characters: each.text.length,
        opening: each.text.slice(0, 500),
        replaces,
      };
      each.counts = { ...each.counts, total: 1, [replaces ? "updated" : "created"]: 1 };
      each.state = "previewed";
      return tell(each);
    }
    each.cells = cells(each.text);
    const [headings = [], ...rows] = each.cells;
    each.table = {
      sheets: ["Лист1"],
      sheet: 0,
      header_row: 1,
      currency: store.tenant.currency,
      columns: headings.map((heading, index) => ({
        index,
        heading,
        samples: rows.slice(0, 3).map((row) => row[index] ?? ""),
        field: guess(heading),
      })),
      missing: [],
    };
    return look(each);
  }

  function take(each) {
    if (each.kind === "documents") {
      const { opening: _, replaces, ...fields } = each.document;
      const old = store.documents.find((one) => one.id === replaces);
      const made = old ?? { id: newId(), created_at: now(), version: 0 };
      const index = { state: "waiting", problem: null };
      Object.assign(made, fields, { body: each.text, changed_at: now(), index });
      made.version += 1;
      if (!old) store.documents.push(made);
    }
    for (const row of each.rows ?? []) {
      const fields = { ...row.fields, changed_at: now() };
      const known = store.products.find((one) => one.id === row.product_id);
      if (row.result === "updated") Object.assign(known, fields);
      if (row.result === "created") {
        store.products.push(product(row.sku, row.name, null, null, fields));
      }
    }
    Object.assign(each, { state: "done", finished_at: now() });
    tell(each);
    push({ type: "catalog.changed" });
  }

  return {
    "POST /imports": ({ body, query, me }) => {
      const kind = query.get("kind");
      const known = kind === "products" ? /\.(csv|tsv|txt|xlsx)$/i : /\.(txt|md|pdf|docx)$/i;
      if (!known.test(body.name)) {
        throw new Refusal(422, "import.format_unknown", "Такой файл прочитать не получится");
      }
      const made = {
        id: newId(),
        kind,
        state: "uploaded",
        version: 1,
        file_name: body.name,
        file_size: Buffer.byteLength(body.text),
        created_at: now(),
        created_by: { name: me.user.name },
        finished_at: null,
        progress: { done: 0, total: 0 },
        counts: { total: 0, created: 0, updated: 0, unchanged: 0, rejected: 0 },
        take_good_rows: false,
        problem: null,
        table: null,
        document: null,
        text: body.text,
      };
      store.imports.unshift(made);
      later(() => read(made));
      return { ...shown(made), created: true };
    },
    "GET /imports": ({ query }) => page(store.imports.map(shown), query),
    "GET /imports/{id}": ({ id }) => shown(find(id)),
    "PATCH /imports/{id}": ({ id, body }) => {
      const each = find(id);
      if (each.version !== body.version) {
        throw new Refusal(409, "import.changed", "Загрузку уже изменили");
      }
      if (body.document) Object.assign(each.document, body.document);
      if (body.currency) each.table.currency = body.currency;
      for (const column of body.mapping ? each.table.columns : []) {
        const field = Object.entries(body.mapping).find(([, at]) => at === column.index);
        column.field = field ? field[0] : null;
      }
      each.version += 1;
      if (each.kind === "products") {
        each.state = "uploaded";
        later(() => look(each));
      }
      return shown(each);
    },
    "GET /imports/{id}/rows": ({ id, query }) => {
      const after = Number(query.get("after") ?? 0);
      const limit = Number(query.get("limit") ?? 100);
      const rows = (find(id).rows ?? []).filter(
        (row) => row.result === query.get("result") && row.number > after,
      );
      const items = rows.slice(0, limit).map(({ fields: _, ...row }) => row);
      return { items, next_after: rows.length > limit ? items.at(-1).number : null };
    },
    "POST /imports/{id}/apply": ({ id, body }) => {
      const each = find(id);
      if (each.counts.rejected > 0 && !body.take_good_rows) {
        throw new Refusal(409, "import.has_rejects", "Есть строки с ошибками");
      }
      const total = each.counts.total;
      Object.assign(each, { state: "applying", progress: { done: 0, total } });
      each.version += 1;
      later(() => {
        each.progress.done = Math.ceil(total / 2);
        tell(each);
      }, 2 * LOOK_MS);
      later(() => take(each), 4 * LOOK_MS);
      return shown(each);
    },
    "DELETE /imports/{id}": ({ id }) => {
      const each = find(id);
      each.state = "cancelled";
      tell(each);
    },
    "GET /imports/{id}/rejects": ({ id }) => ({
      csv: find(id)
        .rows.filter((row) => row.result === "rejected")
        .map((row) => `${row.number};${row.name ?? ""};${row.reason.detail}`)
        .join("\r\n"),
    }),
  };
}
