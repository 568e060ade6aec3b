import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { locale, t } from "./i18n.js";

const MAX_ROWS = 400;

/** The drawer with every request the product made. */
export class Journal {
  constructor(root) {
    this.root = root;
    this.rows = [];
    this.only = null;
    this.list = el("div", { className: "scroll" });
  }

  get open() { return !this.root.hidden; }

  async toggle() {
    this.root.hidden = this.open;
    if (!this.open) { this.onClose?.(); return; }
    this.rows = await api.requests(MAX_ROWS);
    this.draw();
  }

  add(row) {
    if (!this.open) return;
    this.rows.push(row);
    if (this.rows.length > MAX_ROWS) this.rows.shift();
    if (this.only && row.target !== this.only) return;
    this.list.querySelector(".empty")?.remove();
    this.list.prepend(this.row(row));
    while (this.list.children.length > MAX_ROWS) this.list.lastChild.remove();
  }

  draw() {
    const filter = (target, label) => el("button", { ariaPressed: String(this.only === target), onclick: () => { this.only = target; this.draw(); } }, label);
    const shown = this.rows.filter((row) => (!this.only || row.target === this.only) && row.method.toLowerCase() !== "getupdates").reverse();
    this.list.replaceChildren(...shown.map((row) => this.row(row)));
    if (!shown.length) this.list.append(el("p", { className: "empty", style: "padding:0 18px;color:var(--ink-2)" }, t("noRequests")));
    this.root.replaceChildren(
      el("header", {}, el("h2", {}, t("journal")),
        el("div", { className: "filters" }, filter(null, t("all")), filter("telegram", "Telegram"), filter("openai", t("ai"))),
        el("button", { className: "plain", onclick: () => api.clearRequests().then(() => { this.rows = []; this.draw(); }) }, t("clear")),
        el("button", { className: "plain", "aria-label": t("close"), onclick: () => this.toggle() }, icon("close"))),
      this.list);
  }

  row(row) {
    const params = row.params || {};
    const gist = params.text || params.caption || params.action || params.callback_query_id || params.model || "";
    const details = el("details", { className: "row" }, el("summary", {},
      el("time", {}, new Date(row.at).toLocaleTimeString(locale())),
      el("span", { className: "target" }, row.account ? row.account.replace(/Bot$/, "") : row.target),
      el("span", { className: "method" }, row.method, " ", el("span", {}, String(gist).replace(/\s+/g, " ").slice(0, 80))),
      el("span", { className: "status", data: row.status === 200 ? {} : { bad: "1" } }, row.status === null ? "✕" : String(row.status))));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) {
        const body = row.files.length ? { ...params, files: row.files } : params;
        details.append(el("pre", {}, JSON.stringify(readable(body), null, 2)));
      }
    });
    return details;
  }
}

/** Form parameters arrive as strings: JSON among them is opened up. */
function readable(params) {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => {
    if (typeof value === "string" && /^[[{]/.test(value)) {
      try { return [name, JSON.parse(value)]; } catch { /* it only looked like JSON */ }
    }
    return [name, value];
  }));
}
