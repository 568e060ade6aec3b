"""What became of sends is kept: the outbound row, the thread's message, the conversation.

Hot road: all outcomes of a tenant that are at hand are settled in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.conversations.models import ConversationStatus, Direction, TurnState
from core.delivery.models import OutboundState
from core.events.catalogue import ReplySettled
from core.events.service import record
from core.kernel.ids import new_id
from core.kernel.metrics import OUTBOUND, OUTBOUND_LATE_SECONDS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.ports.channel import Later, Rejected, SendOutcome, Sent, Unsure

_LONGEST_PATIENCE_SECONDS = 600
_PREVIEW_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Sending:
    """A reply under way, as it was claimed."""

    token: UUID
    tenant_id: UUID
    id: UUID
    conversation_id: UUID
    account_id: UUID
    external_chat_id: str
    text: str
    author: str
    author_user_id: UUID | None
    suggestion_id: UUID | None
    turn_id: UUID | None
    provider_key: UUID
    due_at: datetime
    attempts: int


# First of all, in the order of ids, as whoever decides about a thread does: they lock it before its
# replies, so whoever settles replies must too.
_LOCK = """
SELECT id FROM conversations WHERE tenant_id = $1 AND id = ANY($2::uuid[])
ORDER BY id FOR NO KEY UPDATE
"""
_OUTCOME = """
UPDATE outbound_messages o SET state = v.state, problem = v.problem, message_id = v.message,
    external_message_id = v.external, lease_token = NULL, lease_until = NULL,
    settled_at = CASE WHEN v.state = 'scheduled' THEN NULL ELSE $2::timestamptz END,
    due_at = coalesce(v.again_at, o.due_at)
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[],
    $9::timestamptz[]) AS v(id, token, state, problem, message, external, again_at)
WHERE o.tenant_id = $1 AND o.id = v.id AND o.lease_token = v.token AND o.state = 'sending'
RETURNING o.id
"""
_MESSAGES = """
INSERT INTO messages (tenant_id, id, conversation_id, episode_id, turn_id, direction, author,
    author_user_id, external_message_id, text, outbound_id, at, received_at)
SELECT $1, m.id, m.conversation, c.episode_id, m.turn, 'out', m.author, m.author_user, m.external,
    m.text, m.outbound, m.at, $2
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[],
    $10::uuid[], $11::timestamptz[])
    AS m(id, conversation, turn, author, author_user, external, text, outbound, at)
JOIN conversations c ON c.tenant_id = $1 AND c.id = m.conversation
"""
_KEYS = """
INSERT INTO message_keys (tenant_id, account_id, external_chat_id, external_message_id, message_id)
SELECT $1, k.account, k.chat, k.external, k.id
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) AS k(account, chat, external, id)
ON CONFLICT DO NOTHING
"""
_SAID = """
UPDATE conversations c SET last_message_at = v.at, last_message_text = v.text,
    last_message_direction = $2
FROM unnest($3::uuid[], $4::timestamptz[], $5::text[]) AS v(id, at, text)
WHERE c.tenant_id = $1 AND c.id = v.id AND c.last_message_at <= v.at
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


async def settle(uow: UnitOfWork, outcomes: Sequence[tuple[Sending, SendOutcome]]) -> int:
    """Keep the outcomes of one tenant; those whose lease was lost are left alone.

    Returns how many were kept. A lost one was judged by whoever took it over: as Unsure.
    """
    sql = await uow.sql()
    now = uow.clock.now()
    ids = {sending.id: new_id() for sending, _ in outcomes}
    await sql.execute(_LOCK, uow.tenant_id, [sending.conversation_id for sending, _ in outcomes])
    kept = {
        row["id"]
        for row in await sql.fetch(
            _OUTCOME,
            uow.tenant_id,
            now,
            [sending.id for sending, _ in outcomes],
            [sending.token for sending, _ in outcomes],
            [state_of(outcome) for _, outcome in outcomes],
            [getattr(outcome, "why", None) for _, outcome in outcomes],
            [None if isinstance(outcome, Later) else ids[s.id] for s, outcome in outcomes],
            [outcome.external_message_id if isinstance(outcome, Sent) else None
             for _, outcome in outcomes],
            [_again_at(outcome, now) for _, outcome in outcomes],
        )
    }  # fmt: skip
    done = [(s, o) for s, o in outcomes if s.id in kept and not isinstance(o, Later)]
    await _keep_messages(uow, done, ids, now)
    await _reopen_unanswered(uow, [s for s, o in done if isinstance(o, Rejected)])
    unreachable = [
        s.conversation_id for s, o in done if isinstance(o, Rejected) and o.customer_unreachable
    ]
    if unreachable:
        await sql.execute(_REACH, uow.tenant_id, now, unreachable)
    for sending, outcome in done:
        OUTBOUND.labels(state_of(outcome)).inc()
        OUTBOUND_LATE_SECONDS.observe(max(0.0, (now - sending.due_at).total_seconds()))
        if not isinstance(outcome, Sent):
            record(uow, ReplySettled(uow.tenant_id, sending.id, state_of(outcome)))
    await uow.session.flush()
    await touch(uow, *{s.conversation_id for s, _ in outcomes if s.id in kept})
    return len(kept)


def state_of(outcome: SendOutcome) -> OutboundState:
    """Which state an outcome is kept as."""
    match outcome:
        case Sent():
            return OutboundState.SENT
        case Rejected():
            return OutboundState.REJECTED
        case Unsure():
            return OutboundState.UNSURE
        case Later():
            return OutboundState.SCHEDULED


def _again_at(outcome: SendOutcome, now: datetime) -> datetime | None:
    if not isinstance(outcome, Later):
        return None
    return now + timedelta(seconds=min(outcome.seconds, _LONGEST_PATIENCE_SECONDS))


async def _keep_messages(
    uow: UnitOfWork,
    done: Sequence[tuple[Sending, SendOutcome]],
    ids: dict[UUID, UUID],
    now: datetime,
) -> None:
    """The thread shows what was said, and what was tried: its state is the outbound row's."""
    if not done:
        return
    sql = await uow.sql()
    external = [o.external_message_id if isinstance(o, Sent) else None for _, o in done]
    moments = [o.at if isinstance(o, Sent) else now for _, o in done]
    await sql.execute(
        _MESSAGES,
        uow.tenant_id,
        now,
        [ids[s.id] for s, _ in done],
        [s.conversation_id for s, _ in done],
        [s.turn_id for s, _ in done],
        [s.author for s, _ in done],
        [s.author_user_id for s, _ in done],
        external,
        [s.text for s, _ in done],
        [s.id for s, _ in done],
        moments,
    )
    said = [(s, o) for s, o in done if isinstance(o, Sent)]
    if said:
        await sql.execute(
            _KEYS,
            uow.tenant_id,
            [s.account_id for s, _ in said],
            [s.external_chat_id for s, _ in said],
            [o.external_message_id for _, o in said],
            [ids[s.id] for s, _ in said],
        )
    shown = [
        (s, at) for (s, o), at in zip(done, moments, strict=True) if not isinstance(o, Rejected)
    ]
    if shown:
        await sql.execute(
            _SAID,
            uow.tenant_id,
            Direction.OUT,
            [s.conversation_id for s, _ in shown],
            [at for _, at in shown],
            [s.text[:_PREVIEW_CHARACTERS] for s, _ in shown],
        )


async def _reopen_unanswered(uow: UnitOfWork, rejected: Sequence[Sending]) -> None:
    turns = [sending.turn_id for sending in rejected if sending.turn_id is not None]
    if turns:
        sql = await uow.sql()
        await sql.execute(
            _UNANSWERED,
            uow.tenant_id,
            turns,
            TurnState.ANSWERED,
            TurnState.READY,
            ConversationStatus.WAITING,
        )
