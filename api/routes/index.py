"""How far the index of knowledge has come, and making it anew."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.reasons import Reason, Reasons, Speaking
from api.shapes import In, Moment, Out, Words
from core.app import App
from core.identity.permissions import Actor
from core.kernel.paging import MOST_AT_ONCE
from core.knowledge import progress
from core.knowledge.models import SourceKind

router = APIRouter(
    prefix="/index",
    tags=["knowledge"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_MOST_IDS = 1_000


class IndexSources(Out):
    documents: int
    products: int


class IndexTrouble(Reason):
    count: int


class Index(Out):
    """Every document and product counted once: done, waiting, working or failed."""

    embedder: str
    sources: IndexSources
    done: int
    waiting: int
    working: int
    failed: int
    chunks: int
    problems: list[IndexTrouble]


class IndexJobSource(Out):
    kind: SourceKind
    id: UUID
    title: str | None


class IndexJob(Out):
    id: UUID
    source: IndexJobSource
    state: Literal["waiting", "working", "failed"]
    attempts: int
    due_at: Moment
    problem: Reason | None


class IndexJobPage(Out):
    items: list[IndexJob]
    next_cursor: str | None


class IndexChosen(In):
    """Which sources; nothing said is all of them."""

    kind: SourceKind | None = None
    ids: Annotated[list[UUID], Field(max_length=_MOST_IDS)] | None = None


class IndexRecompute(IndexChosen):
    """`anew`: what reads as before is embedded again as well."""

    only_failed: bool = False
    anew: bool = False


class IndexJobQuery(In):
    """Which jobs, and which page of them."""

    state: Literal["waiting", "working", "failed"] | None = None
    cursor: Words | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_AT_ONCE)


@router.get("")
async def read_index(app: Core, actor: Acting, speaking: Speaking) -> Index:
    return await _index(app, actor, speaking)


@router.get("/jobs")
async def list_jobs(
    app: Core, actor: Acting, speaking: Speaking, query: Annotated[IndexJobQuery, Query()]
) -> IndexJobPage:
    """Sources that are not indexed yet, the next due first."""
    async with app.uow(actor.tenant_id) as uow:
        page = await progress.jobs(
            uow, actor, state=query.state, cursor=query.cursor, limit=query.limit
        )
    return IndexJobPage(
        items=[_job(view, speaking) for view in page.items], next_cursor=page.next_cursor
    )


@router.post("/recompute", status_code=202)
async def recompute_index(
    app: Core, actor: Acting, speaking: Speaking, asked: IndexRecompute
) -> Index:
    """Made again in the background; answers stand on what there is until then."""
    chosen = progress.Chosen(asked.kind, asked.ids, asked.only_failed)
    async with app.uow(actor.tenant_id) as uow:
        await progress.recompute(uow, actor, chosen, anew=asked.anew)
    return await _index(app, actor, speaking)


@router.post("/invalidate", status_code=202)
async def invalidate_index(
    app: Core, actor: Acting, speaking: Speaking, asked: IndexChosen
) -> Index:
    """Gone from every answer at once, and made again in the background."""
    async with app.uow(actor.tenant_id) as uow:
        await progress.invalidate(uow, actor, progress.Chosen(asked.kind, asked.ids))
    return await _index(app, actor, speaking)


async def _index(app: App, actor: Actor, speaking: Reasons) -> Index:
    async with app.uow(actor.tenant_id) as uow:
        found = await progress.progress(uow, actor)
    return Index(
        embedder=app.embedder.name,
        sources=IndexSources(documents=found.documents, products=found.products),
        done=found.done,
        waiting=found.waiting,
        working=found.working,
        failed=found.failed,
        chunks=found.chunks,
        problems=[
            IndexTrouble(**speaking.of(trouble.problem).model_dump(), count=trouble.count)
            for trouble in found.problems
        ],
    )


def _job(view: progress.JobView, speaking: Reasons) -> IndexJob:
    return IndexJob.model_validate(
        {
            "id": view.id,
            "source": {"kind": view.source_kind, "id": view.source_id, "title": view.title},
            "state": view.state,
            "attempts": view.attempts,
            "due_at": view.due_at,
            "problem": speaking.of(view.problem) if view.problem else None,
        }
    )
