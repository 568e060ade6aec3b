import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { brief } from "./message.js";
import { popMenu, toast } from "./overlay.js";

const MAX_BYTES = 50 * 1024 * 1024;

/** The foot of a chat: what is being answered or changed, files waiting, the text itself. */
export class Composer {
  constructor(root, { onApp, hint }) {
    this.root = root;
    this.onApp = onApp;
    this.hint = hint;
    this.drafts = new Map();
    this.reset();
  }

  reset() {
    this.replying = null;
    this.editing = null;
    this.files = [];
  }

  show(chat, settings, keys) {
    const key = `${chat.bot}:${chat.chat_id}`;
    if (this.key !== key) {
      if (this.key && this.area) this.drafts.set(this.key, this.area.value);
      this.reset();
    }
    const kept = this.key === key && this.area ? this.area.value : this.drafts.get(key) || "";
    const focused = this.area && document.activeElement === this.area;
    this.key = key;
    this.chat = chat;
    this.settings = settings;
    this.keys = keys;
    this.draw(kept);
    if (focused) this.area?.focus();
  }

  draw(text = this.area?.value || "") {
    const { settings } = this;
    if (settings.blocked) {
      this.root.replaceChildren(el("button", { className: "press-start", onclick: () => api.block(this.chat, false).then(() => this.changed?.()) }, t("unblock")));
      return;
    }
    if (!settings.started) {
      this.root.replaceChildren(el("button", { className: "press-start", onclick: () => this.send("/start") }, t("start")));
      return;
    }
    this.area = el("textarea", {
      rows: 1, value: text, placeholder: this.keys?.input_field_placeholder || t("write"), "aria-label": t("write"),
      oninput: () => this.fit(),
      onkeydown: (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
        if (event.key === "Escape") this.drop();
      },
      onpaste: (event) => { if (event.clipboardData.files.length) { event.preventDefault(); this.add(event.clipboardData.files, "photo"); } },
    });
    this.action = el("button", { className: "round", onclick: () => (this.full() ? this.submit() : this.record()) });
    const parts = [];
    if (this.hint) parts.push(this.hint((words) => { this.area.value = words; this.fit(); this.area.focus(); }));
    if (this.replying || this.editing) parts.push(this.aboveText());
    if (this.files.length) parts.push(this.tray());
    parts.push(el("div", { className: "compose" }, this.menuButton(),
      el("button", { className: "round", "aria-label": t("attachFile"), onclick: (event) => this.attach(event) }, icon("attach")), this.area, this.action));
    if (this.keys?.keyboard) parts.push(this.replyKeys());
    this.root.replaceChildren(...parts.filter(Boolean));
    this.fit();
  }

  menuButton() {
    const button = this.settings.menu_button || {};
    if (button.type === "web_app") {
      return el("button", { className: "menu-button", onclick: () => this.onApp(button.web_app.url) }, icon("window"), button.text || t("open"));
    }
    if (!this.settings.commands?.length) return null;
    return el("button", {
      className: "round", "aria-label": t("commands"), title: t("commands"),
      onclick: (event) => {
        const box = event.currentTarget.getBoundingClientRect();
        popMenu(box.left, box.top - 8, this.settings.commands.map((command) => ({
          className: "command",
          node: el("span", {}, el("b", {}, `/${command.command}`), " ", el("span", {}, command.description)),
          act: () => this.send(`/${command.command}`),
        })), { up: true });
      },
    }, icon("menu"));
  }

  aboveText() {
    const about = this.editing || this.replying;
    return el("div", { className: "above" }, icon(this.editing ? "edit" : "reply"),
      el("div", { className: "quote" }, el("b", {}, this.editing ? t("editing") : about.from), el("span", {}, brief(about))),
      el("button", { className: "round", "aria-label": t("cancel"), onclick: () => this.drop() }, icon("close")));
  }

  tray() {
    return el("div", { className: "tray" }, this.files.map((file, at) => el("figure", {},
      file.kind === "photo" ? el("img", { src: `data:${file.mime};base64,${file.base64}`, alt: file.name }) : el("figcaption", {}, file.name),
      el("button", { "aria-label": t("remove"), onclick: () => { this.files.splice(at, 1); this.draw(); } }, "×"))));
  }

  replyKeys() {
    return el("div", { className: "keys" }, this.keys.keyboard.map((row) => el("div", {}, row.map((key) => {
      const text = typeof key === "string" ? key : key.text;
      return el("button", { onclick: () => (key.web_app ? this.onApp(key.web_app.url) : this.send(text)) }, text);
    }))));
  }

  full() { return this.area.value.trim() !== "" || this.files.length > 0 || this.editing; }

  fit() {
    this.area.style.height = "auto";
    if (this.area.scrollHeight) this.area.style.height = `${Math.min(this.area.scrollHeight, 190)}px`;
    const full = this.full();
    this.action.className = `round${full ? " send" : ""}${this.recorder ? " recording" : ""}`;
    this.action.setAttribute("aria-label", full ? "send" : t("voice"));
    this.action.replaceChildren(icon(this.recorder ? "stop" : full ? "send" : "mic"));
  }

  reply(message) { this.editing = null; this.replying = message; this.draw(); this.area.focus(); }

  edit(message) { this.replying = null; this.editing = message; this.draw(message.text); this.area.focus(); }

  drop() {
    const was = this.editing;
    this.editing = null;
    this.replying = null;
    this.draw(was ? "" : this.area.value);
    this.area.focus();
  }

  async submit() {
    const text = this.area.value.trim();
    if (this.recorder) { this.record(); return; }
    if (this.editing) {
      const { message_id: id } = this.editing;
      this.editing = null;
      this.draw("");
      await api.edit(this.chat, id, text).catch((error) => toast(error.message));
      return;
    }
    if (!text && !this.files.length) return;
    const message = { text, files: this.files.map(({ kind, name, base64, album }) => ({ kind, name, base64, album })) };
    if (this.replying) message.reply_to = this.replying.message_id;
    this.reset();
    this.draw("");
    this.area.focus();
    await this.deliver(message);
  }

  send(text) { return this.deliver({ text }); }

  async deliver(message) {
    try { await api.write(this.chat, message); } catch (error) { toast(error.message); }
    this.sent?.();
  }

  attach(event) {
    const box = event.currentTarget.getBoundingClientRect();
    popMenu(box.left, box.top - 8, [
      { icon: "photo", text: t("attachPhoto"), act: () => this.pick("photo", "image/*,video/*") },
      { icon: "file", text: t("attachFile"), act: () => this.pick("document", "*/*") },
      { icon: "mic", text: t("attachVoice"), act: () => this.pick("voice", "audio/*") },
    ], { up: true });
  }

  pick(kind, accept) {
    const input = el("input", { type: "file", multiple: kind !== "voice", accept });
    input.onchange = () => this.add(input.files, kind);
    input.click();
  }

  async add(list, kind) {
    for (const file of [...list].slice(0, 10)) {
      if (file.size > MAX_BYTES) { toast(t("tooLarge")); continue; }
      const base64 = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).split(",")[1] || "");
        reader.readAsDataURL(file);
      });
      const visual = /^image\/(png|jpeg|gif)$/.test(file.type) ? "photo" : file.type.startsWith("video/") ? "video" : "document";
      this.files.push({ kind: kind === "photo" ? visual : kind, name: file.name, base64, mime: file.type, album: kind === "voice" ? null : "1" });
    }
    this.draw();
    this.area.focus();
  }

  async record() {
    if (this.recorder) { this.recorder.stop(); return; }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      this.pick("voice", "audio/*");
      return;
    }
    const pieces = [];
    this.recorder = new MediaRecorder(stream);
    this.recorder.ondataavailable = (event) => pieces.push(event.data);
    this.recorder.onstop = async () => {
      this.recorder = null;
      stream.getTracks().forEach((track) => track.stop());
      await this.add([new File(pieces, "voice.ogg", { type: "audio/ogg" })], "voice");
      this.submit();
    };
    this.recorder.start();
    this.fit();
  }
}
