"""An operator answers in their own words: the AI's draft for this turn is withdrawn."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from core.conversations.models import Author, Conversation, ConversationStatus, Turn, TurnState
from core.delivery.models import OutboundMessage
from core.delivery.service import (
    Reply,
    checked_text,
    plan,
    requested_before,
    withdraw_automatic,
)
from core.escalations.service import handle
from core.identity.permissions import Actor, Permission
from core.kernel.uow import UnitOfWork
from core.suggestions.models import Suggestion, SuggestionStatus
from core.tenants.service import settings_of


async def answer_by_hand(
    uow: UnitOfWork, actor: Actor, conversation_id: UUID, text: str, *, request_key: str
) -> OutboundMessage:
    """Plan the operator's own words; the same `request_key` given twice plans them once.

    What the AI was about to say by itself is cancelled; what a person has approved stands.
    """
    actor.require(Permission.MANAGE_CONVERSATIONS)
    text = checked_text(text)
    conversation = await uow.lock(Conversation, conversation_id)
    again = await requested_before(uow, request_key)
    if again is not None:
        return again
    now = uow.clock.now()
    conversation.version += 1
    await uow.session.execute(
        update(Suggestion)
        .where(
            Suggestion.tenant_id == uow.tenant_id,
            Suggestion.conversation_id == conversation.id,
            Suggestion.status == SuggestionStatus.PENDING,
        )
        .values(status=SuggestionStatus.SUPERSEDED, version=Suggestion.version + 1)
    )
    await withdraw_automatic(uow, conversation)
    await handle(uow, actor, conversation)
    turn_id = conversation.turn_id
    if turn_id is not None:
        turn = await uow.lock(Turn, turn_id)
        if turn.closed_at is None:
            turn.state, turn.closed_at = TurnState.ANSWERED, now
    conversation.status = ConversationStatus.ACTIVE
    conversation.waiting_since = None
    conversation.unread_count = 0
    settings = await settings_of(uow)
    await uow.session.flush()
    reply = Reply(
        text=text,
        author=Author.OPERATOR,
        author_user_id=actor.user_id,
        request_key=request_key,
        turn_id=turn_id,
    )
    return await plan(uow, conversation, reply, delay=timedelta(seconds=settings.undo_seconds))
