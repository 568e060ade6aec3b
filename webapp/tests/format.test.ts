import { expect, test } from "vitest";
import { app as en } from "../src/i18n/en/app";
import { Format } from "../src/i18n/format";
import { app as ru } from "../src/i18n/ru/app";
import { conversations } from "../src/i18n/ru/conversations";
import { split } from "../src/pages/conversations/draft";
import { contrast, parse, readable } from "../src/telegram/contrast";

const moscow = new Format("ru", ru, "Europe/Moscow");
const almaty = new Format("en", en, "Asia/Almaty");
const now = new Date("2026-11-22T09:30:00Z");

test("money has no kopecks unless there are some and never breaks", () => {
  expect(moscow.money("45000.00", "RUB")).toBe("45\u00a0000\u00a0₽");
  expect(moscow.money(1999.5, "RUB")).toBe("1\u00a0999,50\u00a0₽");
  expect(almaty.money("45000", "KZT")).toBe("₸45,000");
  expect(moscow.money("7", "???")).toBe("7\u00a0???");
});

test("time is relative up to an hour, then by the reader's zone", () => {
  const at = (iso: string) => new Date(iso);
  expect(moscow.ago(at("2026-11-22T09:29:30Z"), now)).toBe("только что");
  expect(moscow.ago(at("2026-11-22T09:01:00Z"), now)).toBe("29 мин назад");
  expect(moscow.ago(at("2026-11-22T08:03:00Z"), now)).toBe("11:03");
  expect(almaty.ago(at("2026-11-22T08:03:00Z"), now)).toBe("13:03");
  expect(moscow.ago(at("2026-11-21T20:59:00Z"), now)).toBe("вчера, 23:59");
  expect(moscow.stamp(at("2026-05-12T09:00:00Z"), now)).toBe("12 мая");
  expect(moscow.waiting(at("2026-11-22T09:28:00Z"), now)).toBe("ждёт 2 мин");
  expect(moscow.waiting(at("2026-11-22T08:00:00Z"), now)).toBe("ждёт с 11:00");
});

test("Russian counts in its three forms", () => {
  expect([1, 3, 11, 25].map((n) => conversations.unread(n))).toEqual([
    "Непрочитано: 1 сообщение",
    "Непрочитано: 3 сообщения",
    "Непрочитано: 11 сообщений",
    "Непрочитано: 25 сообщений",
  ]);
});

test("unconfirmed words are cut out of the draft, the longest first", () => {
  const parts = split("Гарантия 14 дней, 14", ["14", "14 дней"]);
  expect(parts.filter((part) => part.unbound).map((part) => part.text)).toEqual(["14 дней", "14"]);
  expect(parts.map((part) => part.text).join("")).toBe("Гарантия 14 дней, 14");
});

test("a colour nobody can read is moved until it can be read", () => {
  const color = readable("#40a7e3", ["#ffffff"], "#000000");
  const [a, b] = [parse(color), parse("#ffffff")];
  expect(a && b && contrast(a, b)).toBeGreaterThanOrEqual(4.5);
  expect(readable("#000000", ["#ffffff"], "#000000")).toBe("#000000");
});
