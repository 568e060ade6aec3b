import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { closeStub, openPage, openStub, sent } from "./stage";

let stub: Stub;
beforeEach(async () => {
  stub = await openStub();
});
afterEach(() => closeStub(stub));

async function openSettings(who: string) {
  const page = openPage(`/app/settings#login=${who}`);
  await screen.findByRole("radio", { name: "Дружелюбный" });
  return page;
}

test("only what was changed is saved", async () => {
  const { user } = await openSettings("oleg");
  await user.click(screen.getByRole("radio", { name: "Официальный" }));
  fireEvent.change(screen.getByRole("slider"), { target: { value: "12" } });
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Сохранено");
  expect(sent(stub, "PATCH", /tenant/)[0]?.body).toEqual({ tone: "formal", undo_seconds: 12 });
  expect(screen.queryByRole("button", { name: "Сохранить" })).toBeNull();
});

test("a refused field says why beside itself, and nothing typed is lost", async () => {
  const { user } = await openSettings("oleg");
  const name = screen.getByRole("textbox", { name: "Название" });
  await user.clear(name);
  await user.type(name, " ");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Укажите название");
  expect(document.activeElement).toBe(name);
  expect(stub.store.tenant.name).toBe("АКПП-Центр");
});

test("leaving with unsaved changes asks first", async () => {
  const { user } = await openSettings("oleg");
  await user.click(screen.getByRole("radio", { name: "На «ты»" }));
  await user.click(screen.getByRole("link", { name: "Диалоги" }));
  await user.click(screen.getByRole("button", { name: "Остаться" }));
  expect(location.pathname).toBe("/app/settings");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "На «ты»" }).checked).toBe(true);
  await user.click(screen.getByRole("link", { name: "Диалоги" }));
  await user.click(screen.getByRole("button", { name: "Не сохранять" }));
  await waitFor(() => expect(location.pathname).toBe("/app/"));
  expect(stub.store.tenant.address_form).toBe("vy");
});

test("the browser's Back asks too", async () => {
  const { user } = openPage("/app/#login=oleg");
  await user.click(await screen.findByRole("link", { name: "Настройки" }));
  await user.click(await screen.findByRole("radio", { name: "На «ты»" }));
  history.back();
  await screen.findByText("Сохранить изменения?");
  expect(location.pathname).toBe("/app/settings");
  await user.click(screen.getAllByRole("button", { name: "Сохранить" }).at(-1) as HTMLElement);
  await waitFor(() => expect(location.pathname).toBe("/app/"));
  expect(stub.store.tenant.address_form).toBe("ty");
});

test("an operator sees the settings and cannot change them", async () => {
  await openSettings("anna");
  await screen.findByText(/может владелец или администратор/);
  expect(screen.getByRole("radio", { name: "Официальный" })).toHaveProperty("disabled", false);
  expect(screen.getByRole("group", { name: "Тон" })).toHaveProperty("disabled", true);
  expect(screen.getByRole("textbox", { name: "Название" })).toHaveProperty("disabled", true);
});

test("what another person saves appears, and one's own change stays", async () => {
  const { user } = await openSettings("oleg");
  await waitFor(() => expect(stub.sockets.size).toBe(1));
  await user.click(screen.getByRole("radio", { name: "На «ты»" }));
  stub.store.tenant = { ...stub.store.tenant, tone: "formal", version: 2 };
  stub.push({ type: "settings.changed" });
  await waitFor(() =>
    expect(screen.getByRole<HTMLInputElement>("radio", { name: "Официальный" }).checked).toBe(true),
  );
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "На «ты»" }).checked).toBe(true);
});

test("flags are shown in words with where they come from", async () => {
  await openSettings("anna");
  const row = (await screen.findByText("Бот магазина в Telegram")).closest("li");
  expect(row?.textContent).toContain("задано для вашего магазина");
  expect(row?.textContent).toContain("включено");
});

test("the budget of a day is seen, and changed by whoever may", async () => {
  const { user } = await openSettings("oleg");
  const budget = await screen.findByRole("textbox", { name: "Бюджет на день, $" });
  await user.clear(budget);
  await user.type(budget, "семь");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Бюджет — это число");
  await user.clear(budget);
  await user.type(budget, "7,5");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await waitFor(() => expect(stub.store.spending.budget_usd).toBe("7.50"));
});
