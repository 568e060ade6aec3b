"""How far the index has come, and what admins may ask of it: recompute, invalidate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.audit.service import note
from core.identity.permissions import Actor, Permission
from core.kernel.ids import new_id
from core.kernel.paging import read_page
from core.kernel.uow import UnitOfWork
from core.knowledge.models import SourceKind
from core.knowledge.queue import want_index

_SOURCES = """
SELECT 'document' AS kind, id FROM documents WHERE tenant_id = $1 AND deleted_at IS NULL
UNION ALL
SELECT 'product', id FROM products WHERE tenant_id = $1 AND deleted_at IS NULL
"""
_COUNTS = """
SELECT (SELECT count(*) FROM documents WHERE tenant_id = $1 AND deleted_at IS NULL) AS documents,
       (SELECT count(*) FROM products WHERE tenant_id = $1 AND deleted_at IS NULL) AS products,
       (SELECT count(*) FROM chunks WHERE tenant_id = $1) AS chunks,
       count(*) FILTER (WHERE parked_at IS NOT NULL) AS failed,
       count(*) FILTER (WHERE parked_at IS NULL AND lease_until > $2) AS working,
       count(*) AS jobs
FROM indexing_jobs WHERE tenant_id = $1
"""
_PROBLEMS = """
SELECT problem, count(*) AS count FROM indexing_jobs
WHERE tenant_id = $1 AND problem IS NOT NULL GROUP BY problem ORDER BY count DESC, problem LIMIT 10
"""
_STATE = """CASE WHEN job.parked_at IS NOT NULL THEN 'failed'
                 WHEN job.lease_until > $2 THEN 'working' ELSE 'waiting' END"""
_JOBS = f"""
SELECT job.id, job.source_kind, job.source_id, coalesce(d.title, p.name) AS title,
       {_STATE} AS state, job.attempts, job.due_at, job.problem
FROM indexing_jobs job
LEFT JOIN documents d ON job.source_kind = 'document' AND d.tenant_id = $1 AND d.id = job.source_id
LEFT JOIN products p ON job.source_kind = 'product' AND p.tenant_id = $1 AND p.id = job.source_id
WHERE job.tenant_id = $1 AND ($3::text IS NULL OR {_STATE} = $3)
  AND ($4::timestamptz IS NULL OR (job.due_at, job.id) > ($4, $5::uuid))
ORDER BY job.due_at, job.id LIMIT $6
"""  # noqa: S608 - its own words
_CHOSEN = f"""
SELECT source.kind, source.id FROM ({_SOURCES}) AS source
WHERE ($2::text IS NULL OR source.kind = $2) AND ($3::uuid[] IS NULL OR source.id = ANY($3))
  AND (NOT $4 OR EXISTS (
      SELECT FROM indexing_jobs job
      WHERE job.tenant_id = $1 AND job.source_kind = source.kind AND job.source_id = source.id
        AND job.parked_at IS NOT NULL))
"""  # noqa: S608 - its own words
# A fingerprint of nothing: the passage is served on, and is embedded anew when its turn comes.
_DOUBT = """
UPDATE chunks SET body_hash = ''
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = ANY($3)
"""
_DROP = "DELETE FROM chunks WHERE tenant_id = $1 AND source_kind = $2 AND source_id = ANY($3)"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A reason, and how many sources wait because of it."""

    problem: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Every document and product counted once: done, waiting, working or failed."""

    documents: int
    products: int
    chunks: int
    done: int
    waiting: int
    working: int
    failed: int
    problems: Sequence[Trouble]


@dataclass(frozen=True, slots=True)
class JobView:
    id: UUID
    source_kind: str
    source_id: UUID
    title: str | None
    state: str
    attempts: int
    due_at: datetime
    problem: str | None


@dataclass(frozen=True, slots=True)
class JobPage:
    items: list[JobView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which sources an admin means; nothing said is all of them."""

    kind: SourceKind | None = None
    ids: Sequence[UUID] | None = None
    only_failed: bool = False


async def progress(uow: UnitOfWork, actor: Actor) -> Progress:
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    sql = await uow.sql()
    row: Any = await sql.fetchrow(_COUNTS, uow.tenant_id, uow.clock.now())
    troubles = await sql.fetch(_PROBLEMS, uow.tenant_id)
    sources = row["documents"] + row["products"]
    return Progress(
        documents=row["documents"],
        products=row["products"],
        chunks=row["chunks"],
        done=max(0, sources - row["jobs"]),
        waiting=row["jobs"] - row["failed"] - row["working"],
        working=row["working"],
        failed=row["failed"],
        problems=[Trouble(trouble["problem"], trouble["count"]) for trouble in troubles],
    )


async def jobs(
    uow: UnitOfWork,
    actor: Actor,
    *,
    state: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> JobPage:
    """Sources that are not indexed yet, the next due first."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    values = (uow.tenant_id, uow.clock.now(), state)
    rows, next_cursor = await read_page(
        await uow.sql(), _JOBS, *values, cursor=cursor, limit=limit, by="due_at"
    )
    return JobPage([JobView(*row) for row in rows], next_cursor)


async def recompute(uow: UnitOfWork, actor: Actor, chosen: Chosen, *, anew: bool = False) -> int:
    """Have these sources indexed again; how many. What is served stays until it is replaced.

    Without `anew` only what reads otherwise is embedded again.
    """
    return await _again(uow, actor, chosen, "index.recomputed", _DOUBT if anew else None)


async def invalidate(uow: UnitOfWork, actor: Actor, chosen: Chosen) -> int:
    """Nothing of these sources is found from this commit on, until they are indexed again."""
    return await _again(uow, actor, chosen, "index.invalidated", _DROP)


async def _again(
    uow: UnitOfWork, actor: Actor, chosen: Chosen, action: str, first: str | None
) -> int:
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    sql = await uow.sql()
    ids = None if chosen.ids is None else list(chosen.ids)
    rows = await sql.fetch(_CHOSEN, uow.tenant_id, chosen.kind, ids, chosen.only_failed)
    for kind in SourceKind:
        own = sorted(row["id"] for row in rows if row["kind"] == kind)
        if own and first is not None:
            await sql.execute(first, uow.tenant_id, kind, own)
        await want_index(uow, kind, own, bulk=True)
    note(
        uow,
        actor,
        action,
        target_kind="index",
        target_id=new_id(),
        after={"sources": len(rows), "kind": chosen.kind, "only_failed": chosen.only_failed},
    )
    uow.tell("knowledge.changed", uow.tenant_id)
    return len(rows)
