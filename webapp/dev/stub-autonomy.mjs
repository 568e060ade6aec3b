// Licences, replays, reviews, pauses and hours of the stand-in.
import { replayCases, replayResult } from "./demo-autonomy.mjs";
import { newId } from "./demo-data.mjs";

const INTENTS = ["price", "availability", "shipping", "return", "discount", "complaint", "other"];
const now = () => new Date().toISOString();

export function autonomyRoutes({ store, push, Refusal }) {
  const { autosend } = store;
  const need = (me, permission) => {
    if (!me.permissions.includes(permission)) {
      throw new Refusal(403, "permission_denied", "Недостаточно прав");
    }
  };
  const refuse = (field, code, detail) => {
    throw new Refusal(422, code, detail, [{ field, code, detail }]);
  };
  const standing = (intent) => autosend.intents.find((each) => each.intent === intent);

  /** The states of the intents, as the settings have them now. */
  function settle() {
    const { settings, locks } = autosend;
    locks.store_allows = settings.autosend_allowed;
    for (const each of autosend.intents) {
      const { intent } = each;
      each.threshold = Math.max(settings.t_auto, each.certificate?.threshold ?? 0);
      if (settings.intents_force_handoff.includes(intent)) each.state = "handoff";
      else if (!settings.intents_autosend_allowed.includes(intent)) each.state = "not_allowed";
      else if (each.breaker?.tripped_at && !each.certificate) each.state = "tripped";
      else if (each.certificate) each.state = "on";
      else each.state = settings.autosend_without_licence ? "without_licence" : "no_licence";
    }
  }
  settle();
  autosend.intents.find(({ intent }) => intent === "discount").state = "tripped";

  function checkHours({ days, holidays = [] }) {
    for (const [day, shift] of Object.entries(days ?? {})) {
      if (shift && shift.close <= shift.open) {
        const field = `working_hours.days.${day}.close`;
        refuse(field, "hours.backwards", "Закрытие раньше открытия");
      }
    }
    holidays.forEach((each, index) => {
      if (each.until < each.from) {
        const field = `working_hours.holidays.${index}.until`;
        refuse(field, "hours.holiday_backwards", "Праздник кончается раньше, чем начался");
      }
    });
  }

  return {
    "GET /autosend": () => ({
      ...autosend,
      without_licence: autosend.settings.autosend_without_licence,
      reviews_waiting: store.reviews.length,
    }),
    "GET /tenant/autosend": () => autosend.settings,
    "PATCH /tenant/autosend": ({ body: { confirmed, ...body }, me }) => {
      need(me, "MANAGE_AUTOSEND");
      const next = { ...autosend.settings, ...body };
      if (next.t_escale > next.t_auto) {
        const field = "t_auto" in body ? "t_auto" : "t_escale";
        refuse(
          field,
          "settings.thresholds",
          "Порог эскалации не может быть выше порога автоответа",
        );
      }
      const waives = next.autosend_without_licence && !autosend.settings.autosend_without_licence;
      if (waives && !confirmed) {
        throw new Refusal(409, "autosend.confirm_first", "Подтвердите, что понимаете риск");
      }
      if (waives) next.licence_waived_at = now();
      Object.assign(autosend.settings, next, { version: next.version + 1 });
      settle();
      push({ type: "settings.changed" });
      return autosend.settings;
    },
    "GET /autosend/certificates": ({ query }) => ({
      items: store.certificates.filter((each) => each.intent === query.get("intent")),
    }),
    "GET /autosend/reviews": ({ me }) => {
      need(me, "MANAGE_CONVERSATIONS");
      return { items: store.reviews };
    },
    "POST /autosend/reviews/{id}": ({ id }) => {
      const at = store.reviews.findIndex((each) => each.id === id);
      if (at < 0) throw new Refusal(409, "review.judged", "Это уже оценил другой");
      store.reviews.splice(at, 1);
      push({ type: "autosend.changed" });
    },
    "POST /autosend/{id}/certificate": ({ id, me }) => {
      need(me, "MANAGE_AUTOSEND");
      const each = standing(id);
      if (each.missing > 0) {
        const detail = `Не хватает оценок: ${each.missing}`;
        throw new Refusal(409, "licence.labels_missing", detail);
      }
      each.certificate = {
        ...store.certificates[0],
        id: newId(),
        intent: id,
        n: each.labels,
        k: each.errors,
        threshold: each.reachable,
        issued_at: now(),
        issued_by: me.user.name,
        ended_at: null,
        ended_why: null,
      };
      each.breaker = null;
      store.certificates.unshift(each.certificate);
      settle();
      push({ type: "autosend.changed" });
      return { ...each.certificate, created: true };
    },
    "DELETE /autosend/{id}/certificate": ({ id, me }) => {
      need(me, "MANAGE_AUTOSEND");
      const each = standing(id);
      const ended = { ...each.certificate, ended_at: now(), ended_why: "withdrawn" };
      store.certificates = store.certificates.map((one) => (one.id === ended.id ? ended : one));
      each.reachable = ended.threshold;
      each.certificate = null;
      settle();
      push({ type: "autosend.changed" });
      return ended;
    },
    "GET /replays": () => ({ items: store.replays }),
    "POST /replays": ({ body, me }) => {
      need(me, "MANAGE_AUTOSEND");
      const { settings } = autosend;
      const { t_auto, t_escale, intents_force_handoff } = settings;
      const replay = {
        id: newId(),
        state: "queued",
        days: body.days,
        candidate: {
          t_auto,
          t_escale,
          intents_force_handoff,
          ...store.policies,
          ...body.candidate,
        },
        done: 0,
        total: 0,
        result: null,
        problem: null,
        asked_at: now(),
        finished_at: null,
      };
      store.replays.unshift(replay);
      const later = (ms, change) =>
        setTimeout(() => {
          Object.assign(replay, change());
          push({ type: "replay.changed", subject: replay.id });
        }, ms).unref();
      later(300, () => ({ state: "running", done: 300, total: 912 }));
      later(700, () => ({ done: 800 }));
      later(1100, () => ({
        state: "done",
        done: 912,
        finished_at: now(),
        result: replayResult(replay.candidate.t_auto),
      }));
      return replay;
    },
    "GET /replays/{id}": ({ id }) => store.replays.find((each) => each.id === id),
    "GET /replays/{id}/cases": ({ query }) => ({
      items: replayCases(
        Number(query.get("threshold")),
        store.conversations[0]?.summary.id ?? newId(),
      ),
    }),
    "GET /tenant/pace": () => store.pace,
    "PATCH /tenant/pace": ({ body, me }) => {
      need(me, "MANAGE_TENANT_SETTINGS");
      const next = { ...store.pace, ...body };
      if (next.night_mode === "auto_reply" && !next.night_text.trim()) {
        refuse("night_text", "settings.night_text", "Напишите, что получит клиент ночью");
      }
      Object.assign(store.pace, next, { version: next.version + 1 });
      return store.pace;
    },
    "GET /tenant/hours": () => store.hours,
    "PUT /tenant/hours": ({ body, me }) => {
      need(me, "MANAGE_TENANT_SETTINGS");
      checkHours(body);
      store.hours = body;
      return body;
    },
    "GET /tenant/policies": () => store.policies,
    "PATCH /tenant/policies": ({ body, me }) => {
      need(me, "MANAGE_POLICIES");
      const unknown = (body.always_escalate_intents ?? []).find((each) => !INTENTS.includes(each));
      if (unknown) refuse("always_escalate_intents", "settings.intent", `Нет вида «${unknown}»`);
      Object.assign(store.policies, body, { version: store.policies.version + 1 });
      return store.policies;
    },
  };
}
