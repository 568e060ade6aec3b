// What the stand-in answers, operation by operation.
import { drafting, marketPrice, message, newId } from "./demo-data.mjs";
import { deliveryRoutes } from "./stub-delivery.mjs";

const PAGE = 50;
const SETTINGS = new Set([
  "name",
  "language",
  "tone",
  "address_form",
  "currency",
  "time_zone",
  "default_mode",
  "undo_seconds",
]);
const now = () => new Date().toISOString();

export function makeRoutes({ store, push, Refusal }) {
  const changed = (conversation) => {
    conversation.summary.version += 1;
    push({ type: "conversation.changed", conversation_id: conversation.summary.id });
  };
  const find = (id) => {
    const found = store.conversations.find((each) => each.summary.id === id);
    if (!found) throw new Refusal(404, "not_found", "Не найдено");
    return found;
  };
  const detail = (conversation) => ({
    ...conversation.summary,
    suggestion: conversation.suggestion,
    pending_outbound: conversation.pending_outbound,
    episode: conversation.episode,
  });
  const summary = (conversation) => {
    const { suggestion: draft } = conversation;
    return {
      ...conversation.summary,
      suggestion: draft?.id && {
        id: draft.id,
        status: draft.status,
        intent: draft.intent,
        score: draft.score,
      },
    };
  };
  const manage = (me) => {
    if (!me.permissions.includes("MANAGE_CONVERSATIONS")) {
      throw new Refusal(403, "permission_denied", "Недостаточно прав");
    }
  };

  function draftOf(id, body, open = ["pending"]) {
    const conversation = store.conversations.find((each) => each.suggestion?.id === id);
    if (!conversation) throw new Refusal(404, "not_found", "Не найдено");
    const draft = conversation.suggestion;
    if (!open.includes(draft.status)) {
      const by = draft.decided_by?.name;
      throw new Refusal(409, "suggestion.already_decided", `Черновик уже отклонён: ${by}`);
    }
    if (draft.version !== body.version) {
      throw new Refusal(409, "suggestion.stale", "Клиент написал ещё раз — черновик обновляется");
    }
    return conversation;
  }

  function decide(conversation, status, me) {
    Object.assign(conversation.suggestion, {
      status,
      version: conversation.suggestion.version + 1,
      decided_by: { id: me.user.id, name: me.user.name },
      decided_at: now(),
    });
  }

  function plan(conversation, text, me) {
    const due = Date.now() + store.tenant.undo_seconds * 1000;
    const outbound = {
      id: newId(),
      conversation_id: conversation.summary.id,
      state: "scheduled",
      text,
      due_at: new Date(due).toISOString(),
      sent_at: null,
      author: { kind: "operator", name: me.user.name },
      problem: null,
    };
    conversation.pending_outbound = outbound;
    const wait = setTimeout(() => send(conversation, outbound), due - Date.now());
    wait.unref();
    changed(conversation);
    return { ...outbound };
  }

  function send(conversation, outbound) {
    if (outbound.state !== "scheduled") return;
    Object.assign(outbound, { state: "sent", sent_at: now() });
    const sent = message("out", outbound.author, outbound.text, 0, {
      outbound: { id: outbound.id, state: "sent", due_at: outbound.due_at, problem: null },
    });
    conversation.messages.push(sent);
    conversation.pending_outbound = null;
    Object.assign(conversation.summary, {
      status: "active",
      waiting_since: null,
      last_message: { text: sent.text, direction: "out", at: sent.at },
    });
    changed(conversation);
  }

  function outboundOf(id) {
    for (const conversation of store.conversations) {
      if (conversation.pending_outbound?.id === id) {
        return { conversation, outbound: conversation.pending_outbound };
      }
      const found = conversation.messages.find((each) => each.outbound?.id === id);
      if (found) return { conversation, outbound: found.outbound, message: found };
    }
    throw new Refusal(404, "not_found", "Не найдено");
  }

  const sentByKey = new Map();
  const { queued, settle } = deliveryRoutes({ store, Refusal });

  return {
    "GET /me": ({ me }) => me,
    "GET /conversations": ({ query, me }) => {
      const wanted = query.get("q")?.toLowerCase();
      const matches = store.conversations.filter(({ summary: each, messages }) => {
        if (query.get("status") && each.status !== query.get("status")) return false;
        if (query.get("unread") && each.unread_count === 0) return false;
        if (query.get("mine") && each.assignee?.name !== me.user.name) return false;
        if (!wanted) return true;
        const words = [each.customer.name, ...messages.map((one) => one.text)].join("\n");
        return words.toLowerCase().includes(wanted);
      });
      const from = Number(query.get("cursor") ?? 0);
      const limit = Number(query.get("limit") ?? PAGE);
      const count = (status) =>
        store.conversations.filter((c) => c.summary.status === status).length;
      return {
        items: matches.slice(from, from + limit).map(summary),
        next_cursor: from + limit < matches.length ? String(from + limit) : null,
        counts: {
          waiting: count("waiting"),
          active: count("active"),
          escalated: count("escalated"),
          resolved: count("resolved"),
          unread: store.conversations.filter((c) => c.summary.unread_count > 0).length,
        },
      };
    },
    "GET /conversations/{id}": ({ id }) => detail(find(id)),
    "PATCH /conversations/{id}": ({ id, body, me }) => {
      manage(me);
      const conversation = find(id);
      conversation.summary.mode = body.mode;
      changed(conversation);
      return detail(conversation);
    },
    "GET /conversations/{id}/messages": ({ id, query }) => {
      const { messages } = find(id);
      const before = query.get("before");
      const end = before ? messages.findIndex((each) => each.id === before) : messages.length;
      const start = Math.max(0, end - Number(query.get("limit") ?? PAGE));
      return {
        items: messages.slice(start, end),
        next_before: start > 0 ? messages[start].id : null,
      };
    },
    "POST /conversations/{id}/messages": ({ id, body, me }) => {
      manage(me);
      if (sentByKey.has(body.idempotency_key)) return sentByKey.get(body.idempotency_key);
      const outbound = { ...plan(find(id), body.text, me), created: true };
      sentByKey.set(body.idempotency_key, outbound);
      return outbound;
    },
    "GET /conversations/{id}/price-lookup": ({ id }) => {
      const { price } = find(id);
      if (!price) throw new Refusal(404, "not_found", "Не найдено");
      return price;
    },
    "POST /conversations/{id}/price-lookup": ({ id, me }) => {
      manage(me);
      const conversation = find(id);
      conversation.price = marketPrice({ state: "pending", lowest: null, links: [] });
      const ready = setTimeout(() => {
        conversation.price = marketPrice();
        changed(conversation);
      }, 1200);
      ready.unref();
      return conversation.price;
    },
    "POST /conversations/{id}/read": ({ id }) => {
      const conversation = find(id);
      conversation.summary.unread_count = 0;
      push({ type: "conversation.changed", conversation_id: id });
    },
    "POST /conversations/{id}/resolve": ({ id, me }) => {
      manage(me);
      const conversation = find(id);
      Object.assign(conversation.summary, { status: "resolved", waiting_since: null });
      changed(conversation);
      return detail(conversation);
    },
    "POST /conversations/{id}/reopen": ({ id, me }) => {
      manage(me);
      const conversation = find(id);
      conversation.summary.status = "active";
      changed(conversation);
      return detail(conversation);
    },
    "POST /conversations/{id}/claim": ({ id, me }) => {
      manage(me);
      const conversation = find(id);
      conversation.summary.assignee = { id: me.user.id, name: me.user.name };
      changed(conversation);
      return detail(conversation);
    },
    "POST /conversations/{id}/escalate": ({ id, me }) => {
      manage(me);
      const conversation = find(id);
      conversation.summary.status = "escalated";
      changed(conversation);
      return detail(conversation);
    },
    "POST /suggestions/{id}/approve": ({ id, body, me }) => {
      manage(me);
      const conversation = draftOf(id, body);
      decide(conversation, body.text ? "edited" : "approved", me);
      return plan(conversation, body.text ?? conversation.suggestion.text, me);
    },
    "POST /suggestions/{id}/reject": ({ id, body, me }) => {
      manage(me);
      const conversation = draftOf(id, body);
      decide(conversation, "rejected", me);
      changed(conversation);
      return conversation.suggestion;
    },
    "POST /suggestions/{id}/escalate": ({ id, body, me }) => {
      manage(me);
      const conversation = draftOf(id, body);
      decide(conversation, "escalated", me);
      conversation.summary.status = "escalated";
      changed(conversation);
      return conversation.suggestion;
    },
    "POST /suggestions/{id}/regenerate": ({ id, body, me }) => {
      manage(me);
      const conversation = draftOf(id, body, ["pending", "failed", "rejected"]);
      const previous = conversation.suggestion;
      conversation.suggestion = drafting();
      changed(conversation);
      const ready = setTimeout(() => {
        conversation.suggestion = { ...previous, id: newId(), version: 1 };
        changed(conversation);
      }, 1500);
      ready.unref();
      return conversation.suggestion;
    },
    "POST /outbound/{id}/cancel": ({ id, me }) => {
      manage(me);
      if (queued(id)) return settle(queued(id), "cancelled");
      const { conversation, outbound } = outboundOf(id);
      if (!["scheduled", "parked"].includes(outbound.state)) {
        throw new Refusal(409, "outbound.too_late", "Поздно: ответ уже уходит");
      }
      outbound.state = "cancelled";
      conversation.pending_outbound = null;
      if (conversation.suggestion?.decided_at) {
        Object.assign(conversation.suggestion, {
          status: "pending",
          version: conversation.suggestion.version + 1,
          decided_by: null,
          decided_at: null,
        });
      }
      changed(conversation);
      return outbound;
    },
    "POST /outbound/{id}/resolve": ({ id, body, me }) => {
      manage(me);
      if (queued(id)) return settle(queued(id), body.arrived ? "sent" : "scheduled");
      const { conversation, outbound, message: sent } = outboundOf(id);
      outbound.state = body.arrived ? "sent" : "rejected";
      outbound.problem = body.arrived ? null : "outbound.sent_again";
      changed(conversation);
      const again = body.arrived ? null : plan(conversation, sent.text, me);
      return (
        again ?? {
          ...outbound,
          conversation_id: conversation.summary.id,
          text: sent.text,
          sent_at: now(),
          author: sent.author,
          problem: null,
        }
      );
    },
    "GET /tenant": () => store.tenant,
    "PATCH /tenant": ({ body, me }) => {
      if (!me.permissions.includes("MANAGE_TENANT_SETTINGS")) {
        throw new Refusal(403, "permission_denied", "Недостаточно прав");
      }
      const fields = Object.entries(body).flatMap(([field, value]) => {
        if (!SETTINGS.has(field))
          return [{ field, code: "unknown", detail: "Нет такой настройки" }];
        if (field === "name" && !String(value).trim()) {
          return [{ field, code: "blank", detail: "Укажите название" }];
        }
        return [];
      });
      if (fields.length) throw new Refusal(422, "invalid", "Проверьте поля", fields);
      Object.assign(store.tenant, body, { version: store.tenant.version + 1 });
      push({ type: "settings.changed" });
      return store.tenant;
    },
    "GET /spending": () => store.spending,
    "PATCH /spending": ({ body, me }) => {
      if (!me.permissions.includes("MANAGE_TENANT_SETTINGS")) {
        throw new Refusal(403, "permission_denied", "Недостаточно прав");
      }
      const budget = Number(body.ai_daily_budget_usd);
      if (!(budget >= 0)) {
        const detail = "Бюджет — это число";
        const field = "ai_daily_budget_usd";
        throw new Refusal(422, "invalid", detail, [{ field, code: "invalid", detail }]);
      }
      Object.assign(store.spending, { budget_usd: budget.toFixed(2) });
      return store.spending;
    },
    "GET /flags": () => ({ items: store.flags }),
    "GET /people": () => ({ items: [] }),
  };
}
