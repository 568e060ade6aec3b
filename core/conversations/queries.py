"""Reads of threads into frozen views: the list, one thread, its messages, its counters."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind, not_found
from core.kernel.uow import UnitOfWork

MOST_AT_ONCE = 100


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


@dataclass(frozen=True, slots=True)
class AttachmentView:
    id: UUID
    kind: str
    file_name: str | None
    mime: str | None
    size: int | None
    state: str


@dataclass(frozen=True, slots=True)
class VersionView:
    text: str
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteView:
    message_id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class OutboundGlance:
    id: UUID
    state: str
    due_at: datetime
    problem: str | None


@dataclass(frozen=True, slots=True)
class MessageView:
    id: UUID
    direction: str
    author: str
    author_name: str | None
    text: str
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    reply_to: QuoteView | None
    attachments: tuple[AttachmentView, ...]
    versions: tuple[VersionView, ...]
    outbound: OutboundGlance | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thread:
    """Messages oldest first, and where the older ones begin."""

    items: list[MessageView]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Where an attachment's bytes lie, and what they are."""

    kind: str
    file_name: str | None
    mime: str | None
    size: int | None
    state: str
    storage_key: str | None


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
_MESSAGES = """
SELECT m.id, m.direction, m.author, coalesce(u.name, cu.name) AS author_name, m.text, m.at,
    m.edited_at, m.deleted_at, m.reply_to_id, r.text AS reply_text, m.details::text AS details,
    o.id AS outbound_id, o.state AS outbound_state, o.due_at, o.problem
FROM messages m
JOIN conversations c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
LEFT JOIN customers cu
    ON m.author = 'customer' AND cu.tenant_id = c.tenant_id AND cu.id = c.customer_id
LEFT JOIN users u ON u.id = m.author_user_id
LEFT JOIN messages r ON r.tenant_id = m.tenant_id AND r.id = m.reply_to_id
LEFT JOIN outbound_messages o ON o.tenant_id = m.tenant_id AND o.id = m.outbound_id
WHERE m.tenant_id = $1 AND m.conversation_id = $2 AND ($3::uuid IS NULL OR m.id < $3)
ORDER BY m.id DESC LIMIT $4
"""
_ATTACHMENTS = """
SELECT message_id, id, kind, file_name, mime, size, state FROM attachments
WHERE tenant_id = $1 AND message_id = ANY($2::uuid[]) ORDER BY message_id, position
"""
_VERSIONS = """
SELECT message_id, text, replaced_at FROM message_versions
WHERE tenant_id = $1 AND message_id = ANY($2::uuid[]) ORDER BY message_id, id
"""
_FILE = """
SELECT kind, file_name, mime, size, state, storage_key FROM attachments
WHERE tenant_id = $1 AND id = $2
"""


async def list_conversations(
    uow: UnitOfWork, actor: Actor, which: Filter, *, cursor: str | None = None, limit: int = 50
) -> Page:
    """A page of conversations, the newest word first; `cursor` comes from the page before."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    at, id_ = _opened(cursor)
    limit = max(1, min(limit, MOST_AT_ONCE))
    sql = await uow.sql()
    rows = await sql.fetch(
        _LIST,
        uow.tenant_id,
        which.status,
        which.mine,
        actor.user_id,
        which.unread,
        which.channel,
        which.text.strip().lower() if which.text and which.text.strip() else None,
        at,
        id_,
        limit + 1,
    )
    items = [_view(row) for row in rows[:limit]]
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(items, _cursor(last["last_message_at"], last["id"]) if last else None)


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


async def messages(
    uow: UnitOfWork,
    actor: Actor,
    conversation_id: UUID,
    *,
    before: UUID | None = None,
    limit: int = 50,
) -> Thread:
    """The newest messages, or those before one, oldest first, with files and old versions."""
    await conversation(uow, actor, conversation_id)
    limit = max(1, min(limit, MOST_AT_ONCE))
    sql = await uow.sql()
    rows = await sql.fetch(_MESSAGES, uow.tenant_id, conversation_id, before, limit + 1)
    shown = list(reversed(rows[:limit]))
    ids = [row["id"] for row in shown]
    files = _grouped(await sql.fetch(_ATTACHMENTS, uow.tenant_id, ids))
    versions = _grouped(await sql.fetch(_VERSIONS, uow.tenant_id, ids))
    items = [_message(row, files[row["id"]], versions[row["id"]]) for row in shown]
    return Thread(items, ids[0] if len(rows) > limit else None)


async def stored_file(uow: UnitOfWork, actor: Actor, attachment_id: UUID) -> StoredFile:
    actor.require(Permission.VIEW_CONVERSATIONS)
    sql = await uow.sql()
    row = await sql.fetchrow(_FILE, uow.tenant_id, attachment_id)
    if row is None:
        raise not_found("attachments")
    return StoredFile(*row)


def _grouped(rows: Iterable[asyncpg.Record]) -> defaultdict[UUID, list[asyncpg.Record]]:
    groups: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        groups[row["message_id"]].append(row)
    return groups


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


def _message(
    row: asyncpg.Record, files: list[asyncpg.Record], versions: list[asyncpg.Record]
) -> MessageView:
    return MessageView(
        id=row["id"],
        direction=row["direction"],
        author=row["author"],
        author_name=row["author_name"],
        text=row["text"],
        at=row["at"],
        edited_at=row["edited_at"],
        deleted_at=row["deleted_at"],
        reply_to=QuoteView(row["reply_to_id"], row["reply_text"] or "")
        if row["reply_to_id"]
        else None,
        attachments=tuple(
            AttachmentView(f["id"], f["kind"], f["file_name"], f["mime"], f["size"], f["state"])
            for f in files
        ),
        versions=tuple(VersionView(v["text"], v["replaced_at"]) for v in versions),
        outbound=OutboundGlance(
            row["outbound_id"], row["outbound_state"], row["due_at"], row["problem"]
        )
        if row["outbound_id"]
        else None,
        details=orjson.loads(row["details"]),
    )


def _cursor(at: datetime, id_: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id_}".encode()).decode()


def _opened(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if cursor is None:
        return None, None
    try:
        at, _, id_ = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return datetime.fromisoformat(at), UUID(id_)
    except (ValueError, binascii.Error) as broken:
        raise DomainError(Kind.INVALID, "error.cursor", field="cursor") from broken
