"""What customers write becomes messages, turns and cards: a batch of one account, one transaction.

Hot road: every step is one statement for the whole batch, whatever its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from core.conversations.models import (
    AttachmentState,
    Author,
    ConversationStatus,
    Direction,
    TurnState,
)
from core.identity.duty import on_duty
from core.kernel.ids import new_id
from core.kernel.metrics import DUPLICATES, INBOUND
from core.kernel.nudges import CHANNELS, WORKER
from core.kernel.uow import UnitOfWork
from core.notifications.cards import CardWanted, touch, want
from core.ports.channel import ChannelKind, InboundMessage
from core.tenants.models import Mode

# However long a customer goes on writing, the AI starts after this.
LONGEST_QUIET = timedelta(seconds=15)
PREVIEW_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class AccountRef:
    """The account that messages came by."""

    id: UUID
    kind: ChannelKind


@dataclass(frozen=True, slots=True)
class Received:
    new: int
    duplicates: int


@dataclass(slots=True)
class _Thread:
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
class _Item:
    """A message that had not been seen before, with the id it gets."""

    id: UUID
    message: InboundMessage
    thread_id: UUID | None = None
    episode_id: UUID | None = None
    turn_id: UUID | None = None


async def receive(
    uow: UnitOfWork, account: AccountRef, messages: Sequence[InboundMessage]
) -> Received:
    """Store a batch in its order; what has been seen before changes nothing.

    A message makes its customer and conversation if they are new, belongs to the open turn or
    opens one, and asks for the operators' cards, all in this transaction.
    """
    sql = await uow.sql()
    items = await _unseen(sql, uow.tenant_id, account, messages)
    duplicates = len(messages) - len(items)
    if duplicates:
        DUPLICATES.labels(account.kind).inc(duplicates)
    if not items:
        return Received(0, duplicates)
    now = uow.clock.now()
    settings = await sql.fetchrow(_SETTINGS, uow.tenant_id)
    threads = await _known_threads(sql, uow.tenant_id, account, items)
    await _open_threads(sql, uow.tenant_id, account, items, threads, settings["default_mode"], now)
    quiet = timedelta(milliseconds=settings["quiet_milliseconds"])
    for item in items:
        thread = threads[item.message.external_chat_id]
        _take(thread, item, quiet, now)
        item.thread_id, item.episode_id, item.turn_id = thread.id, thread.episode_id, thread.turn_id
    await _save(sql, uow.tenant_id, account, items, list(threads.values()), now)
    await _ask_for_cards(uow, list(threads.values()))
    if any(thread.turn_changed for thread in threads.values()):
        uow.nudge(WORKER)
    if any(item.message.files for item in items):
        uow.nudge(CHANNELS)
    INBOUND.labels(account.kind).inc(len(items))
    return Received(len(items), duplicates)


def _take(thread: _Thread, item: _Item, quiet: timedelta, now: datetime) -> None:
    """One message moves its thread on."""
    message = item.message
    thread.touched = True
    thread.last_text = preview(message)
    thread.last_at = message.at
    if thread.status == ConversationStatus.RESOLVED:
        thread.episode_id, thread.episode_number = new_id(), thread.episode_number + 1
        thread.episode_is_new = True
        thread.status = ConversationStatus.ACTIVE
    if message.from_owner:
        _answered_by_phone(thread)
    elif message.details.get("command"):
        thread.last_direction = Direction.IN
    else:
        _asked(thread, item, quiet, now)


def _answered_by_phone(thread: _Thread) -> None:
    """The store's own person has answered on the phone: the AI's turn is over."""
    thread.version += 1
    thread.last_direction = Direction.OUT
    thread.waiting_since = None
    if thread.status == ConversationStatus.WAITING:
        thread.status = ConversationStatus.ACTIVE
    if thread.turn_state in _OPEN_TURNS:
        thread.turn_state = TurnState.ANSWERED
        thread.turn_changed = True


def _asked(thread: _Thread, item: _Item, quiet: timedelta, now: datetime) -> None:
    """The customer has said something that wants an answer."""
    thread.version += 1
    thread.unread += 1
    thread.last_direction = Direction.IN
    thread.waiting_since = thread.waiting_since or item.message.at
    if thread.status != ConversationStatus.ESCALATED:
        thread.status = ConversationStatus.WAITING
    if thread.turn_state == TurnState.QUIET and thread.turn_opened_at is not None:
        thread.turn_due_at = min(now + quiet, thread.turn_opened_at + LONGEST_QUIET)
        thread.turn_last = item.id
    else:
        if thread.turn_id is not None and (thread.turn_state in _OPEN_TURNS or thread.turn_changed):
            thread.superseded.append(thread.turn_id)
        thread.turn_id, thread.turn_number = new_id(), thread.turn_number + 1
        thread.turn_is_new = True
        thread.turn_state = TurnState.QUIET
        thread.turn_opened_at, thread.turn_due_at = now, now + quiet
        thread.turn_first = thread.turn_last = item.id
    thread.turn_changed = True


def preview(message: InboundMessage) -> str:
    """What a list shows of a message; a file without words is shown as its kind in brackets."""
    text = message.text or "".join(f"[{file.kind}]" for file in message.files[:1])
    return text[:PREVIEW_CHARACTERS]


_OPEN_TURNS = (TurnState.QUIET, TurnState.DRAFTING, TurnState.READY)

_SETTINGS = """
SELECT default_mode, quiet_milliseconds FROM tenant_settings WHERE tenant_id = $1
"""
_KEYS = """
INSERT INTO message_keys (tenant_id, account_id, external_chat_id, external_message_id, message_id)
SELECT $1, $2, k.chat, k.message, k.id
FROM unnest($3::text[], $4::text[], $5::uuid[]) AS k(chat, message, id)
ON CONFLICT DO NOTHING RETURNING message_id
"""
# Locked in the order of ids: two batches can never wait for each other.
_THREADS = """
SELECT c.id, c.external_chat_id, c.status, c.version, c.episode_id, e.number AS episode_number,
    c.turn_id, t.state AS turn_state, coalesce(t.number, 0) AS turn_number, t.opened_at, t.due_at,
    t.first_message_id, t.last_message_id, c.unread_count, c.waiting_since, c.assignee_id,
    c.customer_id
FROM conversations c
JOIN episodes e ON e.tenant_id = c.tenant_id AND e.id = c.episode_id
LEFT JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id
WHERE c.tenant_id = $1 AND c.account_id = $2 AND c.external_chat_id = ANY($3::text[])
ORDER BY c.id FOR UPDATE OF c
"""
_IDENTITIES = """
SELECT external_user_id, customer_id FROM customer_identities
WHERE tenant_id = $1 AND account_id = $2 AND external_user_id = ANY($3::text[])
"""
_CUSTOMERS = """
INSERT INTO customers (tenant_id, id, name, language, created_at)
SELECT $1, c.id, c.name, c.language, $2
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS c(id, name, language)
"""
_NEW_IDENTITIES = """
INSERT INTO customer_identities (tenant_id, id, customer_id, account_id, external_user_id, username)
SELECT $1, i.id, i.customer, $2, i.external, i.username
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) AS i(id, customer, external, username)
"""
_NUMBERS = """
UPDATE tenants SET conversations_opened = conversations_opened + $2 WHERE id = $1
RETURNING conversations_opened
"""
_CONVERSATIONS = """
INSERT INTO conversations (tenant_id, id, number, customer_id, account_id, external_chat_id,
    mode, episode_id, last_message_at, created_at)
SELECT $1, c.id, c.number, c.customer, $2, c.chat, $3, c.episode, $4, $4
FROM unnest($5::uuid[], $6::int[], $7::uuid[], $8::text[], $9::uuid[])
     AS c(id, number, customer, chat, episode)
"""
_EPISODES = """
INSERT INTO episodes (tenant_id, id, conversation_id, number, opened_at)
SELECT $1, e.id, e.conversation, e.number, $2
FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS e(id, conversation, number)
"""
_TURNS = """
INSERT INTO turns (tenant_id, id, conversation_id, episode_id, number, state, first_message_id,
    last_message_id, opened_at, due_at)
SELECT $1, t.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::uuid[],
    $8::uuid[], $9::timestamptz[], $10::timestamptz[]) AS t
ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state,
    last_message_id = excluded.last_message_id, due_at = excluded.due_at
"""
_SUPERSEDE = """
UPDATE turns SET state = 'superseded', closed_at = $3, lease_token = NULL
WHERE tenant_id = $1 AND id = ANY($2::uuid[])
"""
_MESSAGES = """
INSERT INTO messages (tenant_id, id, conversation_id, episode_id, turn_id, direction, author,
    external_message_id, text, reply_to_id, album_key, details, at, received_at)
SELECT $1, m.id, m.conversation, m.episode, m.turn, m.direction, m.author, m.external, m.text,
    (SELECT k.message_id FROM message_keys k WHERE k.tenant_id = $1 AND k.account_id = $2
        AND k.external_chat_id = m.chat AND k.external_message_id = m.reply_to),
    m.album, m.details::jsonb, m.at, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[])
    AS m(id, conversation, episode, turn, direction, author, external, chat, text, reply_to, album,
         details, at)
"""
_ATTACHMENTS = """
INSERT INTO attachments (tenant_id, id, message_id, account_id, position, kind, state,
    external_file_id, file_name, mime, size, seconds, due_at)
SELECT $1, a.id, a.message, $2, a.position, a.kind, a.state, a.file, a.name, a.mime, a.size,
    a.seconds, $3
FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::bigint[], $13::int[])
    AS a(id, message, position, kind, state, file, name, mime, size, seconds)
"""
_MOVE_ON = """
UPDATE conversations c SET status = v.status, version = v.version, episode_id = v.episode,
    turn_id = v.turn, unread_count = v.unread, waiting_since = v.waiting,
    last_message_at = v.at, last_message_text = v.text, last_message_direction = v.direction,
    snoozed_until = NULL
FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[], $7::int[],
    $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[])
    AS v(id, status, version, episode, turn, unread, waiting, at, text, direction)
WHERE c.tenant_id = $1 AND c.id = v.id
"""


async def _unseen(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    messages: Sequence[InboundMessage],
) -> list[_Item]:
    items = [_Item(new_id(), message) for message in messages]
    rows = await sql.fetch(
        _KEYS,
        tenant_id,
        account.id,
        [item.message.external_chat_id for item in items],
        [item.message.external_message_id for item in items],
        [item.id for item in items],
    )
    kept = {row["message_id"] for row in rows}
    return [item for item in items if item.id in kept]


async def _known_threads(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, account: AccountRef, items: list[_Item]
) -> dict[str, _Thread]:
    chats = sorted({item.message.external_chat_id for item in items})
    rows = await sql.fetch(_THREADS, tenant_id, account.id, chats)
    return {
        row["external_chat_id"]: _Thread(
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


async def _open_threads(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[_Item],
    threads: dict[str, _Thread],
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
        for row in await sql.fetch(_IDENTITIES, tenant_id, account.id, users)
    }
    strangers: dict[str, InboundMessage] = {
        message.external_user_id: message
        for message in reversed(first.values())
        if message.external_user_id not in known
    }
    fresh = {user: new_id() for user in strangers}
    await sql.execute(
        _CUSTOMERS,
        tenant_id,
        now,
        list(fresh.values()),
        [message.user_name for message in strangers.values()],
        [message.language for message in strangers.values()],
    )
    await sql.execute(
        _NEW_IDENTITIES,
        tenant_id,
        account.id,
        [new_id() for _ in fresh],
        list(fresh.values()),
        list(fresh),
        [message.username for message in strangers.values()],
    )
    known.update(fresh)
    last = await sql.fetchval(_NUMBERS, tenant_id, len(first))
    for number, (chat, message) in enumerate(first.items(), last - len(first) + 1):
        threads[chat] = _new_thread(chat, known[message.external_user_id], number)
    opened = [threads[chat] for chat in first]
    await sql.execute(
        _CONVERSATIONS,
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


def _new_thread(chat: str, customer_id: UUID, number: int) -> _Thread:
    return _Thread(
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


async def _save(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    account: AccountRef,
    items: list[_Item],
    threads: list[_Thread],
    now: datetime,
) -> None:
    episodes = [thread for thread in threads if thread.episode_is_new]
    if episodes:
        await sql.execute(
            _EPISODES,
            tenant_id,
            now,
            [thread.episode_id for thread in episodes],
            [thread.id for thread in episodes],
            [thread.episode_number for thread in episodes],
        )
    superseded = [turn for thread in threads for turn in thread.superseded]
    if superseded:
        await sql.execute(_SUPERSEDE, tenant_id, superseded, now)
    await _save_turns(sql, tenant_id, [thread for thread in threads if thread.turn_changed])
    await _save_messages(sql, tenant_id, account, items, now)
    await sql.execute(
        _MOVE_ON,
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
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, threads: list[_Thread]
) -> None:
    if not threads:
        return
    await sql.execute(
        _TURNS,
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
    items: list[_Item],
    now: datetime,
) -> None:
    messages = [item.message for item in items]
    await sql.execute(
        _MESSAGES,
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
        _ATTACHMENTS,
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


async def _ask_for_cards(uow: UnitOfWork, threads: list[_Thread]) -> None:
    """The card is asked for in the transaction that keeps the message: it cannot be forgotten."""
    changed = [thread for thread in threads if thread.turn_changed and not thread.turn_is_new]
    # A new turn shrinks the card of the one before it, answered or not.
    before = [thread for thread in threads if thread.turn_is_new and not thread.is_new]
    await touch(uow, *{thread.id for thread in [*changed, *before]})
    opened = [thread for thread in threads if thread.turn_is_new]
    if opened:
        people = await on_duty(uow)
        wanted = []
        for thread in opened:
            if thread.turn_id is None:
                continue
            alone = [person for person in people if person.user_id == thread.assignee_id]
            wanted += [
                CardWanted(thread.id, thread.turn_id, person) for person in alone or people
            ]
        await want(uow, wanted)
    for thread in threads:
        uow.tell("conversation.changed", thread.id)
