"""Asking what a part costs: by a button, or because the catalogue does not say."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.conversations.models import Conversation, Direction, Message
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.nudges import PRICES
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.ports.ai import Intent
from core.ports.prices import PROMPT_VERSION, PriceQuestion
from core.pricing.models import LookupState, PriceLookup, PriceRequest
from core.pricing.question import Hint, question_of
from core.pricing.sums import ROUBLES
from core.tenants.models import Status, Tenant
from core.tenants.service import settings_of, store_of

REGION = "RU"
_MESSAGES = 20
_LONGEST = 4000


def entitled(store: Tenant, now: datetime) -> bool:
    """Whether the store may ask at all: it is active, and its trial or subscription runs."""
    return store.status == Status.ACTIVE and now < store.trial_ends_at


async def ask(
    uow: UnitOfWork, actor: Actor, conversation_id: UUID, *, turn_id: UUID | None = None
) -> PriceLookup:
    """Look up what the customer asks about; what is known already is given at once.

    CONFLICT if the conversation has another turn by now, INVALID if no part is named.
    """
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.get(Conversation, conversation_id)
    if not entitled(await store_of(uow), uow.clock.now()):
        raise DomainError(Kind.FORBIDDEN, "price.no_subscription")
    if turn_id is not None and conversation.turn_id != turn_id:
        raise DomainError(Kind.CONFLICT, "suggestion.moved_on")
    turn, earlier = await _said(uow, conversation)
    question = question_of(turn, earlier)
    if question is None or conversation.turn_id is None:
        raise DomainError(Kind.INVALID, "price.nothing_named")
    return await _join(uow, conversation.id, conversation.turn_id, question, actor.user_id)


async def ask_if_unmatched(
    uow: UnitOfWork,
    conversation: Conversation,
    turn: Sequence[str],
    history: Sequence[tuple[str, str]],
    intent: Intent,
    *,
    priced: bool,
    hint: Hint | None = None,
) -> PriceLookup | None:
    """A price was asked for and the catalogue has none: the market is asked without a press.

    `history` as a brief has it, (customer | store, text) oldest first. `priced`: the draft stands
    on a product with a price.
    """
    if intent is not Intent.PRICE or priced or conversation.turn_id is None:
        return None
    if not entitled(await store_of(uow), uow.clock.now()):
        return None
    earlier = [words for whose, words in history if whose == "customer"]
    question = question_of(turn, earlier, hint)
    if question is None:
        return None
    return await _join(uow, conversation.id, conversation.turn_id, question, None)


def key_of(question: PriceQuestion, currency: str) -> str:
    """One key for one question, whoever asks it and however it was worded."""
    asked = [*sorted(question.plain().items()), ("region", REGION), ("currency", currency)]
    return hashlib.sha256(orjson.dumps([PROMPT_VERSION, asked]).lower()).hexdigest()


async def _join(
    uow: UnitOfWork,
    conversation_id: UUID,
    turn_id: UUID,
    question: PriceQuestion,
    asked_by: UUID | None,
) -> PriceLookup:
    """The turn waits for the one lookup of this question; it is begun if it is not under way.

    The lookup is locked before the request is written: who settles it meanwhile sees the request.
    """
    now = uow.clock.now()
    lookup = await _the_lookup(uow, question, now)
    if lookup.is_stale(now):
        lookup.begin(now)
    await uow.session.flush()
    row = {"lookup_id": lookup.id, "asked_by": asked_by, "asked_at": now}
    await uow.session.execute(
        insert(PriceRequest)
        .values(
            tenant_id=uow.tenant_id,
            id=new_id(),
            conversation_id=conversation_id,
            turn_id=turn_id,
            **row,
        )
        .on_conflict_do_update(index_elements=["tenant_id", "turn_id"], set_=row)
    )
    if lookup.state == LookupState.PENDING:
        uow.nudge(PRICES)
    await touch(uow, conversation_id)
    return lookup


async def _the_lookup(uow: UnitOfWork, question: PriceQuestion, now: datetime) -> PriceLookup:
    settings = await settings_of(uow)
    currency = settings.currency if settings.currency in ROUBLES else "RUB"
    key = key_of(question, currency)
    await uow.session.execute(
        insert(PriceLookup)
        .values(
            tenant_id=uow.tenant_id,
            id=new_id(),
            key=key,
            question=question.plain(),
            currency=currency,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "key"])
    )
    lookup = await uow.session.scalar(
        select(PriceLookup)
        .where(PriceLookup.tenant_id == uow.tenant_id, PriceLookup.key == key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if lookup is None:
        raise RuntimeError("a lookup that was just written is not there")
    return lookup


async def _said(uow: UnitOfWork, conversation: Conversation) -> tuple[list[str], list[str]]:
    """The customer's words of this turn, and those before it in the episode, oldest first."""
    rows = (
        await uow.session.execute(
            select(Message.turn_id, Message.text)
            .where(
                Message.tenant_id == uow.tenant_id,
                Message.conversation_id == conversation.id,
                Message.episode_id == conversation.episode_id,
                Message.direction == Direction.IN,
                Message.deleted_at.is_(None),
            )
            .order_by(Message.id.desc())
            .limit(_MESSAGES)
        )
    ).all()
    words = [(turn_id, text[:_LONGEST]) for turn_id, text in reversed(rows) if text]
    turn = [text for turn_id, text in words if turn_id == conversation.turn_id]
    return turn, [text for turn_id, text in words if turn_id != conversation.turn_id]
