"""What an account's state means to the replies that wait for it, and to who leads the store."""

from uuid import UUID

from sqlalchemy import func, select

from core.channels.models import AccountState, ChannelAccount
from core.channels.service import set_state
from core.delivery.models import OutboundMessage, OutboundState
from core.delivery.queue import waits_for
from core.identity.duty import leaders
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.notifications.notices import tell
from core.ports.channel import Profile

_MOST_REDRAWN = 500
# Nothing but a person opens such an account again.
LOST = {
    AccountState.LOGGED_OUT: "notice.account_logged_out",
    AccountState.BANNED: "notice.account_banned",
}


async def account_became(
    uow: UnitOfWork,
    account_id: UUID,
    state: AccountState,
    reason: str | None = None,
    *,
    fence: int | None = None,
    profile: Profile | None = None,
) -> None:
    """Keep an account's state, tell that it is lost, and have the cards of what waits say so.

    `fence` and what it raises: as of `set_state`.
    """
    was = await set_state(uow, account_id, state, reason, fence=fence, profile=profile)
    if was is None:
        return
    await uow.session.flush()
    scheduled = OutboundState.SCHEDULED
    if waits_for(scheduled, was.state, was.reason) != waits_for(scheduled, state, reason):
        await _redraw_waiting(uow, account_id)
    if state in LOST and was.state != state:
        await _tell_lost(uow, account_id, LOST[state], reason)


async def _redraw_waiting(uow: UnitOfWork, account_id: UUID) -> None:
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


async def _tell_lost(uow: UnitOfWork, account_id: UUID, key: str, reason: str | None) -> None:
    account = await uow.get(ChannelAccount, account_id)
    waiting = await uow.session.scalar(
        select(func.count()).where(
            OutboundMessage.tenant_id == uow.tenant_id,
            OutboundMessage.account_id == account_id,
            OutboundMessage.state == OutboundState.SCHEDULED,
        )
    )
    said = {"channel": account.name, "why": reason, "waiting": waiting or 0}
    await tell(uow, await leaders(uow), key, said)
