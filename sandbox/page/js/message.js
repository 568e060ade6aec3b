import { el, icon } from "./dom.js";
import { bytes, clock, t } from "./i18n.js";
import { copy, showPicture } from "./overlay.js";
import { rich } from "./rich.js";

const VISUAL = new Set(["photo", "video", "animation", "video_note"]);
const EMOJI = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s?){1,3}$/u;

/** A few words for what has no text. */
export function brief(message) {
  if (message.text) return message.text.replace(/\s+/g, " ");
  if (message.location) return t("location");
  if (message.contact) return t("contact");
  const file = message.files?.[0];
  if (!file) return "";
  return t(typeof file === "string" ? file : file.kind);
}

/** One bubble for a message, or for all messages of an album. */
export function bubble(group, acts) {
  const head = group[0];
  const worded = group.find((message) => message.text) || head;
  const last = group.at(-1);
  const own = !head.from_bot;
  const visual = group.flatMap((message) => message.files.filter((file) => VISUAL.has(file.kind)));
  const others = group.flatMap((message) => message.files.filter((file) => !VISUAL.has(file.kind)));
  const sticker = others.find((file) => file.kind === "sticker");
  const huge = worded.text && !worded.entities.length && EMOJI.test(worded.text);
  const bare = sticker || (huge && !head.reply_to);
  const keyed = last.buttons.length > 0;

  const box = el("div", { className: "bubble" });
  if (head.forward_origin) {
    const who = head.forward_origin.sender_user?.first_name || head.forward_origin.sender_user_name || "";
    box.append(el("div", { className: "forwarded" }, `${t("forwarded")} ${who}`));
  }
  if (head.reply_to) box.append(replyQuote(head.reply_to, acts));
  if (visual.length) box.append(pictures(visual, !worded.text));
  if (head.location) box.append(el("div", { className: "place" }, "📍"));
  if (head.contact) box.append(contact(head.contact));
  for (const file of others) box.append(attachment(file, head));
  const meta = stamp(last, group, own);
  if (visual.length && !worded.text) { meta.classList.add("over"); box.firstChild.append(meta); box.querySelector(".shots").append(meta); }
  const text = el("div", { className: `text${huge ? " huge" : ""}` }, rich(worded.text, worded.entities, acts.link, acts.command));
  if (worded.text) { text.append(meta); box.append(text); } else if (!meta.isConnected && !meta.parentNode) box.append(meta);
  if (last.reactions?.length) {
    box.append(el("div", { className: "reactions" }, last.reactions.map((reaction) => el("span", {}, reaction.emoji || "★"))));
  }
  const node = el("article", {
    className: `msg${own ? " own" : ""}${bare ? " bare" : ""}${keyed ? " keyed" : ""}`,
    data: { id: String(head.message_id) },
    oncontextmenu: (event) => { event.preventDefault(); acts.menu(event.clientX, event.clientY, worded, group); },
    ondblclick: () => acts.reply(worded),
  }, box);
  if (keyed) node.append(keyboard(last, acts));
  return node;
}

function stamp(last, group, own) {
  const edited = group.some((message) => message.edited_at);
  return el("span", { className: "meta", title: new Date(last.at).toLocaleString() },
    edited ? `${t("edited")} ` : "", clock(last.at), own ? icon("ticks", "") : null);
}

function replyQuote(reply, acts) {
  return el("button", { className: "reply", onclick: () => acts.find(reply.message_id) },
    el("b", {}, reply.from), el("span", {}, brief(reply)));
}

function pictures(files, bare) {
  const shots = files.map((file) => {
    if (file.kind === "video" || file.kind === "video_note") return el("video", { src: file.url, controls: true, preload: "metadata" });
    const image = el("img", { src: file.url, alt: t("photo"), loading: "lazy", onclick: () => showPicture(file.url) });
    if (files.length === 1 && file.width) image.style.aspectRatio = `${file.width} / ${file.height}`;
    return image;
  });
  return el("div", { className: `shots${bare ? " bare" : ""}`, data: { count: String(Math.min(files.length, 10)) } }, shots);
}

function contact(given) {
  return el("div", { className: "file" }, el("span", { className: "disc" }, given.first_name[0] || "?"),
    el("span", {}, el("b", {}, `${given.first_name} ${given.last_name || ""}`), el("small", {}, given.phone_number)));
}

function attachment(file, message) {
  if (file.kind === "sticker") return el("div", { className: "sticker" }, el("img", { src: file.url, alt: t("sticker") }));
  if (file.kind === "voice") return voice(file, message.message_id);
  const suffix = file.name.includes(".") ? file.name.split(".").pop().slice(0, 4) : t("document").slice(0, 4);
  return el("a", { className: "file", href: `${file.url}?name=${encodeURIComponent(file.name)}`, download: file.name, title: t("download") },
    el("span", { className: "disc" }, suffix), el("span", {}, el("b", {}, file.name), el("small", {}, bytes(file.size))));
}

function voice(file, seed) {
  const sound = new Audio(file.url);
  sound.preload = "none";
  const bars = Array.from({ length: 34 }, (_, i) => {
    const height = 4 + Math.abs(Math.sin(seed * 0.37 + i * 1.7) * Math.cos(i * 0.61 + seed)) * 19;
    const bar = el("i");
    bar.style.height = `${height}px`;
    return bar;
  });
  const play = el("button", { className: "disc", "aria-label": t("voice"), onclick: () => (sound.paused ? sound.play().catch(() => {}) : sound.pause()) }, icon("play"));
  const mark = () => {
    play.replaceChildren(icon(sound.paused ? "play" : "pause"));
    const share = sound.duration ? sound.currentTime / sound.duration : 0;
    bars.forEach((bar, i) => bar.classList.toggle("heard", i / bars.length < share));
  };
  for (const event of ["play", "pause", "timeupdate", "ended"]) sound.addEventListener(event, mark);
  const length = `${Math.floor((file.duration || 1) / 60)}:${String((file.duration || 1) % 60).padStart(2, "0")}`;
  return el("div", { className: "file" }, play, el("span", {}, el("div", { className: "waves" }, bars), el("small", {}, length)));
}

function keyboard(message, acts) {
  return el("div", { className: "keyboard" }, message.buttons.map((row) => el("div", {}, row.map((button) => key(button, message, acts)))));
}

function key(button, message, acts) {
  const corner = button.url ? "out" : button.web_app ? "window" : button.copy_text ? "copy" : null;
  const node = el("button", {
    className: "key",
    disabled: Boolean(button.disabled),
    data: button.style ? { style: button.style } : {},
    onclick: async () => {
      if (button.copy_text) copy(button.copy_text.text);
      else if (button.url) acts.link(button.url);
      else if (button.web_app) acts.app(button.web_app.url);
      else if (button.callback_data !== undefined && !node.classList.contains("waiting")) {
        node.classList.add("waiting");
        try { await acts.press(message.message_id, button.callback_data); } finally { node.classList.remove("waiting"); }
      }
    },
  }, button.text, corner ? icon(corner, "icon corner") : null);
  return node;
}
