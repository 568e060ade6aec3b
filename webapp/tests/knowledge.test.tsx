import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { Stub } from "../dev/stub-api.mjs";
import { closeStub, openPage, openStub, sent } from "./stage";

let stub: Stub;
afterEach(() => closeStub(stub));

const PRICE_LIST = [
  "Артикул;Наименование;Цена, руб;Остаток",
  "U250E-40;АКПП U250E, Toyota Camry V40 2.4;47000;2",
  "A6MF1;АКПП A6MF1, Hyundai Sonata;55 000;1",
  "A6MF1;АКПП A6MF1 повтор;55 000;1",
  "JF016E;Вариатор JF016E;по запросу;",
  "X1;;100;1",
].join("\n");

async function open(path: string, options?: Parameters<typeof openStub>[0]) {
  stub = await openStub(options);
  return openPage(`/app/knowledge${path}#login=oleg`);
}
const figure = (label: string) =>
  screen.getAllByText(label).find((each) => each.tagName === "DT")?.nextSibling?.textContent;

test("a store that knows nothing is led to write about delivery first", async () => {
  const { user } = await open("", { empty: true });
  await user.click(await screen.findByRole("button", { name: "Написать о доставке" }));
  await waitFor(() =>
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Название" }).value).toBe(
      "Доставка",
    ),
  );
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Напишите текст");
  await user.type(screen.getByRole("textbox", { name: "Текст" }), "По Москве — завтра.");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByRole("link", { name: /Доставка/ });
  expect(stub.store.documents[0]).toMatchObject({ type: "delivery", body: "По Москве — завтра." });
});

test("documents are found by words, kind and tag", async () => {
  const { user } = await open("");
  await screen.findByRole("link", { name: /Как вернуть деталь/ });
  await user.click(screen.getByRole("button", { name: "Доставка" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: /Как вернуть/ })).toBeNull());
  await user.click(screen.getByRole("button", { name: "Доставка" }));
  await user.selectOptions(screen.getByRole("combobox", { name: "Метка" }), "гарантия");
  await waitFor(() => expect(screen.queryByRole("link", { name: /Доставка по/ })).toBeNull());
  await user.type(screen.getByRole("searchbox"), "нет такого слова");
  await screen.findByText("Ничего не нашлось");
  await user.click(screen.getByRole("button", { name: "Снять фильтры" }));
  await screen.findByRole("link", { name: /Доставка по/ });
});

test("what someone else changed meanwhile is shown, and nobody's words are lost", async () => {
  const { user } = await open("");
  await user.click(await screen.findByRole("link", { name: /Гарантия на/ }));
  await user.type(await screen.findByRole("textbox", { name: "Раздел" }), " и сроки");
  const saved = stub.store.documents[1];
  if (!saved) throw new Error("the demo store has documents");
  Object.assign(saved, { body: "Гарантия 90 дней.", version: 2 });
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText(/Пока вы правили, это изменили/);
  expect(screen.getByText(/Гарантия 90 дней\./, { selector: "p" })).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Сохранено");
  expect(stub.store.documents[1]).toMatchObject({
    body: "Гарантия 90 дней.",
    category: "Правила и сроки",
    version: 3,
  });
});

test("products without a price are asked for by name", async () => {
  const { user } = await open("/products");
  await screen.findByRole("link", { name: /АКПП U250E/ });
  await user.click(screen.getByRole("button", { name: "Без цены" }));
  await waitFor(() => expect(screen.queryByRole("link", { name: /АКПП U250E/ })).toBeNull());
  await screen.findByRole("link", { name: /X-Trail T31/ });
  const query = new URLSearchParams(sent(stub, "GET", /products$/).at(-1)?.query);
  expect(query.get("priced")).toBe("false");
});

test("deleting says what will follow and asks once", async () => {
  const { user } = await open("/products");
  await user.click(await screen.findByRole("link", { name: /АКПП U250E/ }));
  await user.click(await screen.findByRole("button", { name: "Удалить" }));
  const sheet = screen.getByRole("dialog");
  expect(sheet.textContent).toContain("Вернуть его будет нельзя");
  await user.click(within(sheet).getByRole("button", { name: "Отмена" }));
  expect(stub.store.products[0]?.sku).toBe("U250E-40");
  await user.click(screen.getByRole("button", { name: "Удалить" }));
  await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Удалить" }));
  await waitFor(() => expect(location.pathname).toBe("/app/knowledge/products"));
  expect(stub.store.products[0]?.sku).toBe("RE0F10A-J10");
});

test("a price is typed as people type it; a taken SKU is told beside its field", async () => {
  const { user } = await open("/products/new");
  await user.type(await screen.findByRole("textbox", { name: "Название" }), "АКПП A6GF1");
  await user.type(screen.getAllByRole("textbox", { name: "Артикул" })[0] as HTMLElement, "09G-OCT");
  await user.type(screen.getByRole("textbox", { name: "Цена" }), "45 000,50");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  const problem = await screen.findByRole("alert");
  expect(problem.textContent).toContain("Skoda Octavia");
  const sku = screen.getByRole<HTMLInputElement>("textbox", { name: "Артикул" });
  expect(document.activeElement).toBe(sku);
  await user.clear(sku);
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Товар добавлен");
  expect(stub.store.products.at(-1)).toMatchObject({ price: "45000.50", sku: null, stock: null });
});

test("a price list goes in step by step, and every row is counted once", async () => {
  const { user } = await open("/products/import");
  const file = new File([PRICE_LIST], "прайс.csv", { type: "text/csv" });
  await user.upload(await screen.findByLabelText("Выберите прайс"), file);
  const price = await screen.findByRole<HTMLSelectElement>("combobox", { name: /Цена, руб/ });
  expect(price.value).toBe("price");
  // A column that is none: the check waits until the name is told.
  await user.selectOptions(screen.getByRole("combobox", { name: /Наименование/ }), "");
  expect(screen.getByRole("button", { name: "Проверить" })).toHaveProperty("disabled", true);
  await user.selectOptions(screen.getByRole("combobox", { name: /Наименование/ }), "name");
  await user.click(screen.getByRole("button", { name: "Проверить" }));

  await screen.findByText("Всего в файле: 5 строк");
  expect(["Новые", "Изменятся", "Без изменений", "Не подойдут"].map(figure)).toEqual([
    "2",
    "1",
    "0",
    "2",
  ]);
  await screen.findByText("Артикул A6MF1 уже был выше");
  expect(stub.store.products.some(({ sku }) => sku === "A6MF1")).toBe(false);

  await user.click(screen.getByRole("button", { name: "Загрузить годные: 3 строки" }));
  await screen.findByText("Загрузка закончена");
  expect(figure("Отклонено")).toBe("2");
  expect(stub.store.products.find(({ sku }) => sku === "A6MF1")?.price).toBe("55000.00");
  expect(sent(stub, "POST", /apply$/)[0]?.body).toMatchObject({ take_good_rows: true });
  await user.click(screen.getByRole("button", { name: "Скачать отклонённые" }));
  await waitFor(() => expect(sent(stub, "GET", /rejects$/)).toHaveLength(1));
});

test("a file that is too large is not even sent; one of another kind is refused in words", async () => {
  const { user } = await open("/documents/import");
  const large = new File(["x"], "правила.pdf");
  Object.defineProperty(large, "size", { value: 21 * 1024 * 1024 });
  await user.upload(await screen.findByLabelText("Выберите документ"), large);
  expect((await screen.findByRole("alert")).textContent).toContain("20");
  expect(sent(stub, "POST", /imports/)).toHaveLength(0);
  stub.failNext(
    (method, path) => method === "POST" && path === "/imports",
    () => stub.refuse(422, "import.no_text", "В этом PDF нет текста, только картинки"),
  );
  await user.upload(screen.getByLabelText("Выберите документ"), new File(["%PDF"], "скан.pdf"));
  await screen.findByText("В этом PDF нет текста, только картинки");
});

test("a document is named before it is taken, and an old one of that name is replaced", async () => {
  const { user } = await open("/documents/import");
  const file = new File(["Привезём за час."], "Доставка по России и СНГ.txt");
  await user.upload(await screen.findByLabelText("Выберите документ"), file);
  await screen.findByText(/Такой документ уже есть/);
  await user.click(screen.getByRole("button", { name: "Заменить документ" }));
  await screen.findByText("Загрузка закончена");
  expect(stub.store.documents[0]?.body).toBe("Привезём за час.");
  expect(stub.store.documents).toHaveLength(4);
});

test("search says what it could not take, and tries it again", async () => {
  const { user } = await open("/search");
  await screen.findByText(/вектор другого размера 1×/);
  await screen.findByRole("link", { name: /Частые вопросы про вариаторы/ });
  await user.click(screen.getByRole("button", { name: "Повторить неудачные" }));
  await waitFor(() => expect(figure("Не вышло")).toBe("0"));
  expect(sent(stub, "POST", /recompute/)[0]?.body).toEqual({ only_failed: true });
});

test("a stock that is no number is told, never taken for unknown", async () => {
  const { user } = await open("/products");
  await user.click(await screen.findByRole("link", { name: /АКПП U250E/ }));
  const stock = await screen.findByRole("textbox", { name: /Остаток/ });
  await user.clear(stock);
  await user.type(stock, "две");
  await user.click(screen.getByRole("button", { name: "Сохранить" }));
  await screen.findByText("Остаток — это целое число");
  expect(stub.store.products[0]?.stock).toBe(2);
});
