"""Replies the AI drafted, and what operators make of them."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter, Depends

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.routes.me import Person
from api.routes.outbound import Outbound, outbound_of
from api.shapes import In, LongText, Moment, Out, Version
from core.identity.permissions import Permission
from core.suggestions import decide, queries
from core.suggestions.decide import EscalateReason, RejectReason
from core.suggestions.models import Suggestion as SuggestionRow
from core.suggestions.models import Verdict

router = APIRouter(
    prefix="/suggestions",
    tags=["suggestions"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403, 404, 409),
)


class Status(StrEnum):
    DRAFTING = "drafting"
    PENDING = "pending"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    SUPERSEDED = "superseded"
    AUTO_SENT = "auto_sent"
    FAILED = "failed"


class Source(Out):
    """What the draft stands on."""

    id: UUID
    kind: str
    title: str
    price: Decimal | None
    currency: str | None
    quote: str | None


class Doubt(Out):
    """What to look at before sending; `text` are the words it is about, where there are any."""

    kind: str
    text: str


class Suggestion(Out):
    """`id` is null while the AI drafts: there is nothing to decide upon yet."""

    id: UUID | None
    version: int
    status: Status
    text: str | None
    intent: str | None
    score: float | None
    verdict: Verdict | None
    reasons: list[str]
    sources: list[Source]
    unbound: list[str]
    doubts: list[Doubt]
    failure: str | None
    decided_by: Person | None
    decided_at: Moment | None


class Decision(In):
    """`version` is the one that was read: another one is stale, and nothing is done."""

    version: Version


class Approval(Decision):
    """With `text` it goes out in the draft's place."""

    text: LongText | None = None


class Rejection(Decision):
    reason: RejectReason


class Escalation(Decision):
    reason: EscalateReason


@router.post("/{suggestion_id}/approve")
async def approve_suggestion(
    app: Core, actor: Acting, suggestion_id: UUID, given: Approval
) -> Outbound:
    """Send the draft, or one's own text in its place. Of several operators one wins."""
    async with app.uow(actor.tenant_id) as uow:
        planned = await decide.approve(
            uow, actor, suggestion_id, version=given.version, text=given.text
        )
        return await outbound_of(uow, actor, planned.id)


@router.post("/{suggestion_id}/reject")
async def reject_suggestion(
    app: Core, actor: Acting, suggestion_id: UUID, given: Rejection
) -> Suggestion:
    async with app.uow(actor.tenant_id) as uow:
        await decide.reject(uow, actor, suggestion_id, version=given.version, reason=given.reason)
        view = await queries.suggestion(uow, actor, suggestion_id)
    return suggestion_of(view)


@router.post("/{suggestion_id}/escalate")
async def escalate_suggestion(
    app: Core, actor: Acting, suggestion_id: UUID, given: Escalation
) -> Suggestion:
    async with app.uow(actor.tenant_id) as uow:
        await decide.escalate(uow, actor, suggestion_id, version=given.version, reason=given.reason)
        view = await queries.suggestion(uow, actor, suggestion_id)
    return suggestion_of(view)


@router.post("/{suggestion_id}/regenerate")
async def regenerate_suggestion(
    app: Core, actor: Acting, suggestion_id: UUID, given: Decision
) -> Suggestion:
    """Ask for another draft; the answer says that one is being made."""
    # Before the look-up: whoever may not ask learns nothing of what there is.
    actor.require(Permission.MANAGE_CONVERSATIONS)
    async with app.uow(actor.tenant_id) as uow:
        conversation_id = (await uow.get(SuggestionRow, suggestion_id)).conversation_id
        await decide.regenerate(
            uow, actor, conversation_id, suggestion_id=suggestion_id, version=given.version
        )
        view = await queries.current(uow, actor, conversation_id)
        if view is None:
            view = await queries.suggestion(uow, actor, suggestion_id)
    return suggestion_of(view)


def suggestion_of(view: queries.SuggestionView) -> Suggestion:
    """As a page shows it: of the sources only those the draft used."""
    return Suggestion(
        id=view.id,
        version=view.version,
        status=Status(view.status),
        text=view.text,
        intent=view.intent,
        score=view.score,
        verdict=Verdict(view.verdict) if view.verdict else None,
        reasons=list(view.reasons),
        sources=[Source.model_validate(source) for source in view.sources if source["used"]],
        unbound=list(view.unbound),
        doubts=[Doubt.model_validate(doubt) for doubt in view.doubts],
        failure=view.failure,
        decided_by=Person.model_validate(view.decided_by) if view.decided_by else None,
        decided_at=view.decided_at,
    )
