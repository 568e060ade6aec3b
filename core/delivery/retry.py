"""A parked reply is tried again by a person's word, as the newest of its conversation."""

from uuid import UUID

from sqlalchemy import func, select

from core.audit.service import note
from core.channels.models import ChannelAccount
from core.conversations.models import Conversation
from core.delivery.models import OutboundMessage, OutboundState
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.nudges import SENDS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch


async def retry(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> OutboundMessage:
    """Due at once, behind whatever was said since, under the key it had: said twice it is once."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    outbound = await uow.get(OutboundMessage, outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    outbound = await uow.lock(OutboundMessage, outbound_id)
    if outbound.state == OutboundState.SCHEDULED:
        return outbound
    if outbound.state != OutboundState.PARKED:
        raise DomainError(Kind.CONFLICT, "outbound.not_parked")
    account = await uow.get(ChannelAccount, outbound.account_id)
    if account.disconnected_at is not None:
        raise DomainError(Kind.CONFLICT, "outbound.channel_closed")
    void = outbound.fence is not None and outbound.fence != conversation.version
    if void and outbound.doubted_at is None:
        raise DomainError(Kind.CONFLICT, "outbound.moved_on")
    last = await uow.session.scalar(
        select(func.max(OutboundMessage.seq)).where(
            OutboundMessage.tenant_id == uow.tenant_id,
            OutboundMessage.conversation_id == conversation.id,
        )
    )
    was = outbound.problem
    outbound.seq = (last or 0) + 1
    outbound.state, outbound.problem = OutboundState.SCHEDULED, None
    outbound.due_at = outbound.planned_for = uow.clock.now()
    outbound.failures, outbound.settled_at = 0, None
    note(
        uow,
        actor,
        "outbound.retried",
        target_kind="outbound",
        target_id=outbound.id,
        before={"problem": was},
    )
    await uow.session.flush()
    await touch(uow, conversation.id)
    uow.nudge(SENDS)
    return outbound
