import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DROPPED, type Stub, type StubConversation } from "../dev/stub-api.mjs";
import { closeStub, openConversation, openPage, openStub, sent } from "./stage";

let stub: Stub;
let ivan: StubConversation;
beforeEach(async () => {
  stub = await openStub();
  ivan = stub.store.conversations[1] as StubConversation;
});
afterEach(() => closeStub(stub));

const changed = () => stub.push({ type: "conversation.changed", conversation_id: ivan.summary.id });
const listening = () => waitFor(() => expect(stub.sockets.size).toBe(1));

test("the card tells the draft, its price and source, and what nothing confirms", async () => {
  await openConversation("Иван Петров");
  const card = await screen.findByRole("region", { name: "Черновик" });
  expect(card.textContent).toContain("45\u00a0000\u00a0₽");
  expect(within(card).getByText("14 дней").tagName).toBe("MARK");
  expect(card.textContent).toContain("уверенность 86");
  expect(card.textContent).toContain("Не подтверждено: «14 дней»");
});

test("approve sends after the pause; undo brings the draft back", async () => {
  const { user } = await openConversation("Иван Петров");
  await user.click(await screen.findByRole("button", { name: "Отправить" }));
  await screen.findByText(/Уйдёт через \d с/);
  expect(sent(stub, "POST", /approve/)[0]?.body).toEqual({ version: 1 });
  await user.click(screen.getByRole("button", { name: "Отменить" }));
  await screen.findByRole("region", { name: "Черновик" });
  expect(ivan.messages.at(-1)?.direction).toBe("in");
});

test("what was approved appears in the thread once, without a reload", async () => {
  stub.store.tenant.undo_seconds = 0;
  const { user } = await openConversation("Иван Петров");
  await listening();
  await user.click(await screen.findByRole("button", { name: "Отправить" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Черновик" })).toBeNull());
  await waitFor(() => expect(screen.getAllByText(/две штуки/)).toHaveLength(1));
});

test("an edited draft goes out as an edit", async () => {
  const { user } = await openConversation("Иван Петров");
  await user.click(await screen.findByRole("button", { name: "Править" }));
  const field = screen.getByRole("textbox", { name: "Ответ клиенту" });
  await user.clear(field);
  await user.type(field, "Есть, 45 000{Enter}");
  await screen.findByText(/Уйдёт через/);
  expect(sent(stub, "POST", /approve/)[0]?.body).toEqual({ version: 1, text: "Есть, 45 000" });
});

test("a customer's new message during an edit keeps the text and sends it as one's own", async () => {
  const { user } = await openConversation("Иван Петров");
  await listening();
  await user.click(await screen.findByRole("button", { name: "Править" }));
  if (ivan.suggestion) ivan.suggestion = { ...ivan.suggestion, id: "another", version: 1 };
  changed();
  await screen.findByText(/Клиент написал ещё раз/);
  await user.type(screen.getByRole("textbox", { name: "Ответ клиенту" }), " Жду{Enter}");
  await screen.findByText(/Уйдёт через/);
  expect(sent(stub, "POST", /approve/)).toHaveLength(0);
  expect(sent(stub, "POST", /messages$/)[0]?.body?.text).toMatch(/Отложить для вас\? Жду$/);
});

test("when another operator was first, the person reads who and the card follows", async () => {
  const { user } = await openConversation("Иван Петров");
  const button = await screen.findByRole("button", { name: "Отправить" });
  if (ivan.suggestion) {
    ivan.suggestion = {
      ...ivan.suggestion,
      status: "rejected",
      decided_by: { id: "o", name: "Олег" },
      decided_at: new Date().toISOString(),
    };
  }
  await user.click(button);
  await screen.findByText("Черновик уже отклонён: Олег");
  await screen.findByText(/Черновик отклонён: Олег/);
});

test("reject and escalate ask why in one tap", async () => {
  const { user } = await openConversation("Иван Петров");
  await user.click(await screen.findByRole("button", { name: "Отклонить" }));
  await user.click(screen.getByRole("button", { name: "Не тот тон" }));
  await screen.findByText(/Черновик отклонён: Анна Ким/);
  expect(sent(stub, "POST", /reject/)[0]?.body).toEqual({ version: 1, reason: "tone" });
});

test("a reply whose answer was lost is tried again under the same key", async () => {
  const { user } = await openConversation("Мария Волкова");
  const field = await screen.findByRole("textbox", { name: "Ответ клиенту" });
  stub.failNext(
    (method, path) => method === "POST" && path.endsWith("/messages"),
    () => DROPPED,
  );
  await user.type(field, "Три дня{Enter}");
  await screen.findByText(/повтор не создаст второго сообщения/);
  expect((field as HTMLTextAreaElement).value).toBe("Три дня");
  await user.type(field, "{Enter}");
  await screen.findByText(/Уйдёт через/);
  const [first, second] = sent(stub, "POST", /messages$/).map((each) => each.body);
  expect(second).toEqual(first);
});

test("a changed reply is a new message with a key of its own", async () => {
  const { user } = await openConversation("Мария Волкова");
  const field = await screen.findByRole("textbox", { name: "Ответ клиенту" });
  stub.failNext(
    (method, path) => method === "POST" && path.endsWith("/messages"),
    () => DROPPED,
  );
  await user.type(field, "Три дня{Enter}");
  await screen.findByText(/повтор не создаст/);
  await user.type(field, ", 900 ₽{Enter}");
  await screen.findByText(/Уйдёт через/);
  const keys = sent(stub, "POST", /messages$/).map((each) => each.body?.idempotency_key);
  expect(new Set(keys).size).toBe(2);
});

test("an uncertain send asks the person, and sends again only if told to", async () => {
  const page = openPage("/app/#login=anna");
  await page.user.click(await screen.findByRole("button", { name: /В работе/ }));
  await page.user.click(await screen.findByRole("link", { name: /Светлана/ }));
  await page.user.click(await screen.findByRole("button", { name: "Дошло" }));
  await waitFor(() => expect(screen.queryByText(/Неизвестно, дошло ли/)).toBeNull());
  expect(sent(stub, "POST", /outbound\/.*resolve/)[0]?.body).toEqual({ arrived: true });
});

test("what did not arrive and is sent again is a reply of its own", async () => {
  const page = openPage("/app/#login=anna");
  await page.user.click(await screen.findByRole("button", { name: /В работе/ }));
  await page.user.click(await screen.findByRole("link", { name: /Светлана/ }));
  await page.user.click(await screen.findByRole("button", { name: "Отправить ещё раз" }));
  await screen.findByText("Не дошло, отправлено ещё раз");
  await screen.findByText(/Уйдёт через/);
});

test("without a draft the conversation itself is escalated", async () => {
  const { user } = await openConversation("Мария Волкова");
  await user.click(await screen.findByRole("button", { name: "Эскалировать" }));
  await user.click(screen.getByRole("button", { name: "Нестандартно" }));
  await screen.findByText("Передано старшему");
  expect(sent(stub, "POST", /conversations\/.*escalate/)[0]?.body).toEqual({ reason: "unusual" });
});

test("a resolved conversation offers no draft", async () => {
  const { user } = await openConversation("Иван Петров");
  await screen.findByRole("region", { name: "Черновик" });
  await user.click(screen.getByRole("button", { name: "Завершить" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Черновик" })).toBeNull());
});

test("no draft says why, and offers another try only where it may help", async () => {
  const daniyar = stub.store.conversations[3] as StubConversation;
  const { user } = await openConversation("Данияр");
  await screen.findByText("Причина: ИИ не ответил вовремя");
  await user.click(screen.getByRole("button", { name: "Повторить" }));
  await waitFor(() => expect(sent(stub, "POST", /regenerate/)).toHaveLength(1));
  if (daniyar.suggestion)
    daniyar.suggestion = { ...daniyar.suggestion, id: "x", status: "failed", failure: "ai.no_key" };
  stub.push({ type: "conversation.changed", conversation_id: daniyar.summary.id });
  await screen.findByText("Причина: ИИ не подключён");
  expect(screen.queryByRole("button", { name: "Повторить" })).toBeNull();
});

test("a new message appears by itself; an edit shows what stood there before", async () => {
  const { user } = await openConversation("Иван Петров");
  await listening();
  const last = ivan.messages.at(-1);
  if (last) ivan.messages.push({ ...last, id: "new", text: "А фото есть?", reply_to: null });
  changed();
  await screen.findByText("А фото есть?");
  await user.click(screen.getByRole("button", { name: /показать прежний текст/ }));
  expect(screen.getByText(/Кароллу/).tagName).toBe("DEL");
});

test("pictures are fetched with the bearer", async () => {
  await openConversation("Иван Петров");
  const picture = await screen.findByRole("img", { name: "Фотография" });
  expect(picture.getAttribute("src")).toBe("blob:bytes");
});

test("an opened conversation is read, and the filter counts it no more", async () => {
  await openConversation("Иван Петров");
  await waitFor(() => expect(sent(stub, "POST", /\/read$/)).toHaveLength(1));
  expect(ivan.summary.unread_count).toBe(0);
});

test("a viewer reads and cannot press anything", async () => {
  await openConversation("Иван Петров", "vera");
  await screen.findByText(/Вы можете читать переписку/);
  expect(screen.queryByRole("button", { name: "Отправить" })).toBeNull();
  expect(screen.queryByRole("textbox", { name: "Ответ клиенту" })).toBeNull();
});

test("an unknown conversation says so and leads back", async () => {
  const page = openPage("/app/conversations/nobody#login=anna");
  await page.user.click(await screen.findByRole("button", { name: "К диалогам" }));
  await waitFor(() => expect(location.pathname).toBe("/app/"));
});
