"""The statements of the hot road: one for the whole batch, whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from core.conversations import statements
from core.conversations.models import (
    AttachmentState,
    Author,
    ConversationStatus,
    Direction,
)
from core.kernel.ids import new_id
from core.ports.channel import ChannelKind, InboundMessage
from core.tenants.models import Mode


@dataclass(frozen=True, slots=True)
class AccountRef:
    """The account that messages came by."""

    id: UUID
    kind: ChannelKind


@dataclass(slots=True)
class ThreadInHand:
    """A conversation as this batch leaves it."""

    id: UUID
    chat: str
    is_new: bool
    status: str
    version: int
    episode_id: UUID
    episode_number: int
    turn_id: UUID | None
    turn_state: str | None
    turn_number: int
    turn_opened_at: datetime | None
    turn_due_at: datetime | None
    turn_first: UUID | None
    turn_last: UUID | None
    unread: int
    waiting_since: datetime | None
    assignee_id: UUID | None
    customer_id: UUID
    number: int = 0
    turn_is_new: bool = False
    turn_changed: bool = False
    superseded: list[UUID] = field(default_factory=list)
    episode_is_new: bool = False
    last_text: str = ""
    last_at: datetime | None = None
    last_direction: str = Direction.IN
    touched: bool = False


@dataclass(slots=True)
class NewMessage:
    """A message that had not been seen before, with the id it gets."""

    id: UUID
    message: InboundMessage
    thread_id: UUID | None = None
    episode_id: UUID | None = None
    turn_id: UUID | None = None


async def tenant_defaults(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID
) -> tuple[Mode, timedelta]:
    """The mode of new conversations, and how long a customer is quiet before the AI drafts."""
    [row] = await sql.fetch(statements.SETTINGS, tenant_id)
    return Mode(row["default_mode"]), timedelta(milliseconds=row["quiet_milliseconds"])


async def unseen(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    messages: Sequence[InboundMessage],
) -> list[NewMessage]:
    items = [NewMessage(new_id(), message) for message in messages]
    rows = await sql.fetch(
        statements.KEYS,
        tenant_id,
        account.id,
        [item.message.external_chat_id for item in items],
        [item.message.external_message_id for item in items],
        [item.id for item in items],
    )
    kept = {row["message_id"] for row in rows}
    return [item for item in items if item.id in kept]


async def known_threads(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, account: AccountRef, items: list[NewMessage]
) -> dict[str, ThreadInHand]:
    chats = sorted({item.message.external_chat_id for item in items})
    locked = await sql.fetch(statements.LOCK, tenant_id, account.id, chats)
    if not locked:
        return {}
    rows = await sql.fetch(statements.THREADS, tenant_id, [row["id"] for row in locked])
    return {
        row["external_chat_id"]: ThreadInHand(
            id=row["id"],
            chat=row["external_chat_id"],
            is_new=False,
            status=row["status"],
            version=row["version"],
            episode_id=row["episode_id"],
            episode_number=row["episode_number"],
            turn_id=row["turn_id"],
            turn_state=row["turn_state"],
            turn_number=row["turn_number"],
            turn_opened_at=row["opened_at"],
            turn_due_at=row["due_at"],
            turn_first=row["first_message_id"],
            turn_last=row["last_message_id"],
            unread=row["unread_count"],
            waiting_since=row["waiting_since"],
            assignee_id=row["assignee_id"],
            customer_id=row["customer_id"],
        )
        for row in rows
    }


async def open_threads(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[NewMessage],
    threads: dict[str, ThreadInHand],
    mode: Mode,
    now: datetime,
) -> None:
    """Customers and conversations for chats never seen before."""
    first: dict[str, InboundMessage] = {}
    for item in items:
        if item.message.external_chat_id not in threads:
            first.setdefault(item.message.external_chat_id, item.message)
    if not first:
        return
    users = sorted({message.external_user_id for message in first.values()})
    known = {
        row["external_user_id"]: row["customer_id"]
        for row in await sql.fetch(statements.IDENTITIES, tenant_id, account.id, users)
    }
    strangers: dict[str, InboundMessage] = {
        message.external_user_id: message
        for message in reversed(first.values())
        if message.external_user_id not in known
    }
    fresh = {user: new_id() for user in strangers}
    await sql.execute(
        statements.CUSTOMERS,
        tenant_id,
        now,
        list(fresh.values()),
        [message.user_name for message in strangers.values()],
        [message.language for message in strangers.values()],
    )
    await sql.execute(
        statements.NEW_IDENTITIES,
        tenant_id,
        account.id,
        [new_id() for _ in fresh],
        list(fresh.values()),
        list(fresh),
        [message.username for message in strangers.values()],
    )
    known.update(fresh)
    last = await sql.fetchval(statements.NUMBERS, tenant_id, len(first))
    for number, (chat, message) in enumerate(first.items(), last - len(first) + 1):
        threads[chat] = _new_thread(chat, known[message.external_user_id], number)
    opened = [threads[chat] for chat in first]
    await sql.execute(
        statements.CONVERSATIONS,
        tenant_id,
        account.id,
        mode,
        now,
        [thread.id for thread in opened],
        [thread.number for thread in opened],
        [thread.customer_id for thread in opened],
        [thread.chat for thread in opened],
        [thread.episode_id for thread in opened],
    )


def _new_thread(chat: str, customer_id: UUID, number: int) -> ThreadInHand:
    return ThreadInHand(
        id=new_id(),
        chat=chat,
        is_new=True,
        status=ConversationStatus.ACTIVE,
        version=1,
        episode_id=new_id(),
        episode_number=1,
        turn_id=None,
        turn_state=None,
        turn_number=0,
        turn_opened_at=None,
        turn_due_at=None,
        turn_first=None,
        turn_last=None,
        unread=0,
        waiting_since=None,
        assignee_id=None,
        customer_id=customer_id,
        number=number,
        episode_is_new=True,
    )


async def save(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[NewMessage],
    threads: list[ThreadInHand],
    now: datetime,
) -> None:
    episodes = [thread for thread in threads if thread.episode_is_new]
    if episodes:
        await sql.execute(
            statements.EPISODES,
            tenant_id,
            now,
            [thread.episode_id for thread in episodes],
            [thread.id for thread in episodes],
            [thread.episode_number for thread in episodes],
        )
    superseded = [turn for thread in threads for turn in thread.superseded]
    if superseded:
        await sql.execute(statements.SUPERSEDE, tenant_id, superseded, now)
    await _save_turns(sql, tenant_id, [thread for thread in threads if thread.turn_changed])
    await _save_messages(sql, tenant_id, account, items, now)
    await sql.execute(
        statements.MOVE_ON,
        tenant_id,
        [thread.id for thread in threads],
        [thread.status for thread in threads],
        [thread.version for thread in threads],
        [thread.episode_id for thread in threads],
        [thread.turn_id for thread in threads],
        [thread.unread for thread in threads],
        [thread.waiting_since for thread in threads],
        [thread.last_at for thread in threads],
        [thread.last_text for thread in threads],
        [thread.last_direction for thread in threads],
    )


async def _save_turns(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, threads: list[ThreadInHand]
) -> None:
    if not threads:
        return
    await sql.execute(
        statements.TURNS,
        tenant_id,
        [thread.turn_id for thread in threads],
        [thread.id for thread in threads],
        [thread.episode_id for thread in threads],
        [thread.turn_number for thread in threads],
        [thread.turn_state for thread in threads],
        [thread.turn_first for thread in threads],
        [thread.turn_last for thread in threads],
        [thread.turn_opened_at for thread in threads],
        [thread.turn_due_at for thread in threads],
    )


async def _save_messages(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[NewMessage],
    now: datetime,
) -> None:
    messages = [item.message for item in items]
    await sql.execute(
        statements.MESSAGES,
        tenant_id,
        account.id,
        now,
        [item.id for item in items],
        [item.thread_id for item in items],
        [item.episode_id for item in items],
        [item.turn_id for item in items],
        [Direction.OUT if message.from_owner else Direction.IN for message in messages],
        [Author.OWNER if message.from_owner else Author.CUSTOMER for message in messages],
        [message.external_message_id for message in messages],
        [message.external_chat_id for message in messages],
        [message.text for message in messages],
        [message.reply_to_external_id for message in messages],
        [message.album_key for message in messages],
        [orjson.dumps(message.details).decode() for message in messages],
        [message.at for message in messages],
    )
    files = [
        (item.id, position, file)
        for item in items
        for position, file in enumerate(item.message.files)
    ]
    if not files:
        return
    await sql.execute(
        statements.ATTACHMENTS,
        tenant_id,
        account.id,
        now,
        [new_id() for _ in files],
        [message_id for message_id, _, _ in files],
        [position for _, position, _ in files],
        [file.kind for _, _, file in files],
        [
            AttachmentState.TOO_BIG
            if file.too_big
            else AttachmentState.PENDING
            if file.external_file_id
            else AttachmentState.STORED
            for _, _, file in files
        ],
        [file.external_file_id for _, _, file in files],
        [file.name for _, _, file in files],
        [file.mime for _, _, file in files],
        [file.size for _, _, file in files],
        [file.seconds for _, _, file in files],
    )
