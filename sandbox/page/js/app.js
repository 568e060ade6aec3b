import { api, follow } from "./api.js";
import { Bar } from "./bar.js";
import { ChatPane } from "./chat.js";
import { avatar, el } from "./dom.js";
import { t } from "./i18n.js";
import { MiniApp } from "./miniapp.js";
import { dialog, toast } from "./overlay.js";
import { People } from "./people.js";

const root = document.documentElement;
root.dataset.theme = localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

const world = {
  people: [],
  bots: new Map(),
  last: new Map(),
  unread: new Map(),
  person: (id) => world.people.find((person) => person.chat_id === id),
  openApp,
};

let app = null;
let panes = {};

function usualChat(person) {
  const kind = person.role === "customer" ? "store" : "operator";
  const bot = [...world.bots.values()].find((known) => known.kind === kind);
  return { chat_id: person.chat_id, bot: bot.username };
}

async function openApp(chat, url, startParam) {
  let target = url;
  if (!target) {
    const settings = await api.chat(chat);
    target = settings.menu_button?.web_app?.url;
    if (!target) { toast(t("never")); return; }
  }
  app?.shut();
  app = new MiniApp(world.bots.get(chat.bot));
  app.onClose = () => { app = null; };
  app.onLink = (link) => paneOf(chat).follow(link);
  await app.open(chat, target, startParam);
}

const paneOf = (chat) => (world.person(chat.chat_id).role === "customer" ? panes.customer : panes.staff);

function show(view) {
  document.body.dataset.view = view;
  drawSwitch();
}

function choose(person) {
  const staff = person.role !== "customer";
  const pane = staff ? panes.staff : panes.customer;
  world.unread.delete(person.chat_id);
  localStorage.setItem(staff ? "staff" : "customer", String(person.chat_id));
  show(staff ? "staff" : "customer");
  const opened = pane.chat?.chat_id === person.chat_id ? null : pane.open(usualChat(person));
  drawPeople();
  return opened;
}

const people = new People(document.getElementById("people"), world, choose);

function chosen() {
  return new Set([panes.customer?.chat?.chat_id, panes.staff?.chat?.chat_id]);
}

function drawPeople() {
  people.draw(chosen());
  drawSwitch();
}

function drawSwitch() {
  const view = document.body.dataset.view;
  const total = [...world.unread.values()].reduce((sum, count) => sum + count, 0);
  const name = (pane) => world.person(pane?.chat?.chat_id)?.name || "";
  const tab = (key, label, count = 0) => el("button", { ariaPressed: String(view === key), onclick: () => { show(key); panes[key]?.drawFeed(); panes[key]?.composer.draw(); panes[key]?.bottom(); } }, label, count ? el("b", {}, String(count)) : null);
  document.getElementById("switch").replaceChildren(
    tab("people", t("people"), total), tab("customer", name(panes.customer)), tab("staff", name(panes.staff)));
}

function you(chat) {
  const person = world.person(chat.chat_id);
  return el("span", { className: "you" }, avatar(`${person.name} ${person.last_name}`, person.user_id), el("span", {}, `${t("you")} `, el("b", {}, person.name)));
}

function team(chat) {
  return el("span", { className: "others" }, world.people.filter((person) => person.role !== "customer").map((person) =>
    el("button", { ariaPressed: String(person.chat_id === chat.chat_id), title: `${person.name} · ${t(person.role)}`, onclick: () => choose(person) },
      avatar(`${person.name} ${person.last_name}`, person.user_id), el("span", { className: "label" }, person.name))));
}

function firstHint(fill) {
  if (localStorage.getItem("hinted") || panes.customer.messages.size) return null;
  const close = () => { localStorage.setItem("hinted", "1"); panes.customer.composer.draw(); };
  return el("div", { className: "hint" },
    el("button", { className: "close", "aria-label": t("close"), onclick: close }, "×"),
    el("b", {}, t("hintTitle")), el("p", {}, t("hintText")),
    el("div", { className: "tries" }, ["hintTry1", "hintTry2", "hintTry3"].map((key) => el("button", { onclick: () => fill(t(key)) }, t(key)))));
}

function blocks() {
  return world.people.filter((person) => person.role === "customer").map((person) => {
    const chat = usualChat(person);
    const blocked = person.blocked.includes(chat.bot);
    return el("button", { className: `fault${blocked ? " live" : ""}`, onclick: async () => { await api.block(chat, !blocked); await refreshPeople(); if (panes.customer.chat.chat_id === chat.chat_id) panes.customer.load(); bar.drawPanel(); } },
      el("b", {}, `${person.name} ${t("fBlock")}`), el("span", {}, `@${chat.bot}`), el("i", {}, t(blocked ? "off" : "on")));
  });
}

const bar = new Bar(document.getElementById("bar"), {
  onLanguage: () => rebuild(),
  onTheme: () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    app?.retheme();
  },
});
bar.blocks = blocks;

async function refreshPeople() {
  world.people = await api.people();
  world.bots = new Map((await api.bots()).map((bot) => [bot.username, bot]));
}

async function loadLast() {
  await Promise.all(world.people.map(async (person) => {
    const found = await api.messages(usualChat(person), 1);
    if (found.messages.length) world.last.set(person.chat_id, found.messages[0]);
  }));
}

async function rebuild() {
  const was = { customer: panes.customer?.chat, staff: panes.staff?.chat };
  const remembered = (key, name) => world.person(Number(localStorage.getItem(key))) || world.people.find((person) => person.name === name);
  panes = {
    customer: new ChatPane(document.getElementById("customer"), world, { hint: firstHint, header: you }),
    staff: new ChatPane(document.getElementById("staff"), world, { header: team }),
  };
  await Promise.all([
    panes.customer.open(was.customer || usualChat(remembered("customer", "Иван"))),
    panes.staff.open(was.staff || usualChat(remembered("staff", "Анна"))),
  ]);
  drawPeople();
  await bar.refresh();
}

function take(event) {
  if (event.type === "request") {
    bar.journal.add(event.row);
    const key = event.row.account ? `${event.row.target}:${event.row.account}` : event.row.target;
    const known = bar.status.seen[key];
    bar.status.seen[key] = event.row.at;
    if (!known) bar.draw();
  } else if (event.type === "faults") {
    bar.refresh();
  } else if (event.type === "people") {
    refreshPeople().then(drawPeople);
  } else if (event.type === "bot") {
    for (const pane of Object.values(panes)) if (pane.chat?.bot === event.bot) api.chat(pane.chat).then((settings) => { pane.settings = settings; pane.drawFoot(); });
  } else {
    for (const pane of Object.values(panes)) if (pane.is(event)) pane.take(event);
    if (event.type === "message" || (event.type === "edit" && world.last.get(event.chat_id)?.message_id === event.message.message_id)) {
      world.last.set(event.chat_id, event.message);
      if (event.type === "message" && event.message.from_bot && !chosen().has(event.chat_id)) {
        world.unread.set(event.chat_id, (world.unread.get(event.chat_id) || 0) + 1);
      }
      drawPeople();
    }
  }
}

async function readAgain() {
  await refreshPeople();
  await loadLast();
  if (panes.customer) await Promise.all(Object.values(panes).map((pane) => pane.load()));
  else await rebuild();
  drawPeople();
  await bar.refresh();
}

async function begin() {
  await readAgain();
  follow(take, () => toast(t("offline"), 4), readAgain);
  setInterval(() => bar.refresh().catch(() => {}), 10_000);
}

begin().catch((error) => dialog("", error.message));
