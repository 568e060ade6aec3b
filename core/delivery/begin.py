"""The last look at a reply before it goes out, where nobody watches it: all in one transaction."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from core.conversations.models import Author, Conversation
from core.customers.models import Customer
from core.delivery.models import OutboundMessage, OutboundState
from core.delivery.outcomes import Sending
from core.delivery.service import withdraw_void
from core.kernel import failpoints
from core.kernel.uow import UnitOfWork

if TYPE_CHECKING:
    from core.app import App

# Why this reply may not go out by itself at this moment, as a key of locales; None if it may.
# Rules lie above this room: whoever runs the drain hands them in.
Refusal = Callable[["App", UnitOfWork, UUID], Awaitable[str | None]]


class Void(Exception):
    """The thread has moved on; the reply is cancelled already."""


async def begin_send(
    app: "App", sending: Sending, refusal: Refusal | None, *, mark: bool = True
) -> str | None:
    """Mark a claimed reply as going out, or say why it may not: then nothing is marked.

    Without `mark` it is a look alone, before typing is shown. Raises Void where the thread has
    moved on, and LookupError where another has the reply by now.
    """
    async with app.uow(sending.tenant_id) as uow:
        conversation = await uow.lock(Conversation, sending.conversation_id)
        outbound = await uow.lock(OutboundMessage, sending.id)
        if outbound.state != OutboundState.CLAIMED or outbound.lease_token != sending.token:
            raise LookupError(sending.id)
        void = outbound.fence is not None and outbound.fence != conversation.version
        if void:
            await withdraw_void(uow, sending.id)
        else:
            why = await _refused(app, uow, conversation, outbound, refusal)
            if why is not None:
                return why
            if mark:
                outbound.state = OutboundState.SENDING
                await uow.session.flush()
                failpoints.reach("begin.kept")
    if void:
        raise Void
    return None


async def _refused(
    app: "App",
    uow: UnitOfWork,
    conversation: Conversation,
    outbound: OutboundMessage,
    refusal: Refusal | None,
) -> str | None:
    if outbound.author_user_id is not None or outbound.author == Author.OPERATOR:
        return None  # a person has decided
    customer = await uow.get(Customer, conversation.customer_id)
    if customer.blocked_at is not None:
        return "outbound.customer_blocked"
    return None if refusal is None else await refusal(app, uow, outbound.id)
