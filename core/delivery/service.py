"""Planning replies, taking them back, and settling doubts. Sending them is `drain`."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update

from core.audit.service import note
from core.conversations.models import (
    Author,
    Conversation,
    ConversationStatus,
    Direction,
    Message,
    Turn,
    TurnState,
)
from core.delivery.models import OutboundMessage, OutboundState
from core.events.catalogue import ReplySettled
from core.events.service import record
from core.identity.permissions import Actor, Permission
from core.kernel import failpoints
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.nudges import DRAFTS, SENDS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch

LONGEST_TEXT = 4096  # UTF-16 units, the shortest limit of the channels there are


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said, and on whose word."""

    text: str
    author: Author
    author_user_id: UUID | None
    request_key: str
    suggestion_id: UUID | None = None
    turn_id: UUID | None = None
    fence: int | None = None
    # Typing is shown for so long between its due time and the send, where the channel can.
    typing: timedelta = timedelta(0)


def checked_text(text: str) -> str:
    """The text as it will be sent; INVALID if it is empty or longer than a channel takes."""
    text = text.strip()
    if not text:
        raise DomainError(Kind.INVALID, "reply.empty", field="text")
    length = len(text.encode("utf-16-le")) // 2
    if length > LONGEST_TEXT:
        raise DomainError(
            Kind.INVALID, "reply.too_long", field="text", length=length, most=LONGEST_TEXT
        )
    return text


async def requested_before(uow: UnitOfWork, request_key: str) -> OutboundMessage | None:
    """What the same request has planned already, if it was made before."""
    found: OutboundMessage | None = await uow.session.scalar(
        select(OutboundMessage).where(
            OutboundMessage.tenant_id == uow.tenant_id, OutboundMessage.request_key == request_key
        )
    )
    return found


async def plan(
    uow: UnitOfWork, conversation: Conversation, reply: Reply, *, delay: timedelta
) -> OutboundMessage:
    """A reply on its way, due after the delay. The conversation must be locked by the caller."""
    now = uow.clock.now()
    last = await uow.session.scalar(
        select(func.max(OutboundMessage.seq)).where(
            OutboundMessage.tenant_id == uow.tenant_id,
            OutboundMessage.conversation_id == conversation.id,
        )
    )
    outbound = OutboundMessage(
        tenant_id=uow.tenant_id,
        id=new_id(),
        conversation_id=conversation.id,
        account_id=conversation.account_id,
        external_chat_id=conversation.external_chat_id,
        seq=(last or 0) + 1,
        request_key=reply.request_key,
        provider_key=new_id(),
        text=checked_text(reply.text),
        author=reply.author,
        author_user_id=reply.author_user_id,
        suggestion_id=reply.suggestion_id,
        turn_id=reply.turn_id,
        fence=reply.fence,
        state=OutboundState.SCHEDULED,
        due_at=now + delay,
        planned_for=now + delay,
        typing_ms=round(reply.typing.total_seconds() * 1000),
        created_at=now,
    )
    uow.add(outbound)
    await uow.session.flush()
    await touch(uow, conversation.id)
    uow.nudge(SENDS)
    failpoints.reach("plan.kept")
    return outbound


async def withdraw(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> OutboundMessage:
    """Take a reply back before it is claimed, or let a parked one be; else it is too late."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    outbound = await uow.lock(OutboundMessage, outbound_id)
    if outbound.state == OutboundState.CANCELLED:
        return outbound
    open_ = outbound.state in (OutboundState.SCHEDULED, OutboundState.PARKED)
    if not open_ or outbound.doubted_at is not None:
        raise DomainError(Kind.CONFLICT, "outbound.too_late")
    outbound.state = OutboundState.CANCELLED
    outbound.settled_at = uow.clock.now()
    outbound.cancelled_by = actor.user_id
    note(uow, actor, "outbound.cancelled", target_kind="outbound", target_id=outbound.id)
    await uow.session.flush()
    await touch(uow, outbound.conversation_id)
    failpoints.reach("cancel.kept")
    return outbound


async def withdraw_automatic(uow: UnitOfWork, conversation: Conversation) -> None:
    """A person has answered: what was to go out by itself is not said any more.

    What is going out already is too late. The conversation must be locked by the caller.
    """
    rows = await uow.session.scalars(
        update(OutboundMessage)
        .where(
            OutboundMessage.tenant_id == uow.tenant_id,
            OutboundMessage.conversation_id == conversation.id,
            OutboundMessage.state == OutboundState.SCHEDULED,
            OutboundMessage.fence.is_not(None),
            OutboundMessage.doubted_at.is_(None),
        )
        .values(
            state=OutboundState.CANCELLED,
            settled_at=uow.clock.now(),
            problem="outbound.moved_on",
        )
        .returning(OutboundMessage.id)
    )
    for outbound_id in rows:
        record(uow, ReplySettled(uow.tenant_id, outbound_id, OutboundState.CANCELLED))


async def withdraw_void(uow: UnitOfWork, outbound_id: UUID) -> None:
    """Cancel a reply that was to go out by itself: the thread has moved on from it.

    Where it has moved on by nobody's answer (the customer edited what they had written), what
    they asked is open again, and drafted anew.
    """
    outbound = await uow.get(OutboundMessage, outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    outbound = await uow.lock(OutboundMessage, outbound_id)
    unsent = outbound.state in (OutboundState.SCHEDULED, OutboundState.CLAIMED)
    if not unsent or outbound.doubted_at or outbound.fence in (None, conversation.version):
        return
    now = uow.clock.now()
    outbound.state, outbound.settled_at = OutboundState.CANCELLED, now
    outbound.problem = "outbound.moved_on"
    outbound.lease_token = outbound.lease_until = None
    record(uow, ReplySettled(uow.tenant_id, outbound.id, OutboundState.CANCELLED))
    turn = await open_again(uow, conversation, outbound)
    if turn is not None:
        turn.state, turn.due_at = TurnState.QUIET, now
        turn.attempts, turn.drafting_since = 0, None
        turn.lease_token = turn.lease_until = None
        uow.nudge(DRAFTS)
    await uow.session.flush()
    await touch(uow, conversation.id)


async def open_again(
    uow: UnitOfWork, conversation: Conversation, outbound: OutboundMessage
) -> Turn | None:
    """This reply to the thread's newest turn will not arrive: the customer waits again.

    None, and nothing changed, if the turn is not answered by it, or not by it alone.
    The conversation must be locked by the caller.
    """
    if outbound.turn_id is None or outbound.turn_id != conversation.turn_id:
        return None
    turn = await uow.lock(Turn, outbound.turn_id)
    over = conversation.status == ConversationStatus.RESOLVED
    if turn.state != TurnState.ANSWERED or over or await _answered_otherwise(uow, outbound):
        return None
    turn.state, turn.closed_at = TurnState.READY, None
    conversation.waiting_since = turn.opened_at
    if conversation.status == ConversationStatus.ACTIVE:
        conversation.status = ConversationStatus.WAITING
    return turn


async def _answered_otherwise(uow: UnitOfWork, outbound: OutboundMessage) -> bool:
    """Whether another reply to the same turn stands, or the owner has answered on the phone."""
    other = exists().where(
        OutboundMessage.tenant_id == uow.tenant_id,
        OutboundMessage.conversation_id == outbound.conversation_id,
        OutboundMessage.turn_id == outbound.turn_id,
        OutboundMessage.id != outbound.id,
        OutboundMessage.state.not_in([OutboundState.CANCELLED, OutboundState.REJECTED]),
    )
    by_phone = exists().where(
        Message.tenant_id == uow.tenant_id,
        Message.conversation_id == outbound.conversation_id,
        Message.turn_id == outbound.turn_id,
        Message.direction == Direction.OUT,
        Message.outbound_id.is_(None),
    )
    return bool(await uow.session.scalar(select(or_(other, by_phone))))


async def settle_doubt(
    uow: UnitOfWork, actor: Actor, outbound_id: UUID, *, arrived: bool
) -> OutboundMessage:
    """A person has looked: it arrived, or it is to be sent again. Said once only.

    Returns the message itself if it arrived, the new one if it is sent again.
    """
    actor.require(Permission.MANAGE_CONVERSATIONS)
    outbound = await uow.get(OutboundMessage, outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    outbound = await uow.lock(OutboundMessage, outbound_id)
    if outbound.state != OutboundState.UNSURE or outbound.doubt_resolved_at is not None:
        raise DomainError(Kind.CONFLICT, "outbound.not_in_doubt")
    outbound.doubt_resolved_at = uow.clock.now()
    outbound.doubt_resolved_by = actor.user_id
    note(
        uow,
        actor,
        "outbound.doubt_resolved",
        target_kind="outbound",
        target_id=outbound.id,
        after={"arrived": arrived},
    )
    if arrived:
        outbound.state = OutboundState.SENT
        await uow.session.flush()
        await touch(uow, conversation.id)
        return outbound
    outbound.state = OutboundState.REJECTED
    outbound.problem = "outbound.sent_again"
    await uow.session.flush()
    again = Reply(
        text=outbound.text,
        author=Author(outbound.author),
        author_user_id=actor.user_id,
        request_key=f"again:{outbound.id}",
        suggestion_id=outbound.suggestion_id,
        turn_id=outbound.turn_id,
    )
    return await plan(uow, conversation, again, delay=timedelta(0))
