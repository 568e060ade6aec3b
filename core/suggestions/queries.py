"""Reads of suggestions and of replies under way, into frozen views."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.conversations.models import Conversation, Turn, TurnState
from core.conversations.queries import PersonView
from core.delivery.models import OPEN_STATES, OutboundMessage, OutboundState
from core.identity.models import User
from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.uow import UnitOfWork
from core.suggestions.models import Suggestion


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """A suggestion with the name of who decided it. `id` is None while the AI drafts."""

    id: UUID | None
    version: int
    status: str
    text: str | None
    intent: str | None
    score: float | None
    verdict: str | None
    reasons: tuple[str, ...]
    sources: tuple[dict[str, Any], ...]
    unbound: tuple[str, ...]
    doubts: tuple[dict[str, Any], ...]
    failure: str | None
    decided_by: PersonView | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutboundView:
    id: UUID
    conversation_id: UUID
    state: str
    text: str
    due_at: datetime
    settled_at: datetime | None
    author: str
    author_name: str | None
    problem: str | None


DRAFTING = "drafting"


async def current(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> SuggestionView | None:
    """What the AI makes of the current turn: a draft, its failure, or that it is drafting."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    conversation = await uow.get(Conversation, conversation_id)
    if conversation.turn_id is None:
        return None
    turn = await uow.get(Turn, conversation.turn_id)
    if turn.state in (TurnState.QUIET, TurnState.DRAFTING):
        return SuggestionView(
            None, 0, DRAFTING, None, None, None, None, (), (), (), (), None, None, None
        )
    newest = await uow.session.scalar(
        select(Suggestion.id)
        .where(Suggestion.tenant_id == uow.tenant_id, Suggestion.turn_id == turn.id)
        .order_by(Suggestion.id.desc())
        .limit(1)
    )
    return None if newest is None else await suggestion(uow, actor, newest)


async def suggestion(uow: UnitOfWork, actor: Actor, suggestion_id: UUID) -> SuggestionView:
    actor.require(Permission.VIEW_CONVERSATIONS)
    row = (
        await uow.session.execute(
            select(Suggestion, User.name)
            .outerjoin(User, User.id == Suggestion.decided_by)
            .where(Suggestion.tenant_id == uow.tenant_id, Suggestion.id == suggestion_id)
            .execution_options(populate_existing=True)
        )
    ).first()
    if row is None:
        raise not_found("suggestions")
    found, name = row
    return SuggestionView(
        id=found.id,
        version=found.version,
        status=found.status,
        text=found.final_text or found.text or None,
        intent=found.intent,
        score=None if found.score is None else float(found.score),
        verdict=found.verdict,
        reasons=tuple(found.reasons),
        sources=tuple(found.sources),
        unbound=tuple(found.unbound),
        doubts=tuple(found.doubts),
        failure=found.failure,
        decided_by=PersonView(found.decided_by, name) if found.decided_by else None,
        decided_at=found.decided_at,
    )


async def under_way(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> OutboundView | None:
    """The reply that is on its way, or in doubt: what a page shows beneath the thread."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    author = aliased(User)
    row = (
        await uow.session.execute(
            select(OutboundMessage, author.name)
            .outerjoin(author, author.id == OutboundMessage.author_user_id)
            .where(
                OutboundMessage.tenant_id == uow.tenant_id,
                OutboundMessage.conversation_id == conversation_id,
                OutboundMessage.state.in_([*OPEN_STATES, OutboundState.UNSURE]),
            )
            .order_by(OutboundMessage.seq.desc())
            .limit(1)
        )
    ).first()
    return None if row is None else _outbound(row[0], row[1])


async def outbound(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> OutboundView:
    actor.require(Permission.VIEW_CONVERSATIONS)
    row = (
        await uow.session.execute(
            select(OutboundMessage, User.name)
            .outerjoin(User, User.id == OutboundMessage.author_user_id)
            .where(OutboundMessage.tenant_id == uow.tenant_id, OutboundMessage.id == outbound_id)
            .execution_options(populate_existing=True)
        )
    ).first()
    if row is None:
        raise not_found("outbound_messages")
    return _outbound(row[0], row[1])


def _outbound(row: OutboundMessage, name: str | None) -> OutboundView:
    return OutboundView(
        id=row.id,
        conversation_id=row.conversation_id,
        state=row.state,
        text=row.text,
        due_at=row.due_at,
        settled_at=row.settled_at,
        author=row.author,
        author_name=name,
        problem=row.problem,
    )
