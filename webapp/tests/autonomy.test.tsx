import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { closeStub, openPage, openStub, sent } from "./stage";

let stub: Stub;
beforeEach(async () => {
  stub = await openStub();
});
afterEach(() => closeStub(stub));

const open = (path = "", who = "oleg") => openPage(`/app/autonomy${path}#login=${who}`);
const dialog = () => within(screen.getByRole("dialog"));

test("the page says who sends now, and which lock is shut", async () => {
  open();
  await screen.findByText("Сейчас всё отправляют люди");
  const lock = screen.getByText("Разрешение магазина").closest("li");
  expect(lock?.textContent).toContain("закрыт");
  const price = screen.getByText("цена").closest("button");
  expect(price?.textContent).toContain("Не хватает: 57 оценок");
});

test("allowing replies to go by themselves says what will happen and asks once", async () => {
  const { user } = open();
  await user.click(await screen.findByRole("switch", { name: /Автоответ разрешён/ }));
  await user.click(dialog().getByRole("button", { name: "Разрешить" }));
  await user.click(await screen.findByRole("button", { name: "Сохранить" }));
  await screen.findByText("Автоответы работают");
  expect(sent(stub, "PATCH", /autosend/)[0]?.body).toEqual({ autosend_allowed: true });
});

test("thresholds out of order are refused beside the one that was moved", async () => {
  const { user } = open();
  const slider = await screen.findByRole("slider", { name: "Порог эскалации" });
  fireEvent.change(slider, { target: { value: "0.9" } });
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  const problem = await screen.findByText(/не может быть выше порога автоответа/);
  expect(problem.closest(".ui-field")).toBe(slider.closest(".ui-field"));
  expect(stub.store.autosend.settings.t_escale).toBe(0.4);
});

test("working without a licence needs a second yes, and then says so", async () => {
  const { user } = open();
  await user.click(await screen.findByRole("switch", { name: /Работать без лицензии/ }));
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  expect(stub.store.autosend.settings.autosend_without_licence).toBe(false);
  await screen.findByText(/Никто не подсчитал/);
  await user.click(dialog().getByRole("button", { name: "Понимаю, включить" }));
  await waitFor(() => expect(screen.getAllByText("без лицензии").length).toBeGreaterThan(0));
  expect(sent(stub, "PATCH", /autosend/).map(({ body }) => body)).toEqual([
    { autosend_without_licence: true },
    { autosend_without_licence: true, confirmed: true },
  ]);
});

test("a licence is issued once there are labels enough, and withdrawn after a question", async () => {
  const { user } = open();
  await user.click((await screen.findByText("наличие")).closest("button") as HTMLElement);
  await user.click(dialog().getByRole("button", { name: "Выдать лицензию" }));
  const asked = screen.getAllByRole("dialog").at(-1) as HTMLElement;
  expect(asked.textContent).toContain("79");
  await user.click(within(asked).getByRole("button", { name: "Выдать лицензию" }));
  await screen.findByText("Лицензия выдана");
  await user.click(await screen.findByRole("button", { name: "Отозвать лицензию" }));
  const again = screen.getAllByRole("dialog").at(-1) as HTMLElement;
  await user.click(within(again).getByRole("button", { name: "Отозвать лицензию" }));
  await screen.findByText("Лицензия отозвана");
  expect(sent(stub, "DELETE", /autosend\/availability\/certificate/)).toHaveLength(1);
});

test("a replay is asked for, and its threshold moves without asking again", async () => {
  const { user } = open("/replay");
  await user.click(await screen.findByRole("button", { name: "Проиграть" }));
  const slider = await screen.findByRole("slider", { name: "Порог" });
  await screen.findByText("445 из 912");
  await screen.findByText("Руслан");
  const before = stub.requests.length;
  fireEvent.change(slider, { target: { value: "0.95" } });
  await screen.findByText(/130 из 912/);
  // Only the conversations at risk are read anew, once the slider rests.
  await waitFor(() => expect(screen.queryByText("Алла Борисовна")).toBeNull());
  const asked = stub.requests.slice(before).map(({ path }) => path.replace(/.*\//, ""));
  expect(asked).toEqual(["cases"]);
  await user.click(screen.getByRole("button", { name: /Поставить порог 95/ }));
  await user.click(dialog().getByRole("button", { name: /Поставить порог 95/ }));
  await screen.findByText("Порог изменён");
  expect(stub.store.autosend.settings.t_auto).toBe(0.95);
});

test("an operator judges and sees nothing else; the second look is blind", async () => {
  const { user } = open("", "anna");
  await screen.findByText("Ушло само");
  expect(screen.queryByRole("link", { name: "Обзор" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Плохо" }));
  await screen.findByText("Вторая проверка");
  expect(screen.queryByText("Наталья")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Хорошо" }));
  await screen.findByText("Проверять нечего");
  expect(sent(stub, "POST", /reviews/).map(({ body }) => body)).toEqual([
    { verdict: "bad" },
    { verdict: "good" },
  ]);
});

test("a night that answers must have its words", async () => {
  const { user } = open("/pace");
  await user.click(await screen.findByRole("radio", { name: "Предупредить" }));
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  const problem = await screen.findByText("Напишите, что получит клиент ночью");
  const text = screen.getByRole("textbox", { name: "Ночной текст" });
  expect(problem.closest(".ui-field")).toBe(text.closest(".ui-field"));
  await user.type(text, "Ответим утром.");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await waitFor(() => expect(stub.store.pace.night_text).toBe("Ответим утром."));
});

test("hours: a break, a copied week, and a holiday that ends before it begins", async () => {
  const { user } = open("/hours");
  await screen.findByLabelText("Понедельник: открытие");
  fireEvent.change(screen.getByLabelText("Понедельник: открытие"), { target: { value: "10:00" } });
  fireEvent.change(screen.getByLabelText("Понедельник: закрытие"), { target: { value: "00:00" } });
  await user.click(screen.getByRole("button", { name: "Как в понедельник, все будни" }));
  fireEvent.change(screen.getByLabelText("По"), { target: { value: "2026-12-30" } });
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  const problem = await screen.findByText("Праздник кончается раньше, чем начался");
  expect(problem.closest(".holiday")).not.toBeNull();
  fireEvent.change(screen.getByLabelText("По"), { target: { value: "2027-01-09" } });
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Сохранено");
  expect(stub.store.hours.days?.fri).toEqual({
    open: "10:00",
    close: "24:00",
    breaks: [["13:00", "14:00"]],
  });
  expect(stub.store.hours.days?.sun).toBeNull();
  expect(stub.store.hours.holidays?.[0]?.until).toBe("2027-01-09");
});
