"""Reads of one conversation's messages into frozen views, and where their files lie."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from core.conversations.queries import conversation
from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.paging import bounded
from core.kernel.uow import UnitOfWork


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
    limit = bounded(limit)
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
