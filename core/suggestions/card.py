"""What a card shows, as plain values, frozen at one moment."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from core.pricing.queries import PriceShown


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose card it is: how to speak to them."""

    user_id: UUID
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class AttachmentShown:
    kind: str
    name: str | None
    too_big: bool


@dataclass(frozen=True, slots=True)
class MessageShown:
    """`text` may be a head of what was written: `length` is the whole, in characters."""

    id: UUID
    author: str
    author_name: str | None
    text: str
    length: int
    reply_to: str | None
    edited: bool
    deleted: bool
    at: datetime
    attachments: tuple[AttachmentShown, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadShown:
    id: UUID
    number: int
    status: str
    mode: str
    channel: str
    customer: str
    unread: int
    waiting_since: datetime | None
    assignee: str | None


@dataclass(frozen=True, slots=True)
class TurnShown:
    """The customer's newest words in `messages`, the episode before them in `earlier`.

    Both oldest first. `hidden`: the turn began with more messages than are here.
    """

    id: UUID
    state: str
    opened_at: datetime
    messages: tuple[MessageShown, ...] = ()
    earlier: tuple[MessageShown, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SourceShown:
    kind: str
    title: str
    price: Decimal | None
    currency: str | None
    stock: int | None


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    id: UUID
    version: int
    status: str
    text: str
    intent: str | None
    score: Decimal | None
    reasons: tuple[str, ...]
    sources: tuple[SourceShown, ...]
    unbound: tuple[str, ...]
    failure: str | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    editing_by: str | None
    editing_until: datetime | None


@dataclass(frozen=True, slots=True)
class OutboundShown:
    id: UUID
    state: str
    text: str
    author: str
    author_name: str | None
    due_at: datetime
    settled_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class EscalationShown:
    reason: str
    by: str | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class CardView:
    """One card.

    `newest`: its turn is the conversation's last. `page`: which buttons are open. `repeats`:
    above zero it may hang in the chat already, sent before a crash.
    """

    tenant_id: UUID
    id: UUID
    chat_id: int
    message_id: int | None
    page: str
    repeats: int
    newest: bool
    newest_turn_id: UUID | None
    reader: Reader
    thread: ThreadShown
    turn: TurnShown
    suggestion: SuggestionShown | None
    outbound: OutboundShown | None
    escalation: EscalationShown | None
    ai_off: bool = False
    price: PriceShown | None = None
