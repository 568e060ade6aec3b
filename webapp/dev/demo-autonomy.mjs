// How far the demo store trusts its AI.
import { newId } from "./demo-data.mjs";

const DAY = 86_400_000;
const days = (n) => new Date(Date.now() + n * DAY).toISOString();

function certificate(intent, more = {}) {
  return {
    id: newId(),
    intent,
    alpha: 0.05,
    delta: 0.1,
    n: 214,
    k: 5,
    threshold: 0.84,
    model: "gpt-4.1-mini",
    prompt_hash: "9f2c11",
    embedder: "text-embedding-3-small",
    issued_at: days(-12),
    issued_by: "Олег Смирнов",
    expires_at: days(78),
    ended_at: null,
    ended_why: null,
    ...more,
  };
}

function standing(intent, state, more = {}) {
  return {
    intent,
    state,
    threshold: 0.8,
    labels: 0,
    errors: 0,
    missing: 0,
    reachable: null,
    certificate: null,
    breaker: null,
    ...more,
  };
}

const breaker = (audits, errors, height, tripped = null) => ({
  audits,
  errors,
  height,
  trips_at: 5000,
  since: days(-12),
  tripped_at: tripped,
});

export function makeAutonomy() {
  const shipping = certificate("shipping");
  return {
    autosend: {
      locks: {
        engine_on: true,
        autosend_on: true,
        store_allows: false,
        store_active: true,
        subscribed: true,
      },
      settings: {
        t_auto: 0.8,
        t_escale: 0.4,
        autosend_allowed: false,
        autosend_without_licence: false,
        licence_waived_at: null,
        intents_autosend_allowed: ["shipping", "availability", "price"],
        intents_force_handoff: ["complaint"],
        autosend_alpha: 0.05,
        hold_seconds: 20,
        default_mode: "learning",
        version: 1,
      },
      intents: [
        standing("shipping", "on", {
          threshold: 0.84,
          labels: 214,
          errors: 5,
          certificate: shipping,
          breaker: breaker(61, 1, 420),
        }),
        standing("availability", "no_licence", { labels: 173, errors: 2, reachable: 0.79 }),
        standing("price", "no_licence", { labels: 88, errors: 4, missing: 57 }),
        standing("return", "not_allowed", { labels: 12, errors: 1, missing: 120 }),
        standing("discount", "tripped", {
          labels: 190,
          errors: 9,
          breaker: breaker(44, 7, 5210, days(-2)),
        }),
        standing("complaint", "handoff"),
        standing("other", "not_allowed", { labels: 31, errors: 6, missing: 160 }),
      ],
    },
    certificates: [
      shipping,
      certificate("shipping", {
        ended_at: days(-12),
        ended_why: "changed",
        n: 150,
        k: 2,
        threshold: 0.88,
      }),
    ],
    reviews: [
      {
        id: newId(),
        kind: "autosent",
        conversation_id: newId(),
        number: 1028,
        customer: "Тимур",
        intent: "shipping",
        asked: "До Казани за сколько дней доедет?",
        reply: "Здравствуйте! До Казани 3–5 дней, СДЭК или Деловыми линиями. Паллет 1 500 ₽.",
        wanted_at: days(-1),
      },
      {
        id: newId(),
        kind: "second",
        conversation_id: newId(),
        number: 1011,
        customer: "Наталья",
        intent: "price",
        asked: "А если взять две коробки, скидка будет?",
        reply: "Да, на вторую сделаем 5 %: 42 750 ₽ вместо 45 000 ₽.",
        wanted_at: days(-2),
      },
    ],
    replays: [],
    pace: {
      flag_on: true,
      human_delay: true,
      delay_profile: "medium",
      typing_indicator: true,
      night_mode: "delay",
      night_from: "22:00",
      night_until: "08:00",
      night_multiplier: 4,
      night_text: "",
      wait_for_hours: false,
      time_zone: "Europe/Moscow",
      examples: [
        { profile: "short", letters: 120, least_seconds: 4, most_seconds: 9 },
        { profile: "medium", letters: 120, least_seconds: 12, most_seconds: 26 },
        { profile: "long", letters: 120, least_seconds: 35, most_seconds: 80 },
      ],
      version: 1,
    },
    hours: {
      days: Object.fromEntries(
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map((day) => [
          day,
          day === "sun"
            ? null
            : {
                open: "09:00",
                close: day === "sat" ? "15:00" : "20:00",
                breaks: day === "sat" ? [] : [["13:00", "14:00"]],
              },
        ]),
      ),
      holidays: [{ from: "2027-01-01", until: "2027-01-08", name: "Новый год" }],
    },
    policies: {
      always_escalate_intents: ["complaint"],
      forbidden_topics: ["суд", "юрист"],
      disabled_learning_intents: [],
      version: 1,
    },
  };
}

/** A past of 912 drafts: the surer the AI was, the rarer people changed its words. */
export function replayResult(chosen) {
  const drafts = 912;
  const curve = Array.from({ length: 101 }, (_, index) => {
    const threshold = index / 100;
    const sent = Math.round(drafts * Math.max(0, 1 - threshold ** 3));
    const judged = Math.round(sent * 0.9);
    const wrong = Math.round(judged * 0.13 * (1 - threshold) ** 0.8);
    const share = judged ? wrong / judged : 0;
    const spread = judged ? 1.96 * Math.sqrt((share * (1 - share) + 0.001) / judged) : 1;
    return {
      threshold,
      sent,
      judged,
      wrong,
      low: Math.max(0, share - spread),
      high: Math.min(1, share + spread),
      operator_hours: sent * 0.021,
      waiting_hours: sent * 0.16,
    };
  });
  return {
    drafts,
    held: { below_t_auto: 214, unbound_facts: 96, always_escalate: 31, suspicious: 4 },
    curve,
    chosen: curve[Math.round(chosen * 100)],
  };
}

export function replayCases(threshold, conversationId) {
  const cases = [
    [
      "Руслан",
      0.96,
      "price",
      "edited",
      "Сколько стоит JF011E?",
      "Вариатор JF011E — 58 000 ₽.",
      "JF011E сейчас 61 000 ₽, подорожал. Есть один за 58 000 ₽ с пробегом 140.",
    ],
    [
      "Ольга Д.",
      0.91,
      "shipping",
      "edited",
      "В Тюмень возите?",
      "Да, 5–7 дней СДЭК.",
      "Возим, но паллетом: 8–10 дней, 2 300 ₽.",
    ],
    [
      "Михаил",
      0.87,
      "availability",
      "rejected",
      "09G есть?",
      "Да, 09G на Octavia A5 есть в наличии.",
      null,
    ],
    [
      "Алла Борисовна",
      0.83,
      "return",
      "complaint",
      "Как вернуть?",
      "Пришлите заявку, вернём деньги в течение 14 дней.",
      "Алла Борисовна, сначала проверим коробку на стенде. Мастер позвонит сегодня.",
    ],
  ];
  return cases
    .filter(([, score]) => score >= threshold)
    .map(([customer, score, intent, why, asked, drafted, final], n) => ({
      suggestion_id: `case-${n}`,
      conversation_id: conversationId,
      number: 990 - n,
      customer,
      score,
      intent,
      why,
      asked,
      drafted,
      final,
      at: days(-3 - n * 4),
    }));
}
