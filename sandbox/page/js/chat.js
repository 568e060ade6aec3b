import { api } from "./api.js";
import { Composer } from "./composer.js";
import { avatar, el, icon } from "./dom.js";
import { dayName, t } from "./i18n.js";
import { bubble } from "./message.js";
import { copy, dialog, popMenu, toast } from "./overlay.js";

const NEAR_MS = 5 * 60_000;

/** One chat on the page: head, feed, foot. `world` is the shared state of app.js. */
export class ChatPane {
  constructor(root, world, { hint = null, header }) {
    this.root = root;
    this.world = world;
    this.header = header;
    this.head = el("header", { className: "head" });
    this.feed = el("div", { className: "feed scroll", onscroll: () => this.mind() });
    this.jump = el("button", { className: "down", hidden: true, "aria-label": t("down"), onclick: () => this.bottom(true) }, icon("down"));
    this.foot = el("footer", { className: "foot" });
    root.replaceChildren(this.head, el("div", { className: "wall" }, this.feed, this.jump), this.foot);
    this.composer = new Composer(this.foot, { onApp: (url, start) => world.openApp(this.chat, url, start), hint });
    this.composer.changed = () => this.load();
    this.composer.sent = () => { this.bottom(); if (!this.settings.started) this.load(); };
    this.messages = new Map();
    this.acts = {
      link: (url) => this.follow(url),
      command: (text) => this.composer.send(text),
      app: (url) => world.openApp(this.chat, url),
      find: (id) => this.find(id),
      press: (id, data) => this.press(id, data),
      reply: (message) => this.composer.reply(message),
      menu: (x, y, message, group) => this.menu(x, y, message, group),
    };
    window.addEventListener("resize", () => { if (this.stuck) this.bottom(); });
  }

  async open(chat) {
    this.chat = chat;
    this.messages.clear();
    this.stuck = true;
    await this.load();
  }

  async load() {
    const { chat } = this;
    const meanwhile = (this.meanwhile = []);
    const [settings, found] = await Promise.all([api.chat(chat), api.messages(chat)]);
    if (chat !== this.chat || meanwhile !== this.meanwhile) return;
    this.settings = settings;
    this.messages = new Map(found.messages.map((message) => [message.message_id, message]));
    this.act(found.action);
    this.meanwhile = null;
    this.drawFeed();
    this.drawFoot();
    this.bottom();
    for (const event of meanwhile) this.take(event); // what was read may be older than these
  }

  is(event) { return this.chat && event.bot === this.chat.bot && event.chat_id === this.chat.chat_id; }

  /** Takes an event of the live stream that concerns this chat. */
  take(event) {
    this.meanwhile?.push(event);
    const stuck = this.stuck;
    if (event.type === "message") {
      this.messages.set(event.message.message_id, event.message);
      this.act(null);
      this.drawFeed(event.message.message_id);
      this.drawFoot();
      if (stuck || !event.message.from_bot) this.bottom(true);
    } else if (event.type === "edit") {
      this.messages.set(event.message.message_id, event.message);
      this.drawFeed();
      if (stuck) this.bottom();
    } else if (event.type === "delete") {
      this.messages.delete(event.message_id);
      this.drawFeed();
      this.drawFoot();
      if (stuck) this.bottom();
    } else if (event.type === "action") {
      this.act(event.action);
    }
  }

  act(action) {
    this.action = action;
    clearTimeout(this.actionTimer);
    if (action) this.actionTimer = setTimeout(() => this.act(null), 5000);
    this.drawHead();
  }

  drawHead() {
    const bot = this.world.bots.get(this.chat.bot);
    const several = this.world.bots.size > 1;
    const peer = el("button", { className: "peer", disabled: !several, title: t("menu"), onclick: (event) => this.chooseBot(event) },
      el("div", { className: "title" }, bot.name),
      el("div", { className: `sub${this.action ? " acting" : ""}` }, this.action ? t(this.action) : `${t("bot")} · @${bot.username}`));
    this.head.replaceChildren(avatar(bot.name, bot.id, { bot: true }), peer, this.header(this.chat));
  }

  chooseBot(event) {
    const box = event.currentTarget.getBoundingClientRect();
    popMenu(box.left, box.bottom + 4, [...this.world.bots.values()].map((bot) => ({
      icon: "bot", text: bot.name, act: () => this.open({ ...this.chat, bot: bot.username }),
    })));
  }

  drawFoot() { this.composer.show(this.chat, this.settings, this.keys()); this.askForReply(); }

  /** The newest reply keyboard still in force. */
  keys() {
    for (const message of [...this.messages.values()].reverse()) {
      if (!message.keyboard) continue;
      if (message.keyboard.remove_keyboard) return null;
      if (message.keyboard.keyboard) return message.keyboard;
    }
    return null;
  }

  /** force_reply: the newest message of the bot asks for an answer to itself. */
  askForReply() {
    const last = [...this.messages.values()].at(-1);
    const asks = last?.from_bot && (last.keyboard?.force_reply || last.force_reply);
    if (asks && this.asked !== last.message_id && this.settings.started) {
      this.asked = last.message_id;
      this.composer.keys = { ...this.composer.keys, input_field_placeholder: last.keyboard?.input_field_placeholder };
      this.composer.reply(last);
    }
  }

  drawFeed(fresh = null) {
    const list = [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
    this.messages = new Map(list.map((message) => [message.message_id, message]));
    const open = new Set([...this.feed.querySelectorAll("blockquote.open")].map((node) => node.closest(".msg").dataset.id));
    const groups = [];
    for (const message of list) {
      const last = groups.at(-1);
      if (message.media_group_id && last?.[0].media_group_id === message.media_group_id) last.push(message);
      else groups.push([message]);
    }
    const nodes = [];
    groups.forEach((group, at) => {
      const before = groups[at - 1]?.[0];
      const after = groups[at + 1]?.[0];
      if (!before || dayName(before.at) !== dayName(group[0].at)) nodes.push(el("div", { className: "day" }, dayName(group[0].at)));
      const node = bubble(group, this.acts);
      if (!near(before, group[0])) node.classList.add("first");
      if (!near(group[0], after)) node.classList.add("last");
      if (group.some((message) => message.message_id === fresh)) node.classList.add("fresh");
      if (open.has(node.dataset.id)) node.querySelector("blockquote.long")?.classList.add("open");
      nodes.push(node);
    });
    if (!nodes.length && !this.foot.querySelector(".hint")) {
      const staff = this.world.person(this.chat.chat_id)?.role !== "customer";
      nodes.push(el("div", { className: "blank" }, el("b", {}, t("emptyTitle")),
        this.settings.started ? t(staff ? "emptyStaff" : "emptyCustomer") : t("notStarted")));
    }
    const kept = this.feed.scrollTop;
    this.feed.replaceChildren(...nodes);
    this.feed.scrollTop = kept;
  }

  mind() {
    const left = this.feed.scrollHeight - this.feed.scrollTop - this.feed.clientHeight;
    this.stuck = left < 60;
    this.jump.hidden = left < 240;
  }

  bottom(smooth = false) {
    this.stuck = true;
    this.feed.scrollTo({ top: this.feed.scrollHeight, behavior: smooth ? "smooth" : "auto" });
    for (const image of this.feed.querySelectorAll("img:not([data-minded])")) {
      image.dataset.minded = "1";
      image.addEventListener("load", () => { if (this.stuck) this.feed.scrollTop = this.feed.scrollHeight; }, { once: true });
    }
  }

  find(id) {
    const node = this.feed.querySelector(`[data-id="${id}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.remove("found");
    requestAnimationFrame(() => node.classList.add("found"));
  }

  async press(id, data) {
    try {
      const answer = await api.press(this.chat, id, data);
      if (answer === null) toast(t("noAnswer"));
      else if (answer.url) this.follow(answer.url);
      else if (answer.text && answer.alert) dialog(this.world.bots.get(this.chat.bot).name, answer.text);
      else if (answer.text) toast(answer.text);
    } catch (error) { toast(error.message); }
  }

  menu(x, y, message, group) {
    const own = !message.from_bot;
    const items = [{ icon: "reply", text: t("reply"), act: () => this.composer.reply(message) }];
    if (message.text) items.push({ icon: "copy", text: t("copy"), act: () => copy(message.text) });
    if (own && message.text) items.push({ icon: "edit", text: t("edit"), act: () => this.composer.edit(message) });
    if (own) {
      items.push({ icon: "trash", text: t("remove"), danger: true,
        act: () => Promise.all(group.map((one) => api.remove(this.chat, one.message_id))).catch((error) => toast(error.message)) });
    }
    popMenu(x, y, items);
  }

  async follow(url) {
    const deep = url.match(/^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)(\w+)(?:\/(\w+))?(?:[?&](.*))?$/i);
    const bot = deep && [...this.world.bots.values()].find((known) => known.username.toLowerCase() === deep[1].toLowerCase());
    if (bot) {
      const query = new URLSearchParams(deep[3] || "");
      if (query.has("startapp")) { this.world.openApp({ ...this.chat, bot: bot.username }, null, query.get("startapp")); return; }
      await this.open({ ...this.chat, bot: bot.username });
      if (query.has("start")) await this.composer.send(`/start ${query.get("start")}`.trim());
      return;
    }
    const sure = await dialog(t("openLink"), url, [{ id: null, text: t("cancel") }, { id: "open", text: t("open") }]);
    if (sure === "open" && /^(https?|mailto):/i.test(url)) window.open(url, "_blank", "noopener");
  }
}

function near(one, other) {
  return Boolean(one && other && one.from_id === other.from_id && Math.abs(new Date(other.at) - new Date(one.at)) < NEAR_MS
    && dayName(one.at) === dayName(other.at));
}

