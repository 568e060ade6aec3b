"""What members do with a thread itself: read, claim, resolve, reopen, change its mode."""

from uuid import UUID

from core.audit.service import note
from core.conversations.models import Conversation, ConversationStatus, Episode, Turn, TurnState
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.tenants.models import Mode


async def mark_read(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> None:
    actor.require(Permission.VIEW_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    if conversation.unread_count:
        conversation.unread_count = 0
        uow.tell("conversation.changed", conversation.id)


async def claim(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> Conversation:
    """Take a conversation for oneself: of two who try, one wins and the other is told who."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    if conversation.assignee_id not in (None, actor.user_id):
        raise DomainError(Kind.CONFLICT, "conversation.already_claimed")
    conversation.assignee_id = actor.user_id
    conversation.assigned_at = uow.clock.now()
    await _changed(uow, actor, conversation, "conversation.claimed")
    return conversation


async def release(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> Conversation:
    """Give a conversation back to everybody on duty."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    conversation.assignee_id = conversation.assigned_at = None
    await _changed(uow, actor, conversation, "conversation.released")
    return conversation


async def change_mode(
    uow: UnitOfWork, actor: Actor, conversation_id: UUID, mode: str
) -> Conversation:
    actor.require(Permission.MANAGE_CONVERSATIONS)
    if mode not in list(Mode):
        choices = ", ".join(Mode)
        raise DomainError(Kind.INVALID, "settings.one_of", field="mode", choices=choices)
    conversation = await uow.lock(Conversation, conversation_id)
    before, conversation.mode = conversation.mode, mode
    await _changed(
        uow, actor, conversation, "conversation.mode_changed", {"mode": before}, {"mode": mode}
    )
    return conversation


async def resolve(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> Conversation:
    """Close the episode; the customer's next message opens another."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    if conversation.status == ConversationStatus.RESOLVED:
        return conversation
    now = uow.clock.now()
    episode = await uow.get(Episode, conversation.episode_id)
    episode.resolved_at, episode.resolved_by = now, actor.user_id
    if conversation.turn_id is not None:
        turn = await uow.lock(Turn, conversation.turn_id)
        if turn.closed_at is None:
            turn.state, turn.closed_at = TurnState.ANSWERED, now
    conversation.status = ConversationStatus.RESOLVED
    conversation.waiting_since = None
    conversation.unread_count = 0
    conversation.version += 1
    await _changed(uow, actor, conversation, "conversation.resolved")
    return conversation


async def reopen(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> Conversation:
    """Go on with the episode that was closed: nothing new has been said yet."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    if conversation.status != ConversationStatus.RESOLVED:
        return conversation
    episode = await uow.get(Episode, conversation.episode_id)
    episode.resolved_at = episode.resolved_by = None
    conversation.status = ConversationStatus.ACTIVE
    await _changed(uow, actor, conversation, "conversation.reopened")
    return conversation


async def _changed(
    uow: UnitOfWork,
    actor: Actor,
    conversation: Conversation,
    action: str,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    note(
        uow,
        actor,
        action,
        target_kind="conversation",
        target_id=conversation.id,
        before=before,
        after=after,
    )
    await uow.session.flush()
    await touch(uow, conversation.id)
