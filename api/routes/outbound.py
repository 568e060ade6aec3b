"""Replies on their way to customers."""

from uuid import UUID

from fastapi import APIRouter, Depends

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Moment, Out
from core.conversations.models import Author as AuthorKind
from core.delivery.models import OutboundState
from core.delivery.service import settle_doubt
from core.identity.permissions import Actor
from core.kernel.uow import UnitOfWork
from core.suggestions import queries
from core.suggestions.decide import undo

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
