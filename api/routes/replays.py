"""Replays: the last days as if the settings had been others."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Moment, Out, Words
from core.ports.ai import Intent
from core.replay import service
from core.replay.candidate import MOST_DAYS
from core.replay.models import Replay as ReplayRow
from core.replay.models import ReplayState

router = APIRouter(
    prefix="/replays",
    tags=["autosend"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403, 404, 409),
)


class CandidateChanges(In):
    """What differs from the store's settings of now; left out: as they are."""

    t_auto: float = 0
    t_escale: float = 0
    intents_autosend_allowed: list[Words] = Field(default_factory=list, max_length=50)
    intents_force_handoff: list[Words] = Field(default_factory=list, max_length=50)
    always_escalate_intents: list[Words] = Field(default_factory=list, max_length=50)
    forbidden_topics: list[Words] = Field(default_factory=list, max_length=200)


class ReplayAsked(In):
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    candidate: CandidateChanges = Field(default_factory=CandidateChanges)


class Candidate(Out):
    t_auto: float
    t_escale: float
    intents_autosend_allowed: list[Intent]
    intents_force_handoff: list[Intent]
    always_escalate_intents: list[Intent]
    forbidden_topics: list[str]


class Point(Out):
    """At this threshold `sent` replies would have gone out by themselves.

    People have judged `judged` of them; `wrong` they did not send as they were: a share between
    `low` and `high` (95 %, exact). Hours are of operators' work and of customers' waiting saved.
    """

    threshold: float
    sent: int
    judged: int
    wrong: int
    low: float
    high: float
    operator_hours: float
    waiting_hours: float


class Result(Out):
    """`curve` has a point for each threshold 0.00, 0.01 … 1.00: a slider needs no request."""

    drafts: int
    held: dict[str, int]  # how many drafts each reason would have kept for a person
    curve: list[Point]
    chosen: Point  # at the candidate's own t_auto


class Replay(Out):
    id: UUID
    state: ReplayState
    days: int
    candidate: Candidate
    done: int
    total: int
    result: Result | None
    problem: str | None
    asked_at: Moment
    finished_at: Moment | None


class Replays(Out):
    items: list[Replay]


class Case(Out):
    """A conversation at risk. `why`: edited, rejected, escalated or complaint."""

    suggestion_id: UUID
    conversation_id: UUID
    number: int
    customer: str
    score: float
    intent: Intent
    why: str
    asked: str
    drafted: str
    final: str | None
    at: Moment


class Cases(Out):
    items: list[Case]


@router.post("", status_code=202)
async def ask_replay(app: Core, actor: Acting, asked: ReplayAsked) -> Replay:
    changes: dict[str, Any] = asked.candidate.model_dump(
        mode="json", include=asked.candidate.model_fields_set
    )
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await service.ask_replay(uow, actor, days=asked.days, changes=changes))


@router.get("")
async def list_replays(app: Core, actor: Acting) -> Replays:
    """The newest first."""
    async with app.uow(actor.tenant_id) as uow:
        return Replays(items=[_shown(row) for row in await service.replays(uow, actor)])


@router.get("/{replay_id}")
async def read_replay(app: Core, actor: Acting, replay_id: UUID) -> Replay:
    """`replay.changed` on /live says that there is more to read."""
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await service.replay_of(uow, actor, replay_id))


@router.get("/{replay_id}/cases")
async def list_cases(
    app: Core,
    actor: Acting,
    replay_id: UUID,
    threshold: Annotated[float, Query(ge=0, le=1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Cases:
    """The conversations at risk at this threshold, the surest drafts first."""
    async with app.uow(actor.tenant_id) as uow:
        found = await service.cases_at(uow, actor, replay_id, threshold=threshold, limit=limit)
    return Cases(items=[Case.model_validate(one) for one in found])


def _shown(row: ReplayRow) -> Replay:
    return Replay(
        id=row.id,
        state=ReplayState(row.state),
        days=row.days,
        candidate=Candidate.model_validate(row.candidate, from_attributes=False),
        done=row.done,
        total=row.total,
        result=Result.model_validate(row.result) if row.result else None,
        problem=row.problem,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )
