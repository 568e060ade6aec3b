import { avatar, el } from "./dom.js";
import { clock, t } from "./i18n.js";
import { brief } from "./message.js";

/** The list of people one may play. */
export class People {
  constructor(root, world, onChoose) {
    this.root = root;
    this.world = world;
    this.onChoose = onChoose;
  }

  draw(chosen) {
    const parts = [];
    for (const [title, fits] of [["customers", (p) => p.role === "customer"], ["staff", (p) => p.role !== "customer"]]) {
      parts.push(el("h2", {}, t(title)), ...this.world.people.filter(fits).map((person) => this.row(person, chosen.has(person.chat_id))));
    }
    const top = this.root.scrollTop;
    this.root.replaceChildren(...parts);
    this.root.scrollTop = top;
  }

  row(person, pressed) {
    const last = this.world.last.get(person.chat_id);
    const unread = this.world.unread.get(person.chat_id) || 0;
    const name = `${person.name} ${person.last_name}`.trim();
    const words = last ? `${last.from_bot ? "" : "→ "}${brief(last)}` : t(person.role);
    return el("button", { className: "person", ariaPressed: String(pressed), title: `${name} · ${t(person.role)}`, onclick: () => this.onChoose(person) },
      avatar(name, person.user_id),
      el("span", { className: "who" }, el("div", { className: "name" }, name), el("div", { className: "last" }, words)),
      el("span", { className: "side" }, last ? el("div", { className: "when" }, clock(last.at)) : null,
        unread ? el("span", { className: "count" }, String(unread)) : null));
  }
}
