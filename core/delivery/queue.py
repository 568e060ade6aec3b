"""The queue as owners and admins see it: what waits, is late, in doubt or parked, and its figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.identity.permissions import Actor, Permission
from core.kernel.paging import read_page
from core.kernel.uow import UnitOfWork

# A reply that is due goes out within this; after it, somebody may wonder.
LATE = timedelta(seconds=10)
# Depths are counted up to here and no further: more is told as "this many or more".
MOST_COUNTED = 100_000
_LOOKED_BACK = timedelta(days=1)
_MOST_MEASURED = 10_000


class Show(StrEnum):
    """Which replies: those on their way, late, in doubt, parked, settled, or all."""

    OPEN = "open"
    LATE = "late"
    IN_DOUBT = "in_doubt"
    PARKED = "parked"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """A reply in the queue; `problem` and `waits_for` are keys of locales."""

    id: UUID
    conversation_id: UUID
    conversation_number: int
    customer_id: UUID
    customer_name: str
    channel_id: UUID
    channel_kind: str
    channel_name: str
    state: str
    automatic: bool
    author: str
    author_name: str | None
    text: str
    created_at: datetime
    planned_for: datetime
    due_at: datetime
    settled_at: datetime | None
    late_seconds: int
    attempts: int
    problem: str | None
    waits_for: str | None
    can_cancel: bool
    can_retry: bool
    can_resolve: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    items: list[QueuedReply]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Depths now, and what became of replies in the last day. Times are in seconds."""

    waiting: int
    due: int
    late: int
    going_out: int
    held: int  # due, but their channel is closed or off
    in_doubt: int
    parked: int
    oldest_due_seconds: float | None
    outcomes: dict[str, int]
    lateness_p50_seconds: float | None
    lateness_p99_seconds: float | None


_OPEN = "o.state IN ('scheduled', 'claimed', 'sending')"
_WHICH = {
    Show.OPEN: (_OPEN, True),
    Show.LATE: (_OPEN + " AND o.due_at < $2 AND o.planned_for < $2", True),
    Show.IN_DOUBT: ("o.state = 'unsure'", False),
    Show.PARKED: ("o.state = 'parked'", False),
    Show.DONE: ("o.settled_at IS NOT NULL AND o.state NOT IN ('unsure', 'parked')", False),
    Show.ALL: ("true", False),
}
# `$1` tenant, `$2` what is late by now, `$3` and `$4` where the last page ended, `$5` how many.
_LIST = """
SELECT o.id, o.conversation_id, c.number, c.version, cu.id AS customer_id, cu.name AS customer_name,
    a.id AS channel_id, a.kind, a.name AS channel_name, a.state AS channel_state,
    a.state_reason AS channel_reason, a.disconnected_at, o.state, o.fence, o.author,
    u.name AS author_name, o.text, o.created_at, o.planned_for, o.due_at, o.settled_at, o.attempts,
    o.problem, o.doubted_at
FROM outbound_messages o
JOIN conversations c ON c.tenant_id = o.tenant_id AND c.id = o.conversation_id
JOIN customers cu ON cu.tenant_id = c.tenant_id AND cu.id = c.customer_id
JOIN channel_accounts a ON a.tenant_id = o.tenant_id AND a.id = o.account_id
LEFT JOIN users u ON u.id = o.author_user_id
WHERE o.tenant_id = $1 AND ($2::timestamptz IS NOT NULL) AND {which}
  AND ($3::timestamptz IS NULL OR {after})
ORDER BY {order} LIMIT $5
"""
_BY_DUE = ("(o.due_at, o.id) > ($3, $4::uuid)", "o.due_at, o.id")
_BY_AGE = ("o.id < $4::uuid", "o.id DESC")

_FIGURES = """
SELECT
    (SELECT count(*) FROM (SELECT FROM outbound_messages o WHERE o.tenant_id = $1
        AND o.state = 'scheduled' LIMIT $4) f) AS waiting,
    (SELECT count(*) FROM (SELECT FROM outbound_messages o WHERE o.tenant_id = $1
        AND o.state = 'scheduled' AND o.due_at <= $2 LIMIT $4) f) AS due,
    (SELECT count(*) FROM (SELECT FROM outbound_messages o WHERE o.tenant_id = $1
        AND o.state IN ('scheduled', 'claimed', 'sending') AND o.due_at < $3
        AND o.planned_for < $3 LIMIT $4) f) AS late,
    (SELECT count(*) FROM outbound_messages o WHERE o.tenant_id = $1
        AND o.account_id IN (SELECT id FROM channel_accounts WHERE tenant_id = $1)
        AND o.state IN ('claimed', 'sending')) AS going_out,
    (SELECT count(*) FROM (SELECT FROM channel_accounts a JOIN outbound_messages o
        ON o.tenant_id = a.tenant_id AND o.account_id = a.id AND o.state = 'scheduled'
        AND o.due_at <= $2 WHERE a.tenant_id = $1
        AND (a.state NOT IN ('connected', 'degraded')) LIMIT $4) f) AS held,
    (SELECT count(*) FROM outbound_messages o WHERE o.tenant_id = $1 AND o.state = 'unsure')
        AS in_doubt,
    (SELECT count(*) FROM outbound_messages o WHERE o.tenant_id = $1 AND o.state = 'parked')
        AS parked,
    (SELECT o.due_at FROM outbound_messages o WHERE o.tenant_id = $1
        AND o.state IN ('scheduled', 'claimed', 'sending') AND o.due_at <= $2
        ORDER BY o.due_at LIMIT 1) AS oldest
"""
_OUTCOMES = """
SELECT state, count(*) AS n,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY late) AS p99
FROM (
    SELECT state, greatest(0, extract(epoch FROM settled_at - planned_for)) AS late
    FROM outbound_messages WHERE tenant_id = $1 AND settled_at > $2
    ORDER BY settled_at DESC LIMIT $3
) settled GROUP BY state
"""


async def list_queue(
    uow: UnitOfWork, actor: Actor, show: Show, *, cursor: str | None = None, limit: int = 50
) -> QueuePage:
    """Those on their way by their due time, the others newest first; a page at a time."""
    actor.require(Permission.MANAGE_CHANNELS)
    which, by_due = _WHICH[show]
    after, order = _BY_DUE if by_due else _BY_AGE
    now = uow.clock.now()
    statement = _LIST.format(which=which, after=after, order=order)
    values = (uow.tenant_id, now - LATE)
    rows, next_cursor = await read_page(
        await uow.sql(), statement, *values, cursor=cursor, limit=limit, by="due_at"
    )
    return QueuePage([_view(row, now) for row in rows], next_cursor)


async def figures(uow: UnitOfWork, actor: Actor) -> QueueFigures:
    """Depth, age, and what became of the replies of the last day."""
    actor.require(Permission.MANAGE_CHANNELS)
    sql, now = await uow.sql(), uow.clock.now()
    row = await sql.fetchrow(_FIGURES, uow.tenant_id, now, now - LATE, MOST_COUNTED)
    rows = await sql.fetch(_OUTCOMES, uow.tenant_id, now - _LOOKED_BACK, _MOST_MEASURED)
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    sent = next((one for one in rows if one["state"] == "sent"), None)
    return QueueFigures(
        waiting=row["waiting"],
        due=row["due"],
        late=row["late"],
        going_out=row["going_out"],
        held=row["held"],
        in_doubt=row["in_doubt"],
        parked=row["parked"],
        oldest_due_seconds=None if row["oldest"] is None else (now - row["oldest"]).total_seconds(),
        outcomes={one["state"]: one["n"] for one in rows},
        lateness_p50_seconds=float(sent["p50"]) if sent else None,
        lateness_p99_seconds=float(sent["p99"]) if sent else None,
    )


def waits_for(state: str, channel_state: str, reason: str | None) -> str | None:
    """Why a reply stays, however due, as a key of locales; None if its channel can take it."""
    if state != "scheduled" or channel_state in {"connected", "degraded", "connecting"}:
        return None
    return reason or "channel.disconnected"


def _view(row: Any, now: datetime) -> QueuedReply:
    state, due_at = row["state"], row["due_at"]
    open_ = state in {"scheduled", "claimed", "sending"}
    late = max(0.0, ((row["settled_at"] or now) - row["planned_for"]).total_seconds())
    return QueuedReply(
        id=row["id"],
        conversation_id=row["conversation_id"],
        conversation_number=row["number"],
        customer_id=row["customer_id"],
        customer_name=row["customer_name"],
        channel_id=row["channel_id"],
        channel_kind=row["kind"],
        channel_name=row["channel_name"],
        state=state,
        automatic=row["fence"] is not None,
        author=row["author"],
        author_name=row["author_name"],
        text=row["text"],
        created_at=row["created_at"],
        planned_for=row["planned_for"],
        due_at=due_at,
        settled_at=row["settled_at"],
        late_seconds=int(late) if open_ or state == "sent" else 0,
        attempts=row["attempts"],
        problem=row["problem"],
        waits_for=waits_for(state, row["channel_state"], row["channel_reason"]),
        can_cancel=state in {"scheduled", "parked"} and row["doubted_at"] is None,
        can_retry=state == "parked" and row["disconnected_at"] is None,
        can_resolve=state == "unsure",
    )
