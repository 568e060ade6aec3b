"""Opening and closing escalations."""

from uuid import UUID

from sqlalchemy import select

from core.conversations.models import Conversation, ConversationStatus
from core.escalations.models import Escalation, EscalationStatus
from core.events.catalogue import EscalationOpened
from core.events.service import record
from core.identity.duty import leaders
from core.identity.permissions import Actor
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.notifications.cards import CardWanted, want


async def open_escalation(
    uow: UnitOfWork,
    actor: Actor,
    conversation: Conversation,
    *,
    reason: str,
    summary: str,
    suggestion_id: UUID | None = None,
    proposed_reply: str | None = None,
) -> Escalation:
    """Call for a person who may decide: owners and admins get the card, on duty or not.

    A conversation has one open escalation at most; a second call returns the first.
    The conversation must be locked by the caller.
    """
    found = await open_escalation_of(uow, conversation.id)
    if found is not None:
        return found
    escalation = Escalation(
        tenant_id=uow.tenant_id,
        id=new_id(),
        conversation_id=conversation.id,
        suggestion_id=suggestion_id,
        reason=reason,
        summary=summary,
        proposed_reply=proposed_reply,
        opened_at=uow.clock.now(),
        opened_by=actor.user_id,
    )
    uow.add(escalation)
    conversation.status = ConversationStatus.ESCALATED
    record(uow, EscalationOpened(uow.tenant_id, escalation.id, conversation.id))
    await uow.session.flush()
    if conversation.turn_id is not None:
        people = await leaders(uow)
        await want(uow, [CardWanted(conversation.id, conversation.turn_id, p) for p in people])
    return escalation


async def open_escalation_of(uow: UnitOfWork, conversation_id: UUID) -> Escalation | None:
    found: Escalation | None = await uow.session.scalar(
        select(Escalation).where(
            Escalation.tenant_id == uow.tenant_id,
            Escalation.conversation_id == conversation_id,
            Escalation.status == EscalationStatus.PENDING,
        )
    )
    return found


async def handle(uow: UnitOfWork, actor: Actor, conversation: Conversation) -> None:
    """A person has answered: the open escalation, if there is one, is handled."""
    escalation = await open_escalation_of(uow, conversation.id)
    if escalation is None:
        return
    escalation.status = EscalationStatus.HANDLED
    escalation.closed_at = uow.clock.now()
    escalation.closed_by = actor.user_id
