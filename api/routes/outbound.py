"""Replies on their way to customers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe, speaker_of
from api.shapes import In, Moment, Out
from core.conversations.models import Author as AuthorKind
from core.delivery import queue
from core.delivery.models import OutboundState
from core.delivery.queue import Show
from core.delivery.service import settle_doubt
from core.identity.permissions import Actor
from core.kernel.i18n import Speaker, knows
from core.kernel.paging import MOST_AT_ONCE
from core.kernel.uow import UnitOfWork
from core.ports.channel import ChannelKind
from core.suggestions import queries
from core.suggestions.decide import undo
from core.suggestions.try_again import try_again
from core.suggestions.undo_many import undo_many

router = APIRouter(
    prefix="/outbound",
    tags=["conversations"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403, 404, 409),
)


class Author(Out):
    """`name` is null for those who have none of their own."""

    kind: AuthorKind
    name: str | None


class Outbound(Out):
    id: UUID
    conversation_id: UUID
    state: OutboundState
    text: str
    due_at: Moment
    sent_at: Moment | None
    author: Author
    problem: str | None

    @classmethod
    def of(cls, view: queries.OutboundView) -> "Outbound":
        return cls(
            id=view.id,
            conversation_id=view.conversation_id,
            state=OutboundState(view.state),
            text=view.text,
            due_at=view.due_at,
            sent_at=view.settled_at if view.state == OutboundState.SENT else None,
            author=Author(kind=AuthorKind(view.author), name=view.author_name),
            problem=view.problem,
        )


class Doubt(In):
    """What a person saw in the messenger. False: send it again."""

    arrived: bool


class QueueConversation(Out):
    id: UUID
    number: int


class QueueCustomer(Out):
    id: UUID
    name: str


class QueueChannel(Out):
    id: UUID
    kind: ChannelKind
    name: str


class QueuedReply(Out):
    """A reply in the queue. `problem` and `waits_for` are said in the reader's language.

    `late_seconds` counts from `planned_for`: to now while it is open, else to when it was sent.
    `waits_for` tells why a reply that is due stays: its channel is off, closed or not there.
    """

    id: UUID
    conversation: QueueConversation
    customer: QueueCustomer
    channel: QueueChannel
    state: OutboundState
    automatic: bool
    author: Author
    text: str
    created_at: Moment
    planned_for: Moment
    due_at: Moment
    settled_at: Moment | None
    late_seconds: int
    attempts: int
    problem: str | None
    waits_for: str | None
    can_cancel: bool
    can_retry: bool
    can_resolve: bool

    @classmethod
    def told(cls, view: queue.QueuedReply, speaker: Speaker) -> "QueuedReply":
        return cls(
            id=view.id,
            conversation=QueueConversation(
                id=view.conversation_id, number=view.conversation_number
            ),
            customer=QueueCustomer(id=view.customer_id, name=view.customer_name),
            channel=QueueChannel(
                id=view.channel_id, kind=ChannelKind(view.channel_kind), name=view.channel_name
            ),
            state=OutboundState(view.state),
            automatic=view.automatic,
            author=Author(kind=AuthorKind(view.author), name=view.author_name),
            text=view.text,
            created_at=view.created_at,
            planned_for=view.planned_for,
            due_at=view.due_at,
            settled_at=view.settled_at,
            late_seconds=view.late_seconds,
            attempts=view.attempts,
            problem=_said(view.problem, speaker),
            waits_for=_said(view.waits_for, speaker),
            can_cancel=view.can_cancel,
            can_retry=view.can_retry,
            can_resolve=view.can_resolve,
        )


class QueuePage(Out):
    """`next_cursor` is null on the last page."""

    items: list[QueuedReply]
    next_cursor: str | None


class Outcomes(Out):
    """How many replies of the last day ended so."""

    sent: int = 0
    rejected: int = 0
    unsure: int = 0
    parked: int = 0
    cancelled: int = 0


class QueueFigures(Out):
    """Depths are counted up to 100000; times are in seconds, null where there is nothing."""

    waiting: int
    due: int
    late: int
    going_out: int
    held: int
    in_doubt: int
    parked: int
    oldest_due_seconds: float | None
    outcomes: Outcomes
    lateness_p50_seconds: float | None
    lateness_p99_seconds: float | None


class Which(In):
    """Replies to take back, a hundred at most."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Undone(Out):
    """What became of each id that was given."""

    cancelled: list[UUID]
    too_late: list[UUID]
    unknown: list[UUID]


@router.get("")
async def list_outbound(
    app: Core,
    actor: Acting,
    request: Request,
    show: Show = Show.OPEN,
    cursor: Annotated[str | None, Query(max_length=256)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 50,
) -> QueuePage:
    """The queue: `open` and `late` by due time, `in_doubt`, `parked`, `done` and `all` newest first."""
    async with app.uow(actor.tenant_id) as uow:
        page = await queue.list_queue(uow, actor, show, cursor=cursor, limit=limit)
    speaker = speaker_of(request)
    items = [QueuedReply.told(view, speaker) for view in page.items]
    return QueuePage(items=items, next_cursor=page.next_cursor)


@router.get("/figures")
async def read_queue_figures(app: Core, actor: Acting) -> QueueFigures:
    """Depth, age, lateness and outcomes of the store's replies."""
    async with app.uow(actor.tenant_id) as uow:
        found = await queue.figures(uow, actor)
    return QueueFigures(
        **{name: getattr(found, name) for name in QueueFigures.model_fields if name != "outcomes"},
        outcomes=Outcomes(**found.outcomes),
    )


@router.post("/cancel")
async def cancel_many_outbound(app: Core, actor: Acting, which: Which) -> Undone:
    """Take many back at once; what is going out already is told as too late."""
    async with app.uow(actor.tenant_id) as uow:
        return Undone.model_validate(await undo_many(uow, actor, which.ids))


@router.post("/{outbound_id}/retry")
async def retry_outbound(app: Core, actor: Acting, outbound_id: UUID) -> Outbound:
    """Try a parked reply again, as the newest of its conversation."""
    async with app.uow(actor.tenant_id) as uow:
        await try_again(uow, actor, outbound_id)
        return await outbound_of(uow, actor, outbound_id)


def _said(key: str | None, speaker: Speaker) -> str | None:
    """In the reader's words, if it is one of our keys."""
    return speaker.say(key) if key and knows(key, speaker.language) else key


@router.post("/{outbound_id}/cancel")
async def cancel_outbound(app: Core, actor: Acting, outbound_id: UUID) -> Outbound:
    """Take a reply back; once it is going out it is too late."""
    async with app.uow(actor.tenant_id) as uow:
        await undo(uow, actor, outbound_id)
        return await outbound_of(uow, actor, outbound_id)


@router.post("/{outbound_id}/resolve")
async def resolve_outbound(app: Core, actor: Acting, outbound_id: UUID, doubt: Doubt) -> Outbound:
    """Settle whether a reply in doubt arrived. Sent again, it is a new one."""
    async with app.uow(actor.tenant_id) as uow:
        settled = await settle_doubt(uow, actor, outbound_id, arrived=doubt.arrived)
        return await outbound_of(uow, actor, settled.id)


async def outbound_of(uow: UnitOfWork, actor: Actor, outbound_id: UUID) -> Outbound:
    return Outbound.of(await queries.outbound(uow, actor, outbound_id))
