"""Reads of conversations into frozen views: the list, one of them, their counters."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.paging import read_page
from core.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class Filter:
    """Which conversations; None asks for all."""

    status: str | None = None
    text: str | None = None  # in a customer's name or anywhere in the history
    mine: bool = False
    unread: bool = False
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class PersonView:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class ChannelView:
    id: UUID
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class LastMessage:
    text: str
    direction: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SuggestionGlance:
    """The newest suggestion of the current turn, as a list shows it."""

    id: UUID
    status: str
    intent: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class ConversationView:
    id: UUID
    number: int
    customer: PersonView
    channel: ChannelView
    status: str
    mode: str
    version: int
    unread_count: int
    last_message: LastMessage | None
    waiting_since: datetime | None
    assignee: PersonView | None
    suggestion: SuggestionGlance | None
    episode: int


@dataclass(frozen=True, slots=True)
class Page:
    items: list[ConversationView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    active: int
    escalated: int
    resolved: int
    unread: int


_VIEW = """
SELECT c.id, c.number, c.customer_id, cu.name AS customer, c.account_id, a.kind, a.name AS account,
    c.status, c.mode, c.version, c.unread_count, c.last_message_text, c.last_message_direction,
    c.last_message_at, c.waiting_since, c.assignee_id, u.name AS assignee,
    s.id AS suggestion_id, s.status AS suggestion_status, s.intent, s.score, e.number AS episode
FROM conversations c
JOIN customers cu ON cu.tenant_id = c.tenant_id AND cu.id = c.customer_id
JOIN channel_accounts a ON a.tenant_id = c.tenant_id AND a.id = c.account_id
JOIN episodes e ON e.tenant_id = c.tenant_id AND e.id = c.episode_id
LEFT JOIN users u ON u.id = c.assignee_id
LEFT JOIN LATERAL (
    SELECT id, status, intent, score FROM suggestions
    WHERE tenant_id = c.tenant_id AND turn_id = c.turn_id ORDER BY id DESC LIMIT 1) s ON true
WHERE c.tenant_id = $1
"""
_LIST = (
    _VIEW
    + """
  AND ($2::text IS NULL OR c.status = $2)
  AND (NOT $3 OR c.assignee_id = $4)
  AND (NOT $5 OR c.unread_count > 0)
  AND ($6::text IS NULL OR a.kind = $6)
  AND ($7::text IS NULL OR strpos(lower(cu.name), $7) > 0 OR EXISTS (
      SELECT FROM messages m WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.id
        AND strpos(lower(m.text), $7) > 0))
  AND ($8::timestamptz IS NULL OR (c.last_message_at, c.id) < ($8, $9::uuid))
ORDER BY c.last_message_at DESC, c.id DESC LIMIT $10
"""
)
_ONE = _VIEW + " AND c.id = $2"
_COUNTS = """
SELECT count(*) FILTER (WHERE status = 'waiting') AS waiting,
    count(*) FILTER (WHERE status = 'active') AS active,
    count(*) FILTER (WHERE status = 'escalated') AS escalated,
    count(*) FILTER (WHERE status = 'resolved') AS resolved,
    count(*) FILTER (WHERE unread_count > 0) AS unread
FROM conversations WHERE tenant_id = $1
"""


async def list_conversations(
    uow: UnitOfWork, actor: Actor, which: Filter, *, cursor: str | None = None, limit: int = 50
) -> Page:
    """A page of conversations, the newest word first; `cursor` comes from the page before."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    values = (
        uow.tenant_id,
        which.status,
        which.mine,
        actor.user_id,
        which.unread,
        which.channel,
        which.text.strip().lower() if which.text and which.text.strip() else None,
    )
    rows, next_cursor = await read_page(
        await uow.sql(), _LIST, *values, cursor=cursor, limit=limit, by="last_message_at"
    )
    return Page([_view(row) for row in rows], next_cursor)


async def conversation(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> ConversationView:
    actor.require(Permission.VIEW_CONVERSATIONS)
    sql = await uow.sql()
    row = await sql.fetchrow(_ONE, uow.tenant_id, conversation_id)
    if row is None:
        raise not_found("conversations")
    return _view(row)


async def counts(uow: UnitOfWork, actor: Actor) -> Counts:
    actor.require(Permission.VIEW_CONVERSATIONS)
    sql = await uow.sql()
    [row] = await sql.fetch(_COUNTS, uow.tenant_id)
    return Counts(**dict(row))


def _view(row: asyncpg.Record) -> ConversationView:
    return ConversationView(
        id=row["id"],
        number=row["number"],
        customer=PersonView(row["customer_id"], row["customer"]),
        channel=ChannelView(row["account_id"], row["kind"], row["account"]),
        status=row["status"],
        mode=row["mode"],
        version=row["version"],
        unread_count=row["unread_count"],
        last_message=LastMessage(
            row["last_message_text"], row["last_message_direction"], row["last_message_at"]
        ),
        waiting_since=row["waiting_since"],
        assignee=PersonView(row["assignee_id"], row["assignee"]) if row["assignee_id"] else None,
        suggestion=SuggestionGlance(
            row["suggestion_id"],
            row["suggestion_status"],
            row["intent"],
            None if row["score"] is None else float(row["score"]),
        )
        if row["suggestion_id"]
        else None,
        episode=row["episode"],
    )
