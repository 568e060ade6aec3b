"""What operators make of a draft: approve, edit, reject, escalate, ask for another.

Each is a compare-and-set: the suggestion is locked, must still be pending at the version the
operator saw, and the conversation must not have moved on. Of two operators exactly one wins;
the other is told who was first, and when.
"""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from core.audit.service import note
from core.conversations.models import Author, Conversation, ConversationStatus, Turn, TurnState
from core.delivery.models import OutboundMessage, OutboundState
from core.delivery.service import (
    Reply,
    checked_text,
    open_again,
    plan,
    requested_before,
    withdraw,
)
from core.escalations.service import handle, open_escalation
from core.events.catalogue import SuggestionDecided, SuggestionReopened
from core.events.service import record
from core.identity.models import User
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.nudges import DRAFTS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.suggestions.brief import REGENERATED
from core.suggestions.doubts import DoubtKind
from core.suggestions.models import Suggestion, SuggestionStatus
from core.suggestions.pricing import as_of_now, as_shown_now, moved_stock
from core.suggestions.slots import percent
from core.suggestions.sources import restore
from core.tenants.service import settings_of

_EDIT_LEASE = timedelta(minutes=5)


class RejectReason(StrEnum):
    WRONG = "wrong"
    TONE = "tone"
    MISSING = "missing"
    SELF = "self"


class EscalateReason(StrEnum):
    COMPLAINT = "complaint"
    UNUSUAL = "unusual"
    OWNER = "owner"
    OTHER = "other"


async def approve(
    uow: UnitOfWork,
    actor: Actor,
    suggestion_id: UUID,
    *,
    version: int,
    text: str | None = None,
    request_key: str | None = None,
) -> OutboundMessage:
    """Send the draft, or the operator's text in its place; it waits undo_seconds first.

    The same `request_key` given twice plans one message.
    """
    actor.require(Permission.MANAGE_CONVERSATIONS)
    key = request_key or f"suggestion:{suggestion_id}:{version}"
    suggestion = await uow.get(Suggestion, suggestion_id)
    conversation = await uow.lock(Conversation, suggestion.conversation_id)
    again = await requested_before(uow, request_key) if request_key else None
    if again is not None and again.suggestion_id == suggestion_id:
        return again
    suggestion = await _pending(uow, suggestion_id, version, conversation)
    edited = text is not None and checked_text(text) != suggestion.text
    if not edited:
        await _prices_hold(uow, suggestion)
    suggestion.final_text = checked_text(text if text is not None else suggestion.text)
    status = SuggestionStatus.EDITED if edited else SuggestionStatus.APPROVED
    _decide(uow, actor, suggestion, status)
    await _answered(uow, actor, conversation)
    settings = await settings_of(uow)
    reply = Reply(
        text=suggestion.final_text,
        author=Author.OPERATOR if edited else Author.AI,
        author_user_id=actor.user_id,
        request_key=key,
        suggestion_id=suggestion.id,
        turn_id=suggestion.turn_id,
    )
    await uow.session.flush()
    return await plan(uow, conversation, reply, delay=timedelta(seconds=settings.undo_seconds))


async def reject(
    uow: UnitOfWork, actor: Actor, suggestion_id: UUID, *, version: int, reason: str
) -> Suggestion:
    """The draft is not wanted; the customer still waits for an answer by hand."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    _known(reason, RejectReason)
    suggestion = await uow.get(Suggestion, suggestion_id)
    conversation = await uow.lock(Conversation, suggestion.conversation_id)
    suggestion = await _pending(uow, suggestion_id, version, conversation)
    suggestion.reason = reason
    _decide(uow, actor, suggestion, SuggestionStatus.REJECTED)
    await uow.session.flush()
    await touch(uow, conversation.id)
    return suggestion


async def escalate(
    uow: UnitOfWork, actor: Actor, suggestion_id: UUID, *, version: int, reason: str
) -> Suggestion:
    """Not for me: the owners and admins are called, with the draft as a proposal."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    _known(reason, EscalateReason)
    suggestion = await uow.get(Suggestion, suggestion_id)
    conversation = await uow.lock(Conversation, suggestion.conversation_id)
    suggestion = await _pending(uow, suggestion_id, version, conversation)
    suggestion.reason = reason
    _decide(uow, actor, suggestion, SuggestionStatus.ESCALATED)
    await open_escalation(
        uow,
        actor,
        conversation,
        reason=reason,
        summary=conversation.last_message_text,
        suggestion_id=suggestion.id,
        proposed_reply=suggestion.text,
    )
    await uow.session.flush()
    await touch(uow, conversation.id)
    return suggestion


async def escalate_conversation(
    uow: UnitOfWork, actor: Actor, conversation_id: UUID, *, reason: str
) -> Conversation:
    """Escalate where there is no draft to decide upon."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    _known(reason, EscalateReason)
    conversation = await uow.lock(Conversation, conversation_id)
    await open_escalation(
        uow, actor, conversation, reason=reason, summary=conversation.last_message_text
    )
    note(
        uow, actor, "conversation.escalated", target_kind="conversation", target_id=conversation.id
    )
    await uow.session.flush()
    await touch(uow, conversation.id)
    return conversation


async def regenerate(
    uow: UnitOfWork, actor: Actor, conversation_id: UUID, *, suggestion_id: UUID | None = None,
    version: int | None = None,
) -> Turn:  # fmt: skip
    """Another draft, please: for the open turn, whether it has a draft, a failure, or nothing."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    conversation = await uow.lock(Conversation, conversation_id)
    if suggestion_id is not None and version is not None:
        suggestion = await uow.lock(Suggestion, suggestion_id)
        if suggestion.status == SuggestionStatus.PENDING:
            suggestion = await _pending(uow, suggestion_id, version, conversation)
            suggestion.reason = REGENERATED
            _decide(uow, actor, suggestion, SuggestionStatus.SUPERSEDED, teaches=False)
    if conversation.turn_id is None:
        raise DomainError(Kind.CONFLICT, "suggestion.nothing_to_draft")
    turn = await uow.lock(Turn, conversation.turn_id)
    if turn.state not in (TurnState.READY, TurnState.DRAFTING, TurnState.QUIET):
        raise DomainError(Kind.CONFLICT, "suggestion.nothing_to_draft")
    if turn.state == TurnState.READY:
        turn.state = TurnState.DRAFTING
        turn.due_at = uow.clock.now()
        turn.drafting_since = None
        turn.attempts = 0
    uow.nudge(DRAFTS)
    await uow.session.flush()
    await touch(uow, conversation.id)
    return turn


async def undo(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> OutboundMessage:
    """Take a reply back before it is sent; its draft can be decided upon again.

    Said twice it is done once: what came of the draft since then stands.
    """
    actor.require(Permission.MANAGE_CONVERSATIONS)
    outbound = await uow.get(OutboundMessage, outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    if (await uow.lock(OutboundMessage, outbound_id)).state == OutboundState.CANCELLED:
        return outbound
    outbound = await withdraw(uow, actor, outbound_id)
    await reopen_turn(uow, conversation, outbound)
    await uow.session.flush()
    await touch(uow, conversation.id)
    return outbound


async def reopen_turn(
    uow: UnitOfWork, conversation: Conversation, outbound: OutboundMessage
) -> None:
    """The reply did not go out after all: the customer waits, the draft is pending again."""
    if outbound.suggestion_id is not None:
        suggestion = await uow.lock(Suggestion, outbound.suggestion_id)
        if suggestion.status in _SENT_STATUSES:
            record(uow, SuggestionReopened(uow.tenant_id, suggestion.id, suggestion.version))
            void = suggestion.fence != conversation.version
            suggestion.status = SuggestionStatus.SUPERSEDED if void else SuggestionStatus.PENDING
            suggestion.version += 1
            suggestion.decided_at = suggestion.decided_by = suggestion.decided_via = None
            suggestion.final_text = None
    await open_again(uow, conversation, outbound)


async def begin_edit(
    uow: UnitOfWork, actor: Actor, suggestion_id: UUID, *, version: int
) -> Suggestion:
    """Say that one is editing: others see it on their cards for five minutes at most."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    suggestion = await uow.get(Suggestion, suggestion_id)
    conversation = await uow.lock(Conversation, suggestion.conversation_id)
    suggestion = await _pending(uow, suggestion_id, version, conversation)
    suggestion.editing_by = actor.user_id
    suggestion.editing_until = uow.clock.now() + _EDIT_LEASE
    await uow.session.flush()
    await touch(uow, conversation.id)
    return suggestion


async def abandon_edit(uow: UnitOfWork, actor: Actor, suggestion_id: UUID) -> Suggestion:
    actor.require(Permission.MANAGE_CONVERSATIONS)
    suggestion = await uow.lock(Suggestion, suggestion_id)
    if suggestion.editing_by == actor.user_id:
        suggestion.editing_by = suggestion.editing_until = None
        await uow.session.flush()
        await touch(uow, suggestion.conversation_id)
    return suggestion


_SENT_STATUSES = (SuggestionStatus.APPROVED, SuggestionStatus.EDITED, SuggestionStatus.AUTO_SENT)


def _known(reason: str, reasons: type[StrEnum]) -> None:
    if reason not in list(reasons):
        choices = ", ".join(reasons)
        raise DomainError(Kind.INVALID, "settings.one_of", field="reason", choices=choices)


async def _pending(
    uow: UnitOfWork, suggestion_id: UUID, version: int, conversation: Conversation
) -> Suggestion:
    """The suggestion, locked, if it may still be decided upon; else CONFLICT and why."""
    suggestion = await uow.lock(Suggestion, suggestion_id)
    if suggestion.decided_at is not None and suggestion.status != SuggestionStatus.SUPERSEDED:
        by = await _name(uow, suggestion.decided_by)
        raise DomainError(
            Kind.CONFLICT,
            "suggestion.already_decided",
            by=by,
            at=suggestion.decided_at,
            status=suggestion.status,
        )
    if suggestion.fence != conversation.version:
        raise DomainError(Kind.CONFLICT, "suggestion.moved_on")
    if suggestion.status != SuggestionStatus.PENDING or suggestion.version != version:
        raise DomainError(Kind.CONFLICT, "suggestion.stale")
    return suggestion


async def _name(uow: UnitOfWork, user_id: UUID | None) -> str:
    name = await uow.session.scalar(select(User.name).where(User.id == user_id))
    return name or "—"


async def _prices_hold(uow: UnitOfWork, suggestion: Suggestion) -> None:
    """Money is filled from the catalogue as it stands now: a changed price voids the draft."""
    now = await as_shown_now(uow, suggestion)
    over = [
        *now.over,
        *(d["text"] for d in suggestion.doubts if d["kind"] == DoubtKind.OVER_DISCOUNT),
    ]
    if over:
        settings = await settings_of(uow)
        most = settings.max_discount_percent if settings.allow_discounts else Decimal(0)
        raise DomainError(
            Kind.CONFLICT, "suggestion.discount_over", said=over[0], most=percent(most)
        )
    if now.text.strip() != suggestion.text:
        raise DomainError(Kind.CONFLICT, "suggestion.price_changed")
    told = {doubt["text"] for doubt in suggestion.doubts if doubt["kind"] == DoubtKind.STOCK}
    moved = moved_stock(suggestion, await as_of_now(uow, restore(suggestion.sources)))
    if not told.issuperset(moved):
        raise DomainError(Kind.CONFLICT, "suggestion.stock_changed")


def _decide(
    uow: UnitOfWork,
    actor: Actor,
    suggestion: Suggestion,
    status: SuggestionStatus,
    *,
    teaches: bool = True,
) -> None:
    suggestion.status = status
    suggestion.version += 1
    suggestion.decided_at = uow.clock.now()
    suggestion.decided_by = actor.user_id
    suggestion.decided_via = actor.via
    suggestion.editing_by = suggestion.editing_until = None
    if teaches:
        record(
            uow,
            SuggestionDecided(
                uow.tenant_id, suggestion.id, suggestion.version, str(status), actor.user_id
            ),
        )


async def _answered(uow: UnitOfWork, actor: Actor, conversation: Conversation) -> None:
    await handle(uow, actor, conversation)
    conversation.status = ConversationStatus.ACTIVE
    conversation.waiting_since = None
    conversation.unread_count = 0
    if conversation.turn_id is not None:
        turn = await uow.lock(Turn, conversation.turn_id)
        if turn.closed_at is None:
            turn.state, turn.closed_at = TurnState.ANSWERED, uow.clock.now()
