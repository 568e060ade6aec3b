// The queue of replies of the stand-in.
import { newId } from "./demo-data.mjs";
import { page } from "./stub-knowledge.mjs";

const from = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const OPEN = ["scheduled", "claimed", "sending"];

function reply(name, number, state, text, due, more = {}) {
  const open = state === "scheduled";
  return {
    id: newId(),
    conversation: { id: newId(), number },
    customer: { id: newId(), name },
    channel: { id: newId(), kind: "telegram_bot", name: "АКПП-Центр" },
    state,
    automatic: false,
    author: { kind: "operator", name: "Анна Ким" },
    text,
    created_at: from(due - 1),
    planned_for: from(due),
    due_at: from(due),
    settled_at: OPEN.includes(state) ? null : from(due),
    late_seconds: open && due < 0 ? -due * 60 : 0,
    attempts: open ? 0 : 1,
    problem: null,
    waits_for: null,
    can_cancel: open || state === "parked",
    can_retry: state === "parked",
    can_resolve: state === "unsure",
    ...more,
  };
}

export function makeQueue({ empty }) {
  if (empty) return { queue: [] };
  return {
    queue: [
      reply("Тимур", 1028, "scheduled", "До Казани 3–5 дней, СДЭК или Деловыми линиями.", 1, {
        automatic: true,
        author: { kind: "ai", name: null },
      }),
      reply("Мария Волкова", 1041, "scheduled", "Да, в наличии две штуки, 45 000 ₽.", 4),
      reply("Роман", 1003, "scheduled", "Фото отправили, посмотрите, пожалуйста.", -14, {
        waits_for: "канал WhatsApp не подключён",
        channel: { id: newId(), kind: "whatsapp_personal", name: "WhatsApp" },
      }),
      reply("Светлана", 1030, "unsure", "Да, до 20:00. Адрес: Варшавское шоссе, 125.", -30),
      reply("Геннадий Викторович", 987, "parked", "Здравствуйте! Вариатор ещё в пути.", -55, {
        attempts: 6,
        problem: "канал не принял сообщение",
      }),
      reply("Иван Петров", 1042, "sent", "Есть RE0F10A с пробегом 92 000 км, 52 000 ₽.", -90),
      reply("Ольга", 960, "cancelled", "Подскажите VIN.", -130, {
        problem: "клиент написал ещё раз",
      }),
    ],
  };
}

export function deliveryRoutes({ store, Refusal }) {
  const shown = {
    open: (each) => OPEN.includes(each.state),
    late: (each) => each.state === "scheduled" && each.late_seconds > 10,
    in_doubt: (each) => each.state === "unsure",
    parked: (each) => each.state === "parked",
    done: (each) => ["sent", "rejected", "cancelled"].includes(each.state),
    all: () => true,
  };
  const count = (show) => store.queue.filter(shown[show]).length;
  const admin = (me) => {
    if (!me.permissions.includes("MANAGE_CHANNELS")) {
      throw new Refusal(403, "permission_denied", "Недостаточно прав");
    }
  };
  const settle = (each, state) =>
    Object.assign(each, {
      state,
      can_cancel: state === "scheduled",
      can_retry: false,
      can_resolve: false,
      problem: null,
      late_seconds: 0,
      due_at: from(0),
      settled_at: state === "scheduled" ? null : from(0),
    });
  const queued = (id) => store.queue.find((each) => each.id === id);
  return {
    queued,
    settle,
    routes: {
      "GET /outbound/figures": ({ me }) => {
        admin(me);
        return {
          waiting: count("open"),
          due: count("late"),
          late: count("late"),
          going_out: 0,
          held: store.queue.filter((each) => each.waits_for && !each.settled_at).length,
          in_doubt: count("in_doubt"),
          parked: count("parked"),
          oldest_due_seconds: 840,
          outcomes: { sent: 214, rejected: 2, unsure: 1, parked: 1, cancelled: 9 },
          lateness_p50_seconds: 0.4,
          lateness_p99_seconds: 1.8,
        };
      },
      "GET /outbound": ({ query, me }) => {
        admin(me);
        return page(store.queue.filter(shown[query.get("show") ?? "open"]), query);
      },
      "POST /outbound/cancel": ({ body, me }) => {
        admin(me);
        const result = { cancelled: [], too_late: [], unknown: [] };
        for (const id of body.ids) {
          const each = queued(id);
          const list = !each ? "unknown" : each.can_cancel ? "cancelled" : "too_late";
          result[list].push(id);
          if (list === "cancelled") settle(each, "cancelled");
        }
        return result;
      },
      "POST /outbound/{id}/retry": ({ id }) => settle(queued(id), "scheduled"),
    },
  };
}
