"""All a draft stands on, gathered in short reads before any model is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from core.conversations.models import Author, Conversation, Direction, Message, Turn
from core.customers.models import Customer
from core.delivery.models import OutboundMessage, OutboundState
from core.kernel.uow import UnitOfWork
from core.suggestions.models import Suggestion, SuggestionStatus
from core.tenants.models import Tenant, TenantSettings
from core.tenants.service import settings_of, store_of

REGENERATED = "regenerated"
_HISTORY_MESSAGES = 20
_TEXT_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Brief:
    """A turn and its surroundings, as they were at `fence`."""

    tenant_id: UUID
    conversation_id: UUID
    turn_id: UUID
    turn_number: int
    fence: int
    mode: str
    customer_name: str
    turn: tuple[str, ...]
    history: tuple[tuple[str, str], ...]
    avoid: str | None
    store: Tenant
    settings: TenantSettings
    drafting_since: datetime | None

    @property
    def said(self) -> str:
        return "\n".join(self.turn)


async def gather(uow: UnitOfWork, turn_id: UUID) -> Brief | None:
    """The brief of a turn, None if the turn is no longer the one to answer.

    Everything the customer has said that no reply was meant for is the turn; the rest of this
    episode is the history. A reply may settle after the words of the next turn: approved before
    them, sent after them. One that the channel refused was never said.
    """
    turn = await uow.get(Turn, turn_id)
    conversation = await uow.get(Conversation, turn.conversation_id)
    if conversation.turn_id != turn.id:
        return None
    customer = await uow.get(Customer, conversation.customer_id)
    newest_first = (
        await uow.session.scalars(
            select(Message)
            .where(
                Message.tenant_id == uow.tenant_id,
                Message.conversation_id == conversation.id,
                Message.episode_id == conversation.episode_id,
                Message.deleted_at.is_(None),
                ~exists().where(
                    OutboundMessage.tenant_id == Message.tenant_id,
                    OutboundMessage.id == Message.outbound_id,
                    OutboundMessage.state == OutboundState.REJECTED,
                ),
            )
            .order_by(Message.id.desc())
            .limit(_HISTORY_MESSAGES)
        )
    ).all()
    asked, told = _parted(newest_first, turn)
    return Brief(
        tenant_id=uow.tenant_id,
        conversation_id=conversation.id,
        turn_id=turn.id,
        turn_number=turn.number,
        fence=conversation.version,
        mode=conversation.mode,
        customer_name=customer.name,
        turn=asked,
        history=told,
        avoid=await _unwanted(uow, turn.id),
        store=await store_of(uow),
        settings=await settings_of(uow),
        drafting_since=turn.drafting_since,
    )


def _parted(
    newest_first: Sequence[Message], turn: Turn
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What is to be answered and what was said before, oldest first."""
    asked: list[str] = []
    told: list[tuple[str, str]] = []
    answered = False
    answered_turns: set[UUID | None] = set()
    for message in newest_first:
        if message.direction == Direction.OUT and message.author != Author.SYSTEM:
            answered_turns.add(message.turn_id)
            answered = answered or message.id < turn.first_message_id
        elif message.direction == Direction.IN and message.turn_id != turn.id:
            answered = answered or message.turn_id in answered_turns
        words = _words(message)
        if not words:
            continue
        if message.direction == Direction.IN and not answered:
            asked.append(words)
        else:
            told.append((_whose(message), words))
    return tuple(reversed(asked)), tuple(reversed(told))


def _words(message: Message) -> str:
    if message.details.get("command"):
        return ""
    return message.text[:_TEXT_CHARACTERS]


def _whose(message: Message) -> str:
    return "customer" if message.author == Author.CUSTOMER else "store"


async def _unwanted(uow: UnitOfWork, turn_id: UUID) -> str | None:
    """The draft the operator asked to have replaced, if there is one."""
    text: str | None = await uow.session.scalar(
        select(Suggestion.draft)
        .where(
            Suggestion.tenant_id == uow.tenant_id,
            Suggestion.turn_id == turn_id,
            Suggestion.status == SuggestionStatus.SUPERSEDED,
            Suggestion.reason == REGENERATED,
        )
        .order_by(Suggestion.id.desc())
        .limit(1)
    )
    return text
