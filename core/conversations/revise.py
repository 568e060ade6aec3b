"""Customers change their minds: edits and deletions, with the old version kept."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from core.conversations.models import (
    Conversation,
    Direction,
    Message,
    MessageKey,
    MessageVersion,
    Turn,
    TurnState,
)
from core.conversations.receive import PREVIEW_CHARACTERS, AccountRef, receive
from core.customers.models import Customer, CustomerIdentity
from core.kernel.nudges import DRAFTS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.ports.channel import InboundDelete, InboundEdit, InboundMessage, Reachability
from core.tenants.service import settings_of

_UNANSWERED = (TurnState.QUIET, TurnState.DRAFTING, TurnState.READY)


async def revise(uow: UnitOfWork, account: AccountRef, edit: InboundEdit) -> None:
    """A message now reads otherwise: a draft made for the old words is void.

    An edit of a message never seen is taken as that message: better late than lost.
    """
    message = await _known(uow, account.id, edit.external_chat_id, edit.external_message_id)
    if message is None:
        await _take_as_new(uow, account, edit)
        return
    if message.text == edit.text or message.deleted_at is not None:
        return
    _keep_version(uow, message)
    message.text = edit.text
    message.edited_at = edit.at
    await _moved_on(uow, message, latest_text=edit.text)


async def take_back(uow: UnitOfWork, account: AccountRef, gone: InboundDelete) -> None:
    """The customer deleted a message: marked, its words kept for the store."""
    message = await _known(uow, account.id, gone.external_chat_id, gone.external_message_id)
    if message is None or message.deleted_at is not None:
        return
    message.deleted_at = gone.at
    await _moved_on(uow, message, latest_text=None)


async def note_reachability(uow: UnitOfWork, account: AccountRef, seen: Reachability) -> None:
    """The customer has stopped the store's bot, or let it in again."""
    await uow.session.execute(
        update(CustomerIdentity)
        .where(
            CustomerIdentity.tenant_id == uow.tenant_id,
            CustomerIdentity.account_id == account.id,
            CustomerIdentity.external_user_id == seen.external_user_id,
        )
        .values(unreachable_at=None if seen.reachable else seen.at)
    )
    conversation_id = await uow.session.scalar(
        select(Conversation.id).where(
            Conversation.tenant_id == uow.tenant_id,
            Conversation.account_id == account.id,
            Conversation.external_chat_id == seen.external_chat_id,
        )
    )
    if conversation_id is not None:
        await touch(uow, conversation_id)


async def _known(
    uow: UnitOfWork, account_id: UUID, chat: str, external_message_id: str
) -> Message | None:
    """The message, its conversation locked first."""
    message_id = await uow.session.scalar(
        select(MessageKey.message_id).where(
            MessageKey.tenant_id == uow.tenant_id,
            MessageKey.account_id == account_id,
            MessageKey.external_chat_id == chat,
            MessageKey.external_message_id == external_message_id,
        )
    )
    if message_id is None:
        return None
    message = await uow.find(Message, message_id)
    if message is not None:
        await uow.lock(Conversation, message.conversation_id)
    return message


async def _take_as_new(uow: UnitOfWork, account: AccountRef, edit: InboundEdit) -> None:
    row = (
        await uow.session.execute(
            select(CustomerIdentity.external_user_id, Customer.name)
            .join(
                Conversation,
                (Conversation.tenant_id == CustomerIdentity.tenant_id)
                & (Conversation.customer_id == CustomerIdentity.customer_id),
            )
            .join(
                Customer,
                (Customer.tenant_id == CustomerIdentity.tenant_id)
                & (Customer.id == CustomerIdentity.customer_id),
            )
            .where(
                Conversation.tenant_id == uow.tenant_id,
                Conversation.account_id == account.id,
                Conversation.external_chat_id == edit.external_chat_id,
                CustomerIdentity.account_id == account.id,
            )
        )
    ).first()
    user, name = (row[0], row[1]) if row else (edit.external_chat_id, edit.external_chat_id)
    message = InboundMessage(
        external_chat_id=edit.external_chat_id,
        external_message_id=edit.external_message_id,
        external_user_id=user,
        user_name=name,
        text=edit.text,
        at=edit.at,
    )
    await receive(uow, account, [message])


def _keep_version(uow: UnitOfWork, message: Message) -> None:
    uow.add(
        MessageVersion(
            tenant_id=uow.tenant_id,
            message_id=message.id,
            text=message.text,
            replaced_at=uow.clock.now(),
        )
    )


async def _moved_on(uow: UnitOfWork, message: Message, *, latest_text: str | None) -> None:
    """The thread is another now: what was drafted for its open turn is void, and drafted anew."""
    conversation = await uow.get(Conversation, message.conversation_id)
    if message.direction == Direction.IN:
        conversation.version += 1
        if conversation.turn_id is not None:
            await _draft_anew(uow, conversation.turn_id)
    if latest_text is not None and await _is_last(uow, message):
        conversation.last_message_text = latest_text[:PREVIEW_CHARACTERS]
    await uow.session.flush()
    await touch(uow, conversation.id)


async def _draft_anew(uow: UnitOfWork, turn_id: UUID) -> None:
    turn = await uow.lock(Turn, turn_id)
    if turn.state not in _UNANSWERED:
        return
    settings = await settings_of(uow)
    turn.state = TurnState.QUIET
    turn.due_at = uow.clock.now() + timedelta(milliseconds=settings.quiet_milliseconds)
    turn.lease_token = turn.lease_until = None
    turn.attempts = 0
    turn.drafting_since = None
    uow.nudge(DRAFTS)


async def _is_last(uow: UnitOfWork, message: Message) -> bool:
    newest = await uow.session.scalar(
        select(Message.id)
        .where(
            Message.tenant_id == uow.tenant_id, Message.conversation_id == message.conversation_id
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return newest == message.id
