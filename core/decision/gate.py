"""Asked once more at the moment of sending: whether a reply may still go out by itself.

Between planning and sending an hour may pass, or a night: flags are turned, settings changed, a
breaker trips, a subscription ends. One statement answers for any number of replies.
"""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.decision.engine import Reason
from core.flags.names import Flag
from core.kernel.uow import UnitOfWork

if TYPE_CHECKING:
    import asyncpg

    from core.app import App

# The first that holds is the reason. What a person has decided to send (author_user_id) is asked
# nothing; the night text (author 'system') needs an active store and its own flag alone.
_BARRED = """
SELECT * FROM (
SELECT o.tenant_id, o.id, CASE
    WHEN t.status <> 'active' THEN 'store_restricted'
    WHEN o.author = 'system' THEN
        CASE WHEN o.request_key LIKE 'night:%' AND NOT pace.enabled THEN 'autosend_off' END
    WHEN NOT engine.enabled THEN 'engine_off'
    WHEN NOT autosend.enabled THEN 'autosend_off'
    WHEN NOT s.autosend_allowed THEN 'store_disallows'
    WHEN t.trial_ends_at <= $3 THEN 'no_subscription'
    WHEN c.mode = 'learning' THEN 'learning_mode'
    WHEN c.status = 'escalated' THEN 'escalated'
    WHEN g.intent = ANY(s.always_escalate_intents) THEN 'always_escalate'
    WHEN g.intent = ANY(s.intents_force_handoff) THEN 'force_handoff'
    WHEN g.intent IS NULL OR NOT g.intent = ANY(s.intents_autosend_allowed)
        THEN 'intent_not_allowed'
    WHEN g.score IS NULL OR g.score < s.t_auto THEN 'below_t_auto'
    WHEN EXISTS (SELECT FROM breakers b WHERE b.tenant_id = o.tenant_id AND b.intent = g.intent
                 AND b.tripped_at IS NOT NULL) THEN 'breaker_tripped'
    WHEN f.id IS NULL AND NOT s.autosend_without_licence THEN 'no_licence'
    WHEN g.score < f.threshold THEN 'below_licence'
END AS reason
FROM outbound_messages o
JOIN tenants t ON t.id = o.tenant_id
JOIN tenant_settings s ON s.tenant_id = o.tenant_id
JOIN conversations c ON c.tenant_id = o.tenant_id AND c.id = o.conversation_id
LEFT JOIN suggestions g ON g.tenant_id = o.tenant_id AND g.id = o.suggestion_id
LEFT JOIN certificates f ON f.tenant_id = o.tenant_id AND f.intent = g.intent
    AND f.ended_at IS NULL AND f.expires_at > $3 AND f.model = g.model
    AND f.prompt_hash = g.prompt_hash AND f.embedder IS NOT DISTINCT FROM g.embedder
    AND f.alpha <= s.autosend_alpha AND f.delta <= s.autosend_delta
CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT enabled FROM tenant_flags x WHERE x.tenant_id = o.tenant_id AND x.name = $4),
    (SELECT enabled FROM platform_flags x WHERE x.name = $4), $5::boolean)) engine(enabled)
CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT enabled FROM tenant_flags x WHERE x.tenant_id = o.tenant_id AND x.name = $6),
    (SELECT enabled FROM platform_flags x WHERE x.name = $6), $7::boolean)) autosend(enabled)
CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT enabled FROM tenant_flags x WHERE x.tenant_id = o.tenant_id AND x.name = $8),
    (SELECT enabled FROM platform_flags x WHERE x.name = $8), $9::boolean)) pace(enabled)
WHERE (o.tenant_id, o.id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))
  AND o.author IN ('ai', 'system') AND o.author_user_id IS NULL
) judged WHERE reason IS NOT NULL
"""


async def barred(
    sql: "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]",
    replies: Collection[tuple[UUID, UUID]],
    start: Mapping[str, bool],
    now: object,
) -> dict[UUID, Reason]:
    """Which of these replies, (tenant, id) each, may no longer go out by themselves, and why.

    To be asked in the transaction that claims them. `start`: the flags' values of the environment
    (`app.settings.flags`).
    """
    if not replies:
        return {}
    rows = await sql.fetch(
        _BARRED,
        [tenant_id for tenant_id, _ in replies],
        [id_ for _, id_ in replies],
        now,
        Flag.DECISION_ENGINE_ENABLED,
        start[Flag.DECISION_ENGINE_ENABLED],
        Flag.AI_AUTOSEND_ENABLED,
        start[Flag.AI_AUTOSEND_ENABLED],
        Flag.HUMAN_DELAY_ENABLED,
        start[Flag.HUMAN_DELAY_ENABLED],
    )
    return {row["id"]: Reason(row["reason"]) for row in rows}


_REPLY_TO = """
SELECT id FROM outbound_messages WHERE tenant_id = $1 AND suggestion_id = $2
  AND state NOT IN ('cancelled', 'rejected') ORDER BY id DESC LIMIT 1
"""


async def refusal(app: "App", uow: UnitOfWork, suggestion_id: UUID) -> str | None:
    """Why the reply to this suggestion may not go out by itself, as a key of locales."""
    sql = await uow.sql()
    outbound_id = await sql.fetchval(_REPLY_TO, uow.tenant_id, suggestion_id)
    reason = await still_allowed(uow, outbound_id, app.settings.flags) if outbound_id else None
    return f"reason.{reason}" if reason else None


async def still_allowed(
    uow: UnitOfWork, outbound_id: UUID, start: Mapping[str, bool]
) -> Reason | None:
    """The same for one reply of this store: None if it may go out, else why not."""
    found = await barred(await uow.sql(), [(uow.tenant_id, outbound_id)], start, uow.clock.now())
    return found.get(outbound_id)
