"""A parked reply is sent after all: whoever was called for it need not come."""

from uuid import UUID

from core.conversations.models import Conversation, ConversationStatus
from core.delivery.models import OutboundMessage
from core.delivery.retry import retry
from core.escalations.service import handle, open_escalation_of
from core.identity.permissions import Actor
from core.kernel.uow import UnitOfWork

PARKED = "parked"  # the reason of the escalation


async def try_again(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> OutboundMessage:
    """Due at once; the call for a person that its parking made is handled by this."""
    outbound = await retry(uow, actor, outbound_id)
    called = await open_escalation_of(uow, outbound.conversation_id)
    if called is not None and called.reason == PARKED:
        conversation = await uow.lock(Conversation, outbound.conversation_id)
        await handle(uow, actor, conversation)
        if conversation.status == ConversationStatus.ESCALATED:
            conversation.status = ConversationStatus.ACTIVE
        await uow.session.flush()
    return outbound
