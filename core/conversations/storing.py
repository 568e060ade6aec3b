"""The statements of the hot road: one for the whole batch, whatever its size."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.channels.inbox import columns_as_read, require_all
from core.conversations import statements
from core.conversations.models import (
    AttachmentState,
    Author,
    ConversationStatus,
    Direction,
)
from core.kernel.ids import new_id
from core.kernel.records import as_records
from core.ports.channel import ChannelKind, InboundMessage, RawUpdate
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
    turn_is_new: bool = False
    turn_changed: bool = False
    superseded: list[UUID] = field(default_factory=list)
    episode_is_new: bool = False
    last_text: str = ""
    last_at: datetime | None = None
    last_direction: str = Direction.IN

    @property
    def begins_turn(self) -> bool:
        return self.turn_is_new and self.turn_id is not None


@dataclass(frozen=True, slots=True)
class Stranger:
    """A customer nobody has heard of, by the first message."""

    id: UUID
    message: InboundMessage


@dataclass(frozen=True, slots=True)
class Begun:
    """What a batch begins with: what of it is new, and the conversations it has locked.

    `customers` by the messenger's id of who writes; `mode` is that of new conversations; a customer
    is `quiet` so long before the AI drafts.
    """

    items: list["NewMessage"]
    locked: list[UUID]
    customers: dict[str, UUID]
    mode: Mode
    quiet: timedelta


@dataclass(slots=True)
class NewMessage:
    """A message that had not been seen before, with the id it gets."""

    id: UUID
    message: InboundMessage
    thread_id: UUID | None = None
    episode_id: UUID | None = None
    turn_id: UUID | None = None


async def begin(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    messages: Sequence[InboundMessage],
    updates: Sequence[RawUpdate],
    now: datetime,
) -> Begun:
    """Lock what they touch and keep the updates they came in; NotOurs if those are not ours."""
    items = [NewMessage(new_id(), message) for message in messages]
    [row] = await sql.fetch(
        statements.KEEP_AND_BEGIN if updates else statements.BEGIN,
        tenant_id,
        account.id,
        as_records(
            {
                "chat": item.message.external_chat_id,
                "message": item.message.external_message_id,
                "id": item.id,
            }
            for item in items
        ),
        list({item.message.external_chat_id for item in items}),
        list({item.message.external_user_id for item in items}),
        *(columns_as_read(updates, now) if updates else ()),
    )
    if updates:
        require_all(updates, row["updates"])
    kept = set(row["kept"])
    return Begun(
        [item for item in items if item.id in kept],
        row["locked"],
        dict(zip(row["users"], row["customers"], strict=True)),
        Mode(row["default_mode"]),
        timedelta(milliseconds=row["quiet_milliseconds"]),
    )


async def known_threads(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, locked: Sequence[UUID]
) -> dict[str, ThreadInHand]:
    """By chat, as they are now that they are locked."""
    if not locked:
        return {}
    rows = await sql.fetch(statements.THREADS, tenant_id, locked)
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


def open_threads(
    items: list[NewMessage], threads: dict[str, ThreadInHand], customers: Mapping[str, UUID]
) -> list[Stranger]:
    """Adds conversations for chats never seen before; returns the customers who are new."""
    known = dict(customers)
    strangers: list[Stranger] = []
    for message in (item.message for item in items):
        chat, user = message.external_chat_id, message.external_user_id
        if chat in threads:
            continue
        if user not in known:
            known[user] = new_id()
            strangers.append(Stranger(known[user], message))
        threads[chat] = _new_thread(chat, known[user])
    return strangers


def _new_thread(chat: str, customer_id: UUID) -> ThreadInHand:
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
        episode_is_new=True,
    )


async def save(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    mode: Mode,
    strangers: list[Stranger],
    threads: list[ThreadInHand],
    items: list[NewMessage],
    now: datetime,
) -> None:
    """Customers, conversations, episodes, turns and messages, as this batch leaves them.

    The cards of turns that have begun are asked for in the same statement.
    """
    begun, nth = itertools.count(1), itertools.count(1)
    await sql.execute(
        statements.SAVE,
        tenant_id,
        account.id,
        now,
        mode,
        as_records(_stranger(one) for one in strangers),
        as_records(_thread(one, begun, nth) for one in threads),
        as_records(_message(one) for one in items),
        [turn for thread in threads for turn in thread.superseded],
    )
    await _save_files(sql, tenant_id, account, items, now)


def _stranger(stranger: Stranger) -> dict[str, Any]:
    return {
        "customer": stranger.id,
        "name": stranger.message.user_name,
        "language": stranger.message.language,
        "identity": new_id(),
        "external": stranger.message.external_user_id,
        "username": stranger.message.username,
    }


def _thread(thread: ThreadInHand, begun: Iterator[int], nth: Iterator[int]) -> dict[str, Any]:
    """`nth` is for a new one only, an episode's number and a turn's state for what is to be kept.

    `begun`: its turn has just begun, nobody has the card yet.
    """
    return {
        "id": thread.id,
        "nth": next(nth) if thread.is_new else None,
        "customer": thread.customer_id,
        "chat": thread.chat,
        "status": thread.status,
        "version": thread.version,
        "episode": thread.episode_id,
        "new_episode": thread.episode_number if thread.episode_is_new else None,
        "turn": thread.turn_id,
        "turn_number": thread.turn_number,
        "turn_state": thread.turn_state if thread.turn_changed else None,
        "turn_first": thread.turn_first,
        "turn_last": thread.turn_last,
        "turn_opened": thread.turn_opened_at,
        "turn_due": thread.turn_due_at,
        "begun": next(begun) if thread.begins_turn else None,
        "assignee": thread.assignee_id,
        "unread": thread.unread,
        "waiting": thread.waiting_since,
        "at": thread.last_at,
        "text": thread.last_text,
        "direction": thread.last_direction,
    }


def _message(item: NewMessage) -> dict[str, Any]:
    message = item.message
    return {
        "id": item.id,
        "conversation": item.thread_id,
        "episode": item.episode_id,
        "turn": item.turn_id,
        "direction": Direction.OUT if message.from_owner else Direction.IN,
        "author": Author.OWNER if message.from_owner else Author.CUSTOMER,
        "external": message.external_message_id,
        "chat": message.external_chat_id,
        "text": message.text,
        "reply_to": message.reply_to_external_id,
        "album": message.album_key,
        "details": message.details,
        "at": message.at,
    }


async def _save_files(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[NewMessage],
    now: datetime,
) -> None:
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
