"""What customers write becomes messages, turns and cards: a batch of one account, one transaction.

Hot road: every step is one statement for the whole batch, whatever its size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.conversations.models import ConversationStatus, Direction, TurnState
from core.conversations.storing import (
    AccountRef,
    NewMessage,
    ThreadInHand,
    begin,
    known_threads,
    open_threads,
    save,
)
from core.kernel.ids import new_id
from core.kernel.metrics import DUPLICATES, INBOUND
from core.kernel.nudges import CARDS, DRAFTS, FILES
from core.kernel.uow import TenantUnit
from core.notifications.cards import touch
from core.ports.channel import InboundMessage, RawUpdate

# However long a customer goes on writing, the AI starts after this.
LONGEST_QUIET = timedelta(seconds=15)
PREVIEW_CHARACTERS = 200

__all__ = ["AccountRef", "Received", "preview", "receive"]


@dataclass(frozen=True, slots=True)
class Received:
    new: int
    duplicates: int


async def receive(
    uow: TenantUnit,
    account: AccountRef,
    messages: Sequence[InboundMessage],
    updates: Sequence[RawUpdate] = (),
) -> Received:
    """Store a batch in its order; what has been seen before changes nothing.

    `updates`: what brought the messages, to be kept as read with them; NotOurs, and all of it is to
    be undone, if some were kept before or have to wait.

    A message makes its customer and conversation if they are new, belongs to the open turn or
    opens one, and asks for the operators' cards, all in this transaction.
    """
    sql = await uow.sql()
    begun = await begin(sql, uow.tenant_id, account, messages, updates, uow.clock.now())
    items, now = begun.items, uow.clock.now()
    duplicates = len(messages) - len(items)
    if duplicates:
        DUPLICATES.labels(account.kind).inc(duplicates)
    if not items:
        return Received(0, duplicates)
    by_chat = await known_threads(sql, uow.tenant_id, begun.locked)
    strangers = open_threads(items, by_chat, begun.customers)
    touched: dict[str, ThreadInHand] = {}
    for item in items:
        chat = item.message.external_chat_id
        thread = touched[chat] = by_chat[chat]
        _take(thread, item, begun.quiet, now)
        item.thread_id, item.episode_id, item.turn_id = thread.id, thread.episode_id, thread.turn_id
    threads = list(touched.values())
    await save(sql, uow.tenant_id, account, begun.mode, strangers, threads, items, now)
    await _ask_for_cards(uow, threads)
    if any(thread.turn_changed for thread in threads):
        uow.nudge(DRAFTS)
    if any(item.message.files for item in items):
        uow.nudge(FILES)
    INBOUND.labels(account.kind).inc(len(items))
    return Received(len(items), duplicates)


def _take(thread: ThreadInHand, item: NewMessage, quiet: timedelta, now: datetime) -> None:
    """One message moves its thread on."""
    message = item.message
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


def _answered_by_phone(thread: ThreadInHand) -> None:
    """The store's own person has answered on the phone: the AI's turn is over."""
    thread.version += 1
    thread.last_direction = Direction.OUT
    thread.waiting_since = None
    if thread.status == ConversationStatus.WAITING:
        thread.status = ConversationStatus.ACTIVE
    if thread.turn_state in _OPEN_TURNS:
        thread.turn_state = TurnState.ANSWERED
        thread.turn_changed = True


def _asked(thread: ThreadInHand, item: NewMessage, quiet: timedelta, now: datetime) -> None:
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


async def _ask_for_cards(uow: TenantUnit, threads: list[ThreadInHand]) -> None:
    """The card is asked for in the transaction that keeps the message: it cannot be forgotten."""
    changed = [thread for thread in threads if thread.turn_changed and not thread.turn_is_new]
    # A new turn shrinks the card of the one before it, answered or not.
    before = [thread for thread in threads if thread.turn_is_new and not thread.is_new]
    await touch(uow, *{thread.id for thread in [*changed, *before]})
    if any(thread.begins_turn for thread in threads):
        uow.nudge(CARDS)  # they were asked for with the turn
    for thread in threads:
        uow.tell("conversation.changed", thread.id)
