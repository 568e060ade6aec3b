import { act, screen, waitFor } from "@testing-library/react";
import { emitEvent, mockTelegramEnv } from "@tma.js/sdk-react";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { startTelegram } from "../src/telegram";
import { closeStub, openInTelegram, openStub, sent } from "./stage";

const THEME = {
  bg_color: "#17212b",
  secondary_bg_color: "#232e3c",
  text_color: "#f5f5f5",
  hint_color: "#4b5b6b",
  button_color: "#40a7e3",
  button_text_color: "#ffffff",
} as const;

let stub: Stub;
const asked: { name: string; params: unknown }[] = [];

beforeAll(async () => {
  stub = await openStub();
  mockTelegramEnv({
    launchParams: {
      tgWebAppData: new URLSearchParams({
        user: JSON.stringify({ id: 7, first_name: "Олег", username: "oleg", language_code: "ru" }),
        auth_date: "1763800000",
        signature: "s",
        hash: "h",
        start_param: `conv_${stub.store.conversations[1]?.summary.id}`,
      }).toString(),
      tgWebAppVersion: "9.1",
      tgWebAppPlatform: "ios",
      tgWebAppThemeParams: THEME,
    },
    onEvent: (event) => {
      asked.push({ name: event.name, params: event.params });
      const insets = { top: 0, bottom: 34, left: 0, right: 0 };
      if (event.name === "web_app_request_viewport") {
        const size = { width: 390, height: 844, is_expanded: true, is_state_stable: true };
        emitEvent("viewport_changed", size);
      }
      if (event.name === "web_app_request_safe_area") emitEvent("safe_area_changed", insets);
      if (event.name === "web_app_request_content_safe_area") {
        emitEvent("content_safe_area_changed", insets);
      }
    },
  });
});
afterAll(() => closeStub(stub));

const lastOf = (name: string) => asked.filter((each) => each.name === name).at(-1)?.params;
const style = (name: string) => document.documentElement.style.getPropertyValue(name);

test("inside Telegram: theme, deep link, Back, Settings and the main button", async () => {
  const telegram = startTelegram();
  expect(style("--ui-bg")).toBe("#17212b");
  expect(document.documentElement.dataset.appearance).toBe("dark");
  expect(style("--ui-hint")).not.toBe("#4b5b6b");
  await waitFor(() => expect(style("--tg-viewport-safe-area-inset-bottom")).toBe("34px"));

  const { user } = openInTelegram(telegram);
  await screen.findByRole("heading", { name: "Иван Петров" });
  expect(sent(stub, "POST", /auth\/telegram/)[0]?.authorization).toContain("tma user=");
  await waitFor(() => expect(lastOf("web_app_setup_back_button")).toEqual({ is_visible: true }));
  expect(screen.queryByRole("button", { name: "Назад" })).toBeNull();

  act(() => emitEvent("back_button_pressed"));
  await waitFor(() => expect(location.pathname).toBe("/app/"));
  expect(lastOf("web_app_setup_back_button")).toEqual({ is_visible: false });

  act(() => emitEvent("settings_button_pressed"));
  await user.click(await screen.findByRole("radio", { name: "Официальный" }));
  await waitFor(() =>
    expect(lastOf("web_app_setup_main_button")).toMatchObject({
      is_visible: true,
      text: "Сохранить",
    }),
  );
  expect(lastOf("web_app_setup_closing_behavior")).toEqual({ need_confirmation: true });
  expect(screen.queryByRole("button", { name: "Сохранить" })).toBeNull();

  act(() => emitEvent("main_button_pressed"));
  await screen.findByText("Сохранено");
  expect(stub.store.tenant.tone).toBe("formal");
  await waitFor(() =>
    expect(lastOf("web_app_setup_main_button")).toMatchObject({ is_visible: false }),
  );
  expect(lastOf("web_app_trigger_haptic_feedback")).toMatchObject({ notification_type: "success" });

  act(() => emitEvent("theme_changed", { theme_params: { ...THEME, bg_color: "#ffffff" } }));
  expect(document.documentElement.dataset.appearance).toBe("light");
});

test("two forms with changes share the main button: one press saves both", async () => {
  const oleg = encodeURIComponent(JSON.stringify({ username: "oleg" }));
  const { user } = openInTelegram({ initData: `user=${oleg}&hash=h` });
  await screen.findByRole("link", { name: /Иван Петров/ });
  act(() => emitEvent("settings_button_pressed"));
  const budget = await screen.findByRole("textbox", { name: "Бюджет на день, $" });
  await user.type(budget, "0");
  await user.click(screen.getByRole("radio", { name: "Дружелюбный" }));
  const bars = await screen.findAllByRole("button", { name: "Вернуть как было" });
  expect(bars).toHaveLength(2);

  await user.click(bars[0] as HTMLElement);
  expect(screen.getAllByRole("button", { name: "Вернуть как было" })).toHaveLength(1);
  expect(lastOf("web_app_setup_main_button")).toMatchObject({ is_visible: true });

  await user.click(screen.getByRole("radio", { name: "Дружелюбный" }));
  const before = stub.store.spending.budget_usd;
  act(() => emitEvent("main_button_pressed"));
  await waitFor(() => expect(stub.store.tenant.tone).toBe("friendly"));
  await waitFor(() => expect(stub.store.spending.budget_usd).not.toBe(before));
  await waitFor(() =>
    expect(lastOf("web_app_setup_main_button")).toMatchObject({ is_visible: false }),
  );
});
