"""What became of sends is kept: the outbound row, the thread's message, the conversation.

Hot road: all outcomes of a tenant that are at hand are settled in one transaction, by two
statements and the cards' one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.conversations.models import ConversationStatus, Direction, TurnState
from core.delivery.models import OutboundState
from core.delivery.outcomes import (
    Again,
    Cancelled,
    Outcome,
    Sending,
    again_at,
    failures_of,
    state_of,
)
from core.events.catalogue import ReplySettled
from core.events.service import record
from core.kernel import failpoints
from core.kernel.ids import new_id
from core.kernel.metrics import OUTBOUND, OUTBOUND_LATE_SECONDS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.ports.channel import Rejected, Sent

# First of all, in the order of ids, as whoever decides about a thread does: they lock it before its
# replies, so whoever settles replies must too.
_LOCK = """
SELECT FROM conversations WHERE tenant_id = $1 AND id = ANY($2::uuid[])
ORDER BY id FOR NO KEY UPDATE
"""
# One statement, so that a batch costs one round trip: the thread shows what was said, and what was
# tried (its state is the outbound row's), and whatever lost its lease changes nothing anywhere.
_SETTLE = """
WITH v AS (
    SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[],
        $10::timestamptz[], $11::timestamptz[], $12::int[], $13::bool[])
        AS v(id, token, state, problem, message, external, at, again_at, failures, doubted)
), done AS (
    UPDATE outbound_messages o SET state = v.state, problem = v.problem, message_id = v.message,
        external_message_id = v.external, failures = v.failures,
        lease_token = NULL, lease_until = NULL,
        doubted_at = CASE WHEN v.doubted THEN coalesce(o.doubted_at, $2) ELSE o.doubted_at END,
        settled_at = CASE WHEN v.state = 'scheduled' THEN NULL ELSE $2::timestamptz END,
        due_at = coalesce(v.again_at, o.due_at)
    FROM v WHERE o.tenant_id = $1 AND o.id = v.id AND o.lease_token = v.token
        AND o.state IN ('claimed', 'sending')
    RETURNING o.id, o.conversation_id, o.turn_id, o.account_id, o.external_chat_id, o.author,
        o.author_user_id, o.text, v.state, v.message, v.external, v.at
), said AS (
    INSERT INTO messages (tenant_id, id, conversation_id, episode_id, turn_id, direction, author,
        author_user_id, external_message_id, text, outbound_id, at, received_at)
    SELECT $1, d.message, d.conversation_id, c.episode_id, d.turn_id, $3, d.author,
        d.author_user_id, d.external, d.text, d.id, d.at, $2
    FROM done d JOIN conversations c ON c.tenant_id = $1 AND c.id = d.conversation_id
    WHERE d.message IS NOT NULL
), keys AS (
    INSERT INTO message_keys (tenant_id, account_id, external_chat_id, external_message_id,
        message_id)
    SELECT $1, account_id, external_chat_id, external, message FROM done
    WHERE external IS NOT NULL AND message IS NOT NULL
    ON CONFLICT DO NOTHING
), threads AS (
    UPDATE conversations c SET last_message_at = d.at, last_message_text = left(d.text, 200),
        last_message_direction = $3
    FROM (SELECT DISTINCT ON (conversation_id) conversation_id, at, text FROM done
          WHERE state IN ('sent', 'unsure') ORDER BY conversation_id, at DESC) d
    WHERE c.tenant_id = $1 AND c.id = d.conversation_id AND c.last_message_at <= d.at
)
SELECT id FROM done
"""
# It never arrived: the customer waits again, unless the thread has moved on meanwhile, or another
# reply to the same words stands.
_UNANSWERED = """
WITH open AS (
    UPDATE turns t SET state = $4, closed_at = NULL
    FROM conversations c
    WHERE t.tenant_id = $1 AND t.id = ANY($2::uuid[]) AND t.state = $3
      AND c.tenant_id = t.tenant_id AND c.turn_id = t.id
      AND NOT EXISTS (
          SELECT FROM outbound_messages x
          WHERE x.tenant_id = t.tenant_id AND x.conversation_id = t.conversation_id
            AND x.turn_id = t.id AND x.state NOT IN ('cancelled', 'rejected'))
    RETURNING t.tenant_id, t.conversation_id, t.opened_at
)
UPDATE conversations c SET status = CASE WHEN c.status = 'active' THEN $5 ELSE c.status END,
    waiting_since = open.opened_at
FROM open WHERE c.tenant_id = open.tenant_id AND c.id = open.conversation_id
"""
_REACH = """
UPDATE customer_identities i SET unreachable_at = $2
FROM conversations c
WHERE c.tenant_id = $1 AND c.id = ANY($3::uuid[]) AND i.tenant_id = c.tenant_id
  AND i.account_id = c.account_id AND i.customer_id = c.customer_id
"""
# The least that can be kept of an outcome: the thread's own rows refused it.
_BARE = """
UPDATE outbound_messages SET state = $4, problem = $5, external_message_id = $6, settled_at = $7,
    lease_token = NULL, lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 AND state IN ('claimed', 'sending')
"""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An outcome, and what its row is to say."""

    sending: Sending
    outcome: Outcome
    state: OutboundState
    message_id: UUID | None
    at: datetime


async def settle(uow: UnitOfWork, outcomes: Sequence[tuple[Sending, Outcome]]) -> int:
    """Keep the outcomes of one tenant; those whose lease was lost are left alone.

    Returns how many were kept. A lost one was judged by whoever took it over: as Unsure.
    """
    sql, now = await uow.sql(), uow.clock.now()
    wanted = [_kept(sending, outcome, now) for sending, outcome in outcomes]
    await sql.execute(_LOCK, uow.tenant_id, [one.sending.conversation_id for one in wanted])
    rows = await sql.fetch(_SETTLE, uow.tenant_id, now, Direction.OUT, *_columns(wanted, now))
    ids = {row["id"] for row in rows}
    kept = [one for one in wanted if one.sending.id in ids]
    rejected = [one.sending for one in kept if isinstance(one.outcome, Rejected)]
    if rejected:
        await _reopen_unanswered(uow, sql, kept, now)
    for one in kept:
        _count(one, now)
        if one.state not in (OutboundState.SENT, OutboundState.SCHEDULED):
            record(uow, ReplySettled(uow.tenant_id, one.sending.id, one.state))
    if any(one.state is not OutboundState.SENT for one in kept):
        await uow.session.flush()
    await touch(uow, *{one.sending.conversation_id for one in kept})
    failpoints.reach("settle.kept")
    return len(kept)


async def settle_barely(uow: UnitOfWork, sending: Sending, outcome: Outcome) -> None:
    """Keep the state alone, for a person to see: the thread cannot take this message."""
    sql, now = await uow.sql(), uow.clock.now()
    state = state_of(sending, outcome, now)
    if state == OutboundState.SCHEDULED:
        state = OutboundState.PARKED
    external = outcome.external_message_id if isinstance(outcome, Sent) else None
    problem = getattr(outcome, "why", "outbound.not_recorded")
    await sql.execute(
        _BARE, uow.tenant_id, sending.id, sending.token, state, problem, external, now
    )
    record(uow, ReplySettled(uow.tenant_id, sending.id, state))
    await uow.session.flush()
    await touch(uow, sending.conversation_id)


def _kept(sending: Sending, outcome: Outcome, now: datetime) -> _Kept:
    state = state_of(sending, outcome, now)
    shown = state in (OutboundState.SENT, OutboundState.UNSURE, OutboundState.REJECTED)
    at = outcome.at if isinstance(outcome, Sent) else now
    return _Kept(sending, outcome, state, new_id() if shown else None, at)


def _columns(kept: Sequence[_Kept], now: datetime) -> list[list[Any]]:
    return [
        [one.sending.id for one in kept],
        [one.sending.token for one in kept],
        [one.state for one in kept],
        [getattr(one.outcome, "why", None) for one in kept],
        [one.message_id for one in kept],
        [o.external_message_id if isinstance(o := one.outcome, Sent) else None for one in kept],
        [one.at for one in kept],
        [again_at(one.sending, one.outcome, one.state, now) for one in kept],
        [failures_of(one.sending, one.outcome) for one in kept],
        [isinstance(one.outcome, Again) and one.outcome.doubted for one in kept],
    ]


def _count(one: _Kept, now: datetime) -> None:
    if one.state == OutboundState.SCHEDULED:
        return
    OUTBOUND.labels(one.state).inc()
    if not isinstance(one.outcome, Cancelled):
        late = now - one.sending.planned_for - timedelta(milliseconds=one.sending.typing_ms)
        OUTBOUND_LATE_SECONDS.observe(max(0.0, late.total_seconds()))


async def _reopen_unanswered(
    uow: UnitOfWork, sql: Any, kept: Sequence[_Kept], now: datetime
) -> None:
    rejected = [one for one in kept if isinstance(one.outcome, Rejected)]
    turns = [one.sending.turn_id for one in rejected if one.sending.turn_id is not None]
    if turns:
        answered, ready = TurnState.ANSWERED, TurnState.READY
        waiting = ConversationStatus.WAITING
        await sql.execute(_UNANSWERED, uow.tenant_id, turns, answered, ready, waiting)
    unreachable = [
        one.sending.conversation_id
        for one in rejected
        if isinstance(one.outcome, Rejected) and one.outcome.customer_unreachable
    ]
    if unreachable:
        await sql.execute(_REACH, uow.tenant_id, now, unreachable)
