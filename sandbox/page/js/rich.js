import { el } from "./dom.js";
import { copy } from "./overlay.js";

const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

/** Text with entities as nodes; offsets count UTF-16 units, as JavaScript does. */
export function rich(text, entities, onLink, onCommand) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, sorted, { onLink, onCommand });
}

function build(text, begin, end, entities, acts) {
  const nodes = [];
  let at = begin;
  let afterBlock = false;
  const plain = (from, to, beforeBlock) => {
    let piece = text.slice(from, to);
    if (afterBlock && piece.startsWith("\n")) piece = piece.slice(1);
    if (beforeBlock && piece.endsWith("\n")) piece = piece.slice(0, -1);
    if (piece) { nodes.push(piece); afterBlock = false; }
  };
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    if (entity.offset < at || entity.offset >= end) continue;
    const block = BLOCKS.has(entity.type);
    plain(at, entity.offset, block);
    const stop = Math.min(entity.offset + entity.length, end);
    const inner = entities.slice(i + 1).filter((other) => other.offset >= entity.offset && other.offset + other.length <= stop);
    nodes.push(wrap(entity, text.slice(entity.offset, stop), build(text, entity.offset, stop, inner, acts), acts));
    afterBlock = block;
    at = stop;
  }
  plain(at, end, false);
  return nodes;
}

function wrap(entity, raw, inner, acts) {
  if (entity.type in TAGS) return el(TAGS[entity.type], {}, inner);
  switch (entity.type) {
    case "code":
      return el("code", { onclick: () => copy(raw) }, inner);
    case "pre":
      return el("pre", { data: entity.language ? { language: entity.language } : {}, onclick: () => copy(raw) }, inner);
    case "blockquote":
      return el("blockquote", {}, inner);
    case "expandable_blockquote": {
      const quote = el("blockquote", { className: "long", onclick: () => quote.classList.toggle("open") }, el("div", { className: "inner" }, inner));
      requestAnimationFrame(() => {
        const box = quote.firstChild;
        if (box.clientHeight && box.scrollHeight <= box.clientHeight + 2) quote.classList.remove("long");
      });
      return quote;
    }
    case "spoiler": {
      const cover = el("span", { className: "spoiler", onclick: () => cover.classList.add("open") }, inner);
      return cover;
    }
    case "text_link":
      return link(entity.url, inner, acts);
    case "url":
      return link(/^[a-z]+:\/\//i.test(raw) ? raw : `https://${raw}`, inner, acts);
    case "email":
      return link(`mailto:${raw}`, inner, acts);
    case "bot_command":
      return el("a", { href: "#", onclick: (event) => { event.preventDefault(); acts.onCommand(raw); } }, inner);
    case "mention":
    case "hashtag":
      return el("a", { href: "#", onclick: (event) => event.preventDefault() }, inner);
    default:
      return el("span", {}, inner);
  }
}

function link(url, inner, acts) {
  return el("a", { href: /^(https?|mailto|tg):/i.test(url) ? url : "#", rel: "noopener", onclick: (event) => { event.preventDefault(); acts.onLink(url); } }, inner);
}
