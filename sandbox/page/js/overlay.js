import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

export function toast(text, seconds = 3.2) {
  const node = el("div", { className: "toast" }, text);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), seconds * 1000);
}

/** A modal with buttons; resolves to the id of the one pressed, or null. */
export function dialog(title, text, buttons = [{ id: "ok", text: t("ok") }]) {
  return new Promise((resolve) => {
    const done = (id) => { veil.remove(); document.removeEventListener("keydown", onKey); resolve(id); };
    const onKey = (event) => { if (event.key === "Escape") done(null); };
    const acts = buttons.map((button) =>
      el("button", { className: button.type === "destructive" ? "destructive" : "", onclick: () => done(button.id) }, button.text));
    const box = el("div", { className: "dialog", role: "dialog", onclick: (event) => event.stopPropagation() },
      title ? el("h3", {}, title) : null, el("p", {}, text), el("div", { className: "acts" }, acts));
    const veil = el("div", { className: "veil", onclick: () => done(null) }, box);
    document.getElementById("overlay").append(veil);
    document.addEventListener("keydown", onKey);
    acts.at(-1)?.focus();
  });
}

export function showPicture(url) {
  const veil = el("div", { className: "veil shown", onclick: () => veil.remove() }, el("img", { src: url, alt: "" }));
  document.getElementById("overlay").append(veil);
}

let closeMenu = null;

/** A small menu at a point; items: {icon?, text, danger?, act, node?}. */
export function popMenu(x, y, items, { up = false } = {}) {
  closeMenu?.();
  const pop = el("div", { className: "pop", role: "menu" }, items.map((item) =>
    el("button", { className: `${item.danger ? "danger" : ""} ${item.className || ""}`, role: "menuitem", onclick: () => { closeMenu(); item.act(); } },
      item.icon ? icon(item.icon) : null, item.node || item.text)));
  document.getElementById("overlay").append(pop);
  const box = pop.getBoundingClientRect();
  pop.style.left = `${Math.max(6, Math.min(x, innerWidth - box.width - 8))}px`;
  pop.style.top = `${Math.max(6, up ? y - box.height : Math.min(y, innerHeight - box.height - 8))}px`;
  const outside = (event) => { if (!pop.contains(event.target)) closeMenu(); };
  const onKey = (event) => { if (event.key === "Escape") closeMenu(); };
  closeMenu = () => {
    pop.remove();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", onKey);
    closeMenu = null;
  };
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", onKey);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(t("copied"), 1.6);
}
