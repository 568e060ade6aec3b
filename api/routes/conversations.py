"""Threads of customers: the list, one of them, its messages, and what members do with it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.routes.me import Person
from api.routes.outbound import Author, Outbound, outbound_of
from api.routes.suggestions import Status as SuggestionStatus
from api.routes.suggestions import Suggestion, suggestion_of
from api.shapes import In, LongText, Moment, Out, Words
from core.conversations import queries, service, thread
from core.conversations.models import AttachmentState, ConversationStatus, Direction
from core.delivery.models import OutboundState
from core.identity.permissions import Actor
from core.kernel.paging import MOST_AT_ONCE
from core.kernel.uow import UnitOfWork
from core.ports.channel import AttachmentKind, ChannelKind
from core.suggestions import decide
from core.suggestions import queries as suggestion_queries
from core.suggestions.answer import answer_by_hand
from core.suggestions.decide import EscalateReason
from core.tenants.models import Mode

router = APIRouter(
    prefix="/conversations",
    tags=["conversations"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_ONE = describe(401, 403, 404)


class Channel(Out):
    id: UUID
    kind: ChannelKind
    name: str


class LastMessage(Out):
    text: str
    direction: Direction
    at: Moment


class SuggestionRef(Out):
    id: UUID
    status: SuggestionStatus
    intent: str | None
    score: float | None


class _Conversation(Out):
    """What a list and a page both say of a conversation."""

    id: UUID
    number: int
    customer: Person
    channel: Channel
    status: ConversationStatus
    mode: Mode
    version: int
    unread_count: int
    last_message: LastMessage | None
    waiting_since: Moment | None
    assignee: Person | None


class ConversationSummary(_Conversation):
    suggestion: SuggestionRef | None


class Counts(Out):
    waiting: int
    active: int
    escalated: int
    resolved: int
    unread: int


class ConversationPage(Out):
    """`next_cursor` is null on the last page. `counts` are of the whole store."""

    items: list[ConversationSummary]
    next_cursor: str | None
    counts: Counts


class ConversationDetail(_Conversation):
    episode: int
    suggestion: Suggestion | None
    pending_outbound: Outbound | None


class Attachment(Out):
    id: UUID
    kind: AttachmentKind
    file_name: str | None
    mime: str | None
    size: int | None
    state: AttachmentState


class Quote(Out):
    message_id: UUID | None
    text: str


class MessageVersion(Out):
    text: str
    replaced_at: Moment


class OutboundRef(Out):
    id: UUID
    state: OutboundState
    due_at: Moment
    problem: str | None


class Message(Out):
    id: UUID
    direction: Direction
    author: Author
    text: str
    attachments: list[Attachment]
    reply_to: Quote | None
    at: Moment
    edited_at: Moment | None
    deleted_at: Moment | None
    versions: list[MessageVersion]
    outbound: OutboundRef | None


class MessagePage(Out):
    """Oldest first; `next_before` is null where the thread begins."""

    items: list[Message]
    next_before: UUID | None


class NewMessage(In):
    """The same key given twice sends one message."""

    text: LongText
    idempotency_key: Words = Field(min_length=8, max_length=100)


class ConversationChanges(In):
    mode: Mode


class Call(In):
    """Why a person who may decide is called."""

    reason: EscalateReason


class ConversationQuery(In):
    """Which conversations, and which page of them."""

    status: ConversationStatus | None = None
    q: Words | None = Field(default=None, max_length=200)
    mine: bool = False
    unread: bool = False
    channel: ChannelKind | None = None
    cursor: Words | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_AT_ONCE)


@router.get("")
async def list_conversations(
    app: Core, actor: Acting, query: Annotated[ConversationQuery, Query()]
) -> ConversationPage:
    which = queries.Filter(
        status=query.status,
        text=query.q,
        mine=query.mine,
        unread=query.unread,
        channel=query.channel,
    )
    async with app.uow(actor.tenant_id) as uow:
        page = await queries.list_conversations(
            uow, actor, which, cursor=query.cursor, limit=query.limit
        )
        counts = await queries.counts(uow, actor)
    return ConversationPage(
        items=[ConversationSummary.model_validate(view) for view in page.items],
        next_cursor=page.next_cursor,
        counts=Counts.model_validate(counts),
    )


@router.get("/{conversation_id}", responses=_ONE)
async def read_conversation(app: Core, actor: Acting, conversation_id: UUID) -> ConversationDetail:
    async with app.uow(actor.tenant_id) as uow:
        return await _detail(uow, actor, conversation_id)


@router.patch("/{conversation_id}", responses=_ONE)
async def change_conversation(
    app: Core, actor: Acting, conversation_id: UUID, changes: ConversationChanges
) -> ConversationDetail:
    async with app.uow(actor.tenant_id) as uow:
        await service.change_mode(uow, actor, conversation_id, changes.mode)
        return await _detail(uow, actor, conversation_id)


@router.get("/{conversation_id}/messages", responses=_ONE)
async def list_messages(
    app: Core,
    actor: Acting,
    conversation_id: UUID,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 50,
) -> MessagePage:
    """The newest, or those before a message."""
    async with app.uow(actor.tenant_id) as uow:
        page = await thread.messages(uow, actor, conversation_id, before=before, limit=limit)
    return MessagePage(items=[_message(view) for view in page.items], next_before=page.next_before)


@router.post("/{conversation_id}/messages", status_code=201, responses=_ONE)
async def send_message(
    app: Core, actor: Acting, conversation_id: UUID, new: NewMessage
) -> Outbound:
    """Answer in one's own words; it can be cancelled until it goes out."""
    key = f"web:{actor.user_id}:{new.idempotency_key}"
    async with app.uow(actor.tenant_id) as uow:
        planned = await answer_by_hand(uow, actor, conversation_id, new.text, request_key=key)
        return await outbound_of(uow, actor, planned.id)


@router.post("/{conversation_id}/read", status_code=204, responses=_ONE)
async def mark_read(app: Core, actor: Acting, conversation_id: UUID) -> None:
    async with app.uow(actor.tenant_id) as uow:
        await service.mark_read(uow, actor, conversation_id)


@router.post("/{conversation_id}/resolve", responses=_ONE)
async def resolve_conversation(
    app: Core, actor: Acting, conversation_id: UUID
) -> ConversationDetail:
    async with app.uow(actor.tenant_id) as uow:
        await service.resolve(uow, actor, conversation_id)
        return await _detail(uow, actor, conversation_id)


@router.post("/{conversation_id}/reopen", responses=_ONE)
async def reopen_conversation(
    app: Core, actor: Acting, conversation_id: UUID
) -> ConversationDetail:
    async with app.uow(actor.tenant_id) as uow:
        await service.reopen(uow, actor, conversation_id)
        return await _detail(uow, actor, conversation_id)


@router.post("/{conversation_id}/escalate", responses=_ONE)
async def escalate_conversation(
    app: Core, actor: Acting, conversation_id: UUID, call: Call
) -> ConversationDetail:
    """Call the owners and admins where there is no draft to decide upon."""
    async with app.uow(actor.tenant_id) as uow:
        await decide.escalate_conversation(uow, actor, conversation_id, reason=call.reason)
        return await _detail(uow, actor, conversation_id)


@router.post("/{conversation_id}/claim", responses=describe(401, 403, 404, 409))
async def claim_conversation(app: Core, actor: Acting, conversation_id: UUID) -> ConversationDetail:
    """Take it for oneself: of two who try, one wins."""
    async with app.uow(actor.tenant_id) as uow:
        await service.claim(uow, actor, conversation_id)
        return await _detail(uow, actor, conversation_id)


async def _detail(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> ConversationDetail:
    view = await queries.conversation(uow, actor, conversation_id)
    current = await suggestion_queries.current(uow, actor, conversation_id)
    under_way = await suggestion_queries.under_way(uow, actor, conversation_id)
    shown = ConversationSummary.model_validate(view)
    return ConversationDetail(
        **{name: getattr(shown, name) for name in ConversationSummary.model_fields
           if name != "suggestion"},
        episode=view.episode,
        suggestion=suggestion_of(current) if current else None,
        pending_outbound=Outbound.of(under_way) if under_way else None,
    )  # fmt: skip


def _message(view: thread.MessageView) -> Message:
    return Message(
        id=view.id,
        direction=Direction(view.direction),
        author=Author.model_validate({"kind": view.author, "name": view.author_name}),
        text=view.text,
        attachments=[Attachment.model_validate(file) for file in view.attachments],
        reply_to=Quote.model_validate(view.reply_to) if view.reply_to else None,
        at=view.at,
        edited_at=view.edited_at,
        deleted_at=view.deleted_at,
        versions=[MessageVersion.model_validate(version) for version in view.versions],
        outbound=OutboundRef.model_validate(view.outbound) if view.outbound else None,
    )
