import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { closeStub, openInTelegram, openPage, openStub, sent } from "./stage";

let stub: Stub;
beforeEach(async () => {
  stub = await openStub();
});
afterEach(() => closeStub(stub));

test("a one-time link signs in and leaves the address at once", async () => {
  openPage("/app/#login=anna-once");
  expect(location.hash).toBe("");
  await screen.findByRole("link", { name: /Иван Петров/ });
});

test("a reload of the tab stays signed in without the link", async () => {
  const first = openPage("/app/#login=anna-once");
  await screen.findByRole("link", { name: /Иван Петров/ });
  first.unmount();
  openPage("/app/");
  await screen.findByRole("link", { name: /Иван Петров/ });
  expect(sent(stub, "POST", /auth\/link/)).toHaveLength(1);
});

test("a used link says so and how to get another", async () => {
  openPage("/app/#login=anna-once").unmount();
  await expect.poll(() => sent(stub, "POST", /auth\/link/)).toHaveLength(1);
  sessionStorage.clear();
  openPage("/app/#login=anna-once");
  await screen.findByText("Ссылка уже не действует");
});

test("without Telegram and without a link the way in is told", async () => {
  openPage("/app/");
  await screen.findByText("Войдите через бота");
});

test("someone without a store gets two ways on, and may check again", async () => {
  const { user } = openPage("/app/#login=guest");
  await screen.findByText("Вы пока не в магазине");
  stub.store.people.guest = { ...stub.store.people.anna } as (typeof stub.store.people)[string];
  await user.click(screen.getByRole("button", { name: "Проверить ещё раз" }));
  await screen.findByRole("link", { name: /Иван Петров/ });
});

test("someone with several stores chooses one", async () => {
  const { user } = openPage("/app/#login=two");
  await user.click(await screen.findByRole("button", { name: /АКПП-Центр/ }));
  await screen.findByRole("link", { name: /Иван Петров/ });
});

test("a deep link from Telegram opens its conversation", async () => {
  const id = stub.store.conversations[1]?.summary.id;
  const initData = new URLSearchParams({ user: '{"username":"anna"}', hash: "x" }).toString();
  openInTelegram({ initData, startParam: `conv_${id}` });
  await screen.findByRole("heading", { name: "Иван Петров" });
  expect(location.pathname).toBe(`/app/conversations/${id}`);
});

test("the app speaks the language of the person", async () => {
  openPage("/app/#login=emma");
  await screen.findByRole("heading", { name: "Conversations" });
  expect(document.documentElement.lang).toBe("en");
});
