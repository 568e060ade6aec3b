"""Replies whose channel is off wait, and their cards say so."""

from uuid import UUID

from sqlalchemy import select

from core.delivery.models import OutboundMessage, OutboundState
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch

_MOST_REDRAWN = 500


async def redraw_waiting(uow: UnitOfWork, account_id: UUID) -> None:
    """The account was closed, or is open again: the cards of what waits for it say another thing."""
    rows = await uow.session.scalars(
        select(OutboundMessage.conversation_id)
        .where(
            OutboundMessage.tenant_id == uow.tenant_id,
            OutboundMessage.account_id == account_id,
            OutboundMessage.state == OutboundState.SCHEDULED,
        )
        .order_by(OutboundMessage.due_at)
        .limit(_MOST_REDRAWN)
    )
    await touch(uow, *sorted(set(rows)))
