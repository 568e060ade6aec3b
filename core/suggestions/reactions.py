"""What follows a decision once it stands."""

from datetime import timedelta

from sqlalchemy import select

from core.conversations.models import Conversation, Direction, Message, Turn
from core.delivery.models import OutboundMessage, OutboundState
from core.escalations.service import open_escalation
from core.events.catalogue import (
    BudgetSpent,
    ReplySettled,
    SuggestionDecided,
    SuggestionReopened,
)
from core.events.service import reaction
from core.identity.duty import leaders
from core.identity.permissions import system
from core.kernel import failpoints
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.notifications.notices import tell
from core.suggestions.contacts import forget, remember
from core.suggestions.decide import reopen_turn
from core.suggestions.models import Suggestion, SuggestionStatus
from core.suggestions.try_again import PARKED
from core.training.service import Lesson, learn, unlearn

_A_DAY = timedelta(hours=20)  # a store's own day may begin earlier than its last notice was read
_SENT_BY_A_PERSON = (SuggestionStatus.APPROVED, SuggestionStatus.EDITED)


@reaction(SuggestionDecided)
async def teach(uow: UnitOfWork, event: SuggestionDecided) -> None:
    """Every operator's action is a label and a sample."""
    suggestion = await uow.get(Suggestion, event.suggestion_id)
    turn = await uow.get(Turn, suggestion.turn_id)
    words = await uow.session.scalars(
        select(Message.text)
        .where(
            Message.tenant_id == uow.tenant_id,
            Message.conversation_id == suggestion.conversation_id,
            Message.direction == Direction.IN,
            Message.id >= turn.first_message_id,
            Message.id <= turn.last_message_id,
        )
        .order_by(Message.id)
    )
    lesson = Lesson(
        suggestion_id=suggestion.id,
        version=event.version,
        conversation_id=suggestion.conversation_id,
        outcome=event.outcome,
        reason=suggestion.reason,
        user_id=event.user_id,
        user_message="\n".join(words),
        ai_suggestion=suggestion.text,
        final_answer=suggestion.final_text,
        intent=suggestion.intent,
        score=suggestion.score,
        model=suggestion.model,
        prompt_hash=suggestion.prompt_hash,
        embedder=suggestion.embedder,
    )
    await learn(uow, lesson)
    if suggestion.final_text and event.outcome in _SENT_BY_A_PERSON:
        await remember(uow, suggestion.final_text, suggestion.id)


@reaction(SuggestionReopened)
async def take_lesson_back(uow: UnitOfWork, event: SuggestionReopened) -> None:
    await unlearn(uow, event.suggestion_id, event.version)
    await forget(uow, event.suggestion_id)


@reaction(ReplySettled)
async def offer_again(uow: UnitOfWork, event: ReplySettled) -> None:
    """It never went out: the draft may be decided upon again, unless the thread has moved on."""
    if event.state not in (OutboundState.REJECTED, OutboundState.CANCELLED):
        return
    outbound = await uow.get(OutboundMessage, event.outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    if outbound.problem == "outbound.sent_again":
        return
    await reopen_turn(uow, conversation, outbound)
    await uow.session.flush()
    await touch(uow, conversation.id)
    failpoints.reach("react.done")


@reaction(ReplySettled)
async def call_for_a_person(uow: UnitOfWork, event: ReplySettled) -> None:
    """A reply is parked: owners and admins are told, on duty or not."""
    if event.state != OutboundState.PARKED:
        return
    outbound = await uow.get(OutboundMessage, event.outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    if outbound.state != OutboundState.PARKED:
        return
    await open_escalation(
        uow,
        system(uow.tenant_id),
        conversation,
        reason=PARKED,
        summary=outbound.text,
        suggestion_id=outbound.suggestion_id,
        proposed_reply=outbound.text,
    )
    await uow.session.flush()
    await touch(uow, conversation.id)
    failpoints.reach("react.done")


@reaction(BudgetSpent)
async def tell_leaders(uow: UnitOfWork, event: BudgetSpent) -> None:
    """Who can raise the budget hears that people alone answer now."""
    budget = {"budget": event.budget}
    await tell(uow, await leaders(uow), "notice.budget_spent", budget, once_in=_A_DAY)
