import { plural } from "../plural";

const count = (n: number) => n.toLocaleString("ru-RU");

export const prices = {
  market: {
    new: "Рынок, новые",
    used: "Рынок, б/у",
    contract: "Рынок, контрактные",
  } as Readonly<Record<string, string>>,
  marketAny: "Рынок",
  askMarket: "Узнать цену на рынке",
  askAgain: "Узнать заново",
  marketPending: "Узнаём цену на рынке…",
  marketNotFound: "Объявлений не нашлось",
  marketFailed: (why: string) => `Цену узнать не удалось: ${why}`,
  marketProblem: {
    "price.budget": "дневной бюджет на поиск цен исчерпан",
    "price.no_subscription": "подписка не активна",
    "price.nothing_named": "клиент не назвал деталь",
  } as Readonly<Record<string, string>>,
  estimate: "Оценка ИИ, не объявления",
  estimateText: "Сама по себе клиенту не уйдёт. Проверьте цену, прежде чем называть.",
  median: (sum: string) => `медиана ${sum}`,
  usual: (range: string) => `чаще ${range}`,
  listings: (n: number) =>
    `${count(n)} ${plural("ru", n, { one: "объявление", few: "объявления", other: "объявлений" })}`,
  leftOut: (n: number) => `выбивающихся отброшено: ${count(n)}`,
  seen: (time: string) => `смотрели ${time}`,
  weak: "Объявлений мало: цена приблизительна",
  links: "Где смотрели",
};
