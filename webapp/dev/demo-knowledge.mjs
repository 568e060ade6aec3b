// What the demo store knows: documents, products, and how far search has them.
import { newId } from "./demo-data.mjs";

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const READY = { state: "ready", problem: null };

function document(title, type, category, tags, body, minutes, index = READY) {
  return {
    id: newId(),
    title,
    type,
    category,
    tags,
    body,
    characters: body.length,
    version: 1,
    created_at: ago(minutes + 40_000),
    changed_at: ago(minutes),
    index,
  };
}

export function product(sku, name, price, stock, more = {}) {
  return {
    id: newId(),
    sku,
    name,
    description: "Контрактная, проверена на стенде. Пробег по Японии.",
    price,
    currency: "RUB",
    stock,
    delivery: null,
    variants: [],
    version: 1,
    created_at: ago(90_000),
    changed_at: ago(300),
    index: READY,
    ...more,
  };
}

const GEARBOXES = [
  ["U250E-40", "АКПП U250E, Toyota Camry V40 2.4", "45000.00", 2],
  ["RE0F10A-J10", "Вариатор RE0F10A, Nissan Qashqai J10 2.0", "52000.00", 1],
  ["A4CF1-RIO", "АКПП A4CF1, Kia Rio / Hyundai Solaris 1.6", "38500.00", 4],
  ["JF011E-XT", "Вариатор JF011E, Nissan X-Trail T31", null, null],
  ["09G-OCT", "АКПП 09G, Skoda Octavia A5 1.6", "61000.00", 0],
  ["U660E-ES", "АКПП U660E, Lexus ES350 / Camry V40 3.5", "74900.50", 1],
];

export function makeKnowledge({ empty }) {
  if (empty) return { documents: [], products: [], imports: [], indexing: 0 };
  const documents = [
    document(
      "Доставка по России и СНГ",
      "delivery",
      "Доставка",
      ["сроки", "ТК"],
      "По Москве доставляем на следующий день при заказе до 18:00.\n\nПо России отправляем СДЭК и Деловыми линиями: до Казани 3–5 дней, до Новосибирска 7–9 дней. Паллет 1 500 ₽.",
      50,
    ),
    document(
      "Гарантия на контрактные агрегаты",
      "policy",
      "Правила",
      ["гарантия"],
      "Гарантия 14 дней с получения, 30 дней при установке в нашем сервисе.",
      1_600,
    ),
    document(
      "Как вернуть деталь",
      "returns",
      null,
      ["гарантия", "возврат"],
      "Пишем заявку, прикладываем заказ-наряд.",
      9_000,
      { state: "waiting", problem: null },
    ),
    document(
      "Частые вопросы про вариаторы",
      "faq",
      "Подбор",
      [],
      "Какое масло лить? NS-3.",
      26_000,
      {
        state: "failed",
        problem: { code: "ai.wrong_dimension", detail: "Модель вернула вектор другого размера" },
      },
    ),
  ];
  const products = [
    ...GEARBOXES.map((each) => product(...each)),
    ...Array.from({ length: 40 }, (_, n) =>
      product(`FLT-${100 + n}`, `Фильтр АКПП, комплект ${n + 1}`, `${1200 + n * 35}.00`, n % 7),
    ),
  ];
  products[2].variants = [
    { name: "2011–2014", sku: "A4CF1-11", price: "38500.00", stock: 3 },
    { name: "2015–2017", sku: "A4CF1-15", price: "41000.00", stock: 1 },
  ];
  return { documents, products, imports: [], indexing: 0 };
}
