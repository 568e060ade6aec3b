import { screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { closeStub, openPage, openStub, sent } from "./stage";

let stub: Stub;
afterEach(() => closeStub(stub));

test("tabs, pages and search go through the API", async () => {
  stub = await openStub();
  const { user } = openPage("/app/#login=anna");
  await screen.findByRole("link", { name: /Иван Петров/ });
  await user.click(screen.getByRole("button", { name: /Завершены/ }));
  await screen.findByRole("link", { name: /Клиент 30/ });
  await user.click(screen.getByRole("button", { name: "Показать ещё" }));
  await screen.findByRole("link", { name: /Клиент 31/ });
  await user.type(screen.getByRole("searchbox"), "таможни");
  await screen.findByRole("link", { name: /Данияр/ });
  await waitFor(() => expect(screen.queryByRole("link", { name: /Клиент/ })).toBeNull());
  const last = sent(stub, "GET", /conversations$/).at(-1);
  expect(new URLSearchParams(last?.query).get("status")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Очистить поиск" }));
  await user.click(screen.getByRole("button", { name: /Ждут/ }));
  await screen.findByRole("link", { name: /Иван Петров/ });
});

test("an empty store teaches the first step", async () => {
  stub = await openStub({ empty: true });
  openPage("/app/#login=anna");
  await screen.findByText("Пока никто не написал");
});

test("a list that cannot be loaded offers another try", async () => {
  stub = await openStub();
  stub.failNext(
    (_, path) => path === "/conversations",
    () => stub.refuse(429, "rate.limited", "Слишком часто. Повторите через минуту."),
  );
  const { user } = openPage("/app/#login=anna");
  await screen.findByText("Слишком часто. Повторите через минуту.");
  await user.click(screen.getByRole("button", { name: "Повторить" }));
  await screen.findByRole("link", { name: /Иван Петров/ });
});
