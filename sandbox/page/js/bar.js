import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { locale, setLanguage, t } from "./i18n.js";
import { Journal } from "./journal.js";

const FRESH_MS = 75_000;

const PRESETS = () => [
  ["fAi", [
    ["fSlowAi", { target: "openai", kind: "slow", seconds: 30, times: 3 }],
    ["fAiDown", { target: "openai", kind: "error", times: -1 }],
    ["fAiRubbish", { target: "openai", kind: "rubbish", times: 3 }],
    ["fAi429", { target: "openai", kind: "429", seconds: 3, times: 3 }],
  ]],
  ["fTelegram", [
    ["f429", { target: "telegram", method: "sendMessage", kind: "429", seconds: 3, times: 1 }],
    ["f500", { target: "telegram", method: "sendMessage", kind: "error", times: 3 }],
    ["fLost", { target: "telegram", method: "sendMessage", kind: "drop_after_accept", times: 1 }],
    ["fSlow", { target: "telegram", kind: "latency", seconds: 5, times: 5 }],
    ["fDup", { target: "telegram", kind: "duplicate_updates", times: 3 }],
  ]],
];

/** The thin bar: what has been seen, faults, requests, theme, language. */
export class Bar {
  constructor(root, { onLanguage, onTheme }) {
    this.root = root;
    this.onLanguage = onLanguage;
    this.onTheme = onTheme;
    this.faults = [];
    this.status = { seen: {}, bots: [] };
    this.journal = new Journal(document.getElementById("drawer"));
    this.journal.onClose = () => this.draw();
    document.addEventListener("pointerdown", (event) => {
      if (this.panel && !this.panel.contains(event.target) && !this.root.contains(event.target)) this.closePanel();
    });
  }

  async refresh() {
    this.status = await api.status();
    this.faults = this.status.faults;
    this.draw();
    if (this.panel) this.drawPanel();
  }

  lamps() {
    const { seen, bots } = this.status;
    const rows = bots.filter((bot) => bot.kind === "operator" || bot.store === "demo" || seen[`telegram:${bot.username}`]).map((bot) => [
      bot.kind === "operator" ? t("botOperator") : bot.store === "demo" ? t("botStore") : bot.name, seen[`telegram:${bot.username}`]]);
    rows.push([t("ai"), seen.openai, true]);
    return rows.map(([name, at, calm]) => {
      const age = at ? Date.now() - new Date(at) : null;
      const state = age === null ? "off" : age < FRESH_MS || calm ? "on" : "late";
      return el("span", { className: "lamp", data: { state }, title: at ? new Date(at).toLocaleTimeString(locale()) : t("never") }, name);
    });
  }

  draw() {
    const dark = document.documentElement.dataset.theme === "dark";
    const tool = (name, label, act, more = {}) => el("button", { className: "tool", title: label, "aria-label": label, onclick: act, ...more }, icon(name), el("span", {}, label));
    this.root.replaceChildren(
      el("div", { className: "mark" }, el("img", { src: "icon.svg", alt: "" }), t("title")),
      el("div", { className: "lamps" }, this.lamps()),
      (() => {
        const node = tool("bolt", t("faults"), () => this.togglePanel(), { ariaExpanded: String(Boolean(this.panel)) });
        if (this.faults.length) node.append(el("b", {}, String(this.faults.length)));
        return node;
      })(),
      tool("list", t("journal"), () => { this.closePanel(); this.journal.toggle(); this.draw(); }, { ariaExpanded: String(this.journal.open) }),
      el("button", { className: "tool", onclick: () => { setLanguage(locale() === "ru" ? "en" : "ru"); this.onLanguage(); } }, locale() === "ru" ? "EN" : "RU"),
      el("button", { className: "tool", title: t("theme"), "aria-label": t("theme"), onclick: () => { this.onTheme(); this.draw(); } }, icon(dark ? "sun" : "moon")),
    );
  }

  togglePanel() {
    if (this.panel) { this.closePanel(); return; }
    this.panel = el("div", { className: "panel scroll" });
    document.getElementById("overlay").append(this.panel);
    this.drawPanel();
    this.draw();
  }

  closePanel() {
    this.panel?.remove();
    this.panel = null;
    this.draw();
  }

  drawPanel() {
    const parts = [el("p", {}, t("faultsText"))];
    if (this.faults.length) {
      parts.push(el("h3", {}, t("inForce")));
      for (const fault of this.faults) {
        const left = fault.times < 0 ? t("forever") : `${t("times")} ${fault.times}`;
        parts.push(el("button", { className: "fault live", onclick: () => api.removeFault(fault.id) },
          el("b", {}, this.named(fault)), el("span", {}, left), el("i", {}, t("removeFault"))));
      }
    }
    for (const [group, presets] of PRESETS()) {
      parts.push(el("h3", {}, t(group)));
      for (const [key, fault] of presets) {
        parts.push(el("button", { className: "fault", onclick: () => api.addFault(fault) },
          el("b", {}, t(key)), el("span", {}, t(`${key}Text`)), el("i", {}, t("on"))));
      }
    }
    parts.push(el("h3", {}, t("fPeople")), ...this.blocks?.() || []);
    this.panel.replaceChildren(...parts);
  }

  named(fault) {
    const known = PRESETS().flatMap(([, presets]) => presets).find(([, preset]) =>
      preset.target === fault.target && preset.kind === fault.kind && (preset.method || null) === fault.method);
    return known ? t(known[0]) : `${fault.target} ${fault.method || "*"}: ${fault.kind}`;
  }
}
