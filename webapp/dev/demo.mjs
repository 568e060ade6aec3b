// `npm run demo`: the built app over the stand-in API, with someone writing now and then.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { customer, message, priceDraft, suggestion } from "./demo-data.mjs";
import { startStub } from "./stub-api.mjs";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = at("../dist");
if (!existsSync(dist)) {
  console.error("Nothing is built yet: run `npm run build` first");
  process.exit(1);
}
const stub = await startStub({
  port: Number(process.env.DEMO_PORT ?? 0),
  dist,
  frame: at("telegram-frame.html"),
  empty: process.argv.includes("--empty"),
});

const questions = ["А фото есть?", "Можно в рассрочку?", "Какой пробег у второй?"];
let turn = 0;
setInterval(() => {
  const ivan = stub.store.conversations[1];
  if (!ivan || process.argv.includes("--quiet")) return;
  const said = message("in", customer(ivan.summary.customer.name), questions[turn++ % 3], 0);
  ivan.messages.push(said);
  Object.assign(ivan.summary, {
    status: "waiting",
    waiting_since: said.at,
    unread_count: ivan.summary.unread_count + 1,
    last_message: { text: said.text, direction: "in", at: said.at },
  });
  const tell = () => stub.push({ type: "conversation.changed", conversation_id: ivan.summary.id });
  ivan.suggestion = suggestion({ status: "drafting", intent: null, score: null, verdict: null });
  tell();
  setTimeout(() => {
    ivan.suggestion = priceDraft();
    tell();
  }, 3_000);
}, 25_000);

const people = {
  оператор: "anna",
  владелец: "oleg",
  owner: "emma",
  наблюдатель: "vera",
  гость: "guest",
};
for (const [role, token] of Object.entries(people)) {
  console.log(`${stub.origin}/app/#login=${token}  ${role}`);
}
console.log(`${stub.origin}/telegram  as Telegram shows it`);
