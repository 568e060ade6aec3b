// Every code the Python sources may send has its words here, in both languages.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problemWords } from "../src/app/code-words";
import * as enApp from "../src/i18n/en/app";
import * as enCodes from "../src/i18n/en/codes";
import * as enConversations from "../src/i18n/en/conversations";
import * as enSettings from "../src/i18n/en/settings";
import * as ruApp from "../src/i18n/ru/app";
import * as ruCodes from "../src/i18n/ru/codes";
import * as ruConversations from "../src/i18n/ru/conversations";
import * as ruSettings from "../src/i18n/ru/settings";
import { failureWords, reasonWords } from "../src/pages/conversations/codes";

const ru = {
  ...ruApp.app,
  ...ruCodes.codes,
  ...ruConversations.conversations,
  ...ruSettings.settings,
};
const en = {
  ...enApp.app,
  ...enCodes.codes,
  ...enConversations.conversations,
  ...enSettings.settings,
};

const ROOT = `${import.meta.dirname}/../..`;

function sources(...folders: string[]): string {
  return folders
    .flatMap((folder) =>
      readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".py"))
        .map((name) => readFileSync(`${ROOT}/${folder}/${name}`, "utf8")),
    )
    .join("\n");
}

function codes(text: string, pattern: RegExp): string[] {
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? "");
  return [...new Set(found)].sort();
}

const members = (file: string, name: string): string[] => {
  const body = readFileSync(`${ROOT}/${file}`, "utf8").split(`class ${name}(StrEnum):`)[1] ?? "";
  return codes(body.split(/\n(?=\S)/)[0] ?? "", /^ {4}[A-Z_]+ = "(\w+)"/gm);
};

const REASONS = members("core/decision/engine.py", "Reason");
const DOUBTS = [
  ...members("core/suggestions/doubts.py", "DoubtKind"),
  ...members("core/suggestions/suspicion.py", "Sign"),
];
const INTENTS = members("core/ports/ai.py", "Intent");
const FLAGS = members("core/flags/names.py", "Flag");
const ROLES = members("core/identity/permissions.py", "Role");
const FAILURES = codes(sources("core"), /"(ai\.[a-z_]+)"/g);
const PROBLEMS = [
  ...codes(sources("connectors", "core/delivery"), /"(channel\.[a-z_]+)"/g),
  ...codes(sources("core/delivery"), /problem = ["'](outbound\.[a-z_]+)["']/g),
];

test("the sources were read", () => {
  expect(REASONS).toContain("low_score");
  expect(DOUBTS).toEqual(expect.arrayContaining(["contradicted", "orders"]));
  expect(INTENTS).toContain("price");
  expect(FLAGS).toContain("AI_AUTOSEND_ENABLED");
  expect(ROLES).toContain("viewer");
  expect(FAILURES).toContain("ai.budget");
  expect(PROBLEMS).toEqual(expect.arrayContaining(["channel.blocked", "outbound.sent_again"]));
});

test.each([
  ["ru", ru],
  ["en", en],
] as const)("every code has its words: %s", (_, t) => {
  const missing = (table: Readonly<Record<string, string>>, wanted: readonly string[]) =>
    wanted.filter((code) => !table[code]);
  expect(missing(t.reason, REASONS)).toEqual([]);
  expect(missing(t.doubt, DOUBTS)).toEqual([]);
  expect(missing(t.failure, FAILURES)).toEqual([]);
  expect(missing(t.problem, PROBLEMS)).toEqual([]);
  expect(missing(t.intent, INTENTS)).toEqual([]);
  expect(missing(t.flag, FLAGS)).toEqual([]);
  expect(missing(t.role, ROLES)).toEqual([]);
});

test("the reasons are those of the bot's card: in learning mode the locks say nothing", () => {
  const all = ["autosend_off", "learning_mode", "below_t_auto", "unbound_facts"];
  expect(reasonWords(ru, all)).toEqual(["уверенность ниже порога"]);
  expect(reasonWords(ru, ["autosend_off"])).toEqual(["автоответ выключен"]);
});

test("a code nobody knows is not shown as a code; a messenger's own words are", () => {
  expect(failureWords(ru, "ai.new_trouble")).toBe("причина неизвестна");
  expect(problemWords(ru, "channel.new_trouble")).toBe("причина неизвестна");
  expect(problemWords(ru, "Bad Request: voice messages forbidden")).toMatch(/voice messages/);
});
