import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { dialog, popMenu } from "./overlay.js";

const VERSION = "9.6";
const LIGHT = {
  bg_color: "#ffffff", text_color: "#000000", hint_color: "#707579", link_color: "#3390ec", button_color: "#3390ec",
  button_text_color: "#ffffff", secondary_bg_color: "#f4f4f5", header_bg_color: "#ffffff", bottom_bar_bg_color: "#ffffff",
  accent_text_color: "#3390ec", section_bg_color: "#ffffff", section_header_text_color: "#707579",
  section_separator_color: "#e4e6ea", subtitle_text_color: "#707579", destructive_text_color: "#df3f40",
};
const DARK = {
  bg_color: "#17212b", text_color: "#f5f5f5", hint_color: "#708499", link_color: "#6ab3f3", button_color: "#5288c1",
  button_text_color: "#ffffff", secondary_bg_color: "#232e3c", header_bg_color: "#17212b", bottom_bar_bg_color: "#17212b",
  accent_text_color: "#6ab2f2", section_bg_color: "#17212b", section_header_text_color: "#6ab3f3",
  section_separator_color: "#111921", subtitle_text_color: "#708499", destructive_text_color: "#ec3942",
};

const theme = () => (document.documentElement.dataset.theme === "dark" ? DARK : LIGHT);

/** A Mini App in a frame, spoken to as Telegram Web speaks: JSON strings over postMessage. */
export class MiniApp {
  constructor(bot) { this.bot = bot; }

  async open(chat, url, startParam) {
    this.chat = chat;
    this.store = `cloud:${chat.bot}:${chat.chat_id}:`;
    this.buttons = { main: {}, secondary: {} };
    const data = await api.initData(chat, startParam);
    const fragment = new URLSearchParams({
      tgWebAppData: data, tgWebAppVersion: VERSION, tgWebAppPlatform: "web", tgWebAppThemeParams: JSON.stringify(theme()),
    });
    if (startParam) fragment.set("tgWebAppStartParam", startParam);
    this.origin = new URL(url, location.href).origin;
    this.frame = el("iframe", { title: t("miniApp"), allow: "clipboard-write; camera; microphone; geolocation",
      src: `${url}${url.includes("#") ? "&" : "#"}${fragment}` });
    this.back = el("button", { hidden: true, "aria-label": t("cancel"), onclick: () => this.tell("back_button_pressed") }, icon("back"));
    this.bottom = el("div", { className: "bottom" });
    this.node = el("section", { className: "app", role: "dialog", "aria-label": t("miniApp") },
      el("div", { className: "top" },
        el("button", { "aria-label": t("close"), onclick: () => this.close() }, icon("close")), this.back,
        el("div", { className: "name" }, this.bot.name, el("small", {}, t("miniApp"))),
        el("button", { "aria-label": "⇔", onclick: () => { this.node.classList.toggle("wide"); this.viewport(); } }, icon("window")),
        el("button", { "aria-label": t("menu"), onclick: (event) => this.menu(event) }, icon("more"))),
      this.frame, this.bottom, el("div", { className: "loading" }));
    document.getElementById("overlay").append(this.node);
    this.listener = (event) => { if (event.source === this.frame.contentWindow) this.hear(event.data); };
    window.addEventListener("message", this.listener);
    this.frame.addEventListener("load", () => setTimeout(() => this.node.classList.add("ready"), 500));
    this.watcher = new ResizeObserver(() => this.viewport());
    this.watcher.observe(this.frame);
  }

  menu(event) {
    const box = event.currentTarget.getBoundingClientRect();
    const items = [{ icon: "reply", text: "↻", act: () => { const { src } = this.frame; this.frame.src = "about:blank"; setTimeout(() => { this.frame.src = src; }, 30); } }];
    if (this.settings) items.unshift({ icon: "menu", text: t("menu"), act: () => this.tell("settings_button_pressed") });
    popMenu(box.left - 140, box.bottom, items);
  }

  tell(eventType, eventData = {}) {
    this.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), this.origin);
  }

  viewport() {
    this.tell("viewport_changed", { height: this.frame.clientHeight, width: this.frame.clientWidth, is_expanded: true, is_state_stable: true });
  }

  retheme() { this.tell("theme_changed", { theme_params: theme() }); }

  hear(raw) {
    let event;
    try { event = typeof raw === "string" ? JSON.parse(raw) : raw; } catch { return; }
    const data = event?.eventData || {};
    switch (event?.eventType) {
      case "iframe_ready": case "web_app_ready": this.node.classList.add("ready"); break;
      case "web_app_close": this.shut(); break;
      case "web_app_expand": case "web_app_request_viewport": this.viewport(); break;
      case "web_app_request_theme": this.retheme(); break;
      case "web_app_request_safe_area": this.tell("safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }); break;
      case "web_app_request_content_safe_area": this.tell("content_safe_area_changed", { top: 0, bottom: 0, left: 0, right: 0 }); break;
      case "web_app_setup_back_button": this.back.hidden = !data.is_visible; break;
      case "web_app_setup_settings_button": this.settings = data.is_visible; break;
      case "web_app_setup_closing_behavior": this.confirm = data.need_confirmation; break;
      case "web_app_setup_main_button": this.button("main", data); break;
      case "web_app_setup_secondary_button": this.button("secondary", data); break;
      case "web_app_set_header_color": this.colour("--app-head", data); break;
      case "web_app_set_background_color": this.colour("--app-ground", data); break;
      case "web_app_set_bottom_bar_color": this.colour("--app-bottom", data); break;
      case "web_app_open_popup": this.popup(data); break;
      case "web_app_open_link": window.open(data.url, "_blank", "noopener"); break;
      case "web_app_open_tg_link": this.shut(); this.onLink?.(`https://t.me${data.path_full}`); break;
      case "web_app_request_write_access": this.tell("write_access_requested", { status: "allowed" }); break;
      case "web_app_request_phone": this.tell("phone_requested", { status: "cancelled" }); break;
      case "web_app_request_fullscreen": this.tell("fullscreen_failed", { error: "UNSUPPORTED" }); break;
      case "web_app_read_text_from_clipboard": this.clipboard(data.req_id); break;
      case "web_app_invoke_custom_method": this.custom(data); break;
      case "web_app_check_home_screen": this.tell("home_screen_checked", { status: "unsupported" }); break;
      case "web_app_biometry_get_info": this.tell("biometry_info_received", { available: false }); break;
      default: break;
    }
  }

  button(which, data) {
    Object.assign(this.buttons[which], data);
    this.bottom.replaceChildren(...["secondary", "main"].filter((name) => this.buttons[name].is_visible).map((name) => {
      const given = this.buttons[name];
      const node = el("button", { disabled: given.is_active === false || given.is_progress_visible, onclick: () => this.tell(`${name}_button_pressed`) },
        given.is_progress_visible ? "…" : given.text || "");
      if (given.color) node.style.background = given.color;
      if (given.text_color) node.style.color = given.text_color;
      return node;
    }));
    this.viewport();
  }

  colour(name, data) {
    const value = data.color || theme()[data.color_key];
    if (value) this.node.style.setProperty(name, value);
  }

  async popup(data) {
    const names = { ok: t("ok"), close: t("close"), cancel: t("cancel") };
    const buttons = (data.buttons || []).map((button) => ({ id: button.id ?? "", type: button.type, text: button.text || names[button.type] || t("ok") }));
    const id = await dialog(data.title, data.message, buttons.length ? buttons : undefined);
    this.tell("popup_closed", id === null ? {} : { button_id: id });
  }

  async clipboard(req) {
    const data = await navigator.clipboard.readText().catch(() => null);
    this.tell("clipboard_text_received", { req_id: req, data });
  }

  custom({ req_id: req, method, params = {} }) {
    const done = (result) => this.tell("custom_method_invoked", { req_id: req, result });
    const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(this.store)).map((key) => key.slice(this.store.length));
    switch (method) {
      case "saveStorageValue": localStorage.setItem(this.store + params.key, params.value); done(true); break;
      case "getStorageValues": done(Object.fromEntries(params.keys.map((key) => [key, localStorage.getItem(this.store + key) ?? ""]))); break;
      case "deleteStorageValues": params.keys.forEach((key) => localStorage.removeItem(this.store + key)); done(true); break;
      case "getStorageKeys": done(keys()); break;
      case "getCurrentTime": done(Math.floor(Date.now() / 1000)); break;
      default: this.tell("custom_method_invoked", { req_id: req, error: "METHOD_NOT_FOUND" });
    }
  }

  async close() {
    if (this.confirm) {
      const sure = await dialog(t("closeApp"), t("closeAppText"), [{ id: null, text: t("cancel") }, { id: "yes", text: t("close"), type: "destructive" }]);
      if (sure !== "yes") return;
    }
    this.shut();
  }

  shut() {
    window.removeEventListener("message", this.listener);
    this.watcher?.disconnect();
    this.node?.remove();
    this.onClose?.();
  }
}

