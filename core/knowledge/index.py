"""Makes passages of sources: the work behind `indexing_jobs`.

Claim, read, close; embed with no transaction open; open, check that the source is still the one
that was read, write. A process that dies in between leaves a lease that runs out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import asyncpg
import orjson
import structlog

from core.billing.spend import Meter
from core.kernel.clock import Clock
from core.kernel.database import Database
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.knowledge.chunking import Piece, document_pieces, product_piece
from core.knowledge.models import DIMENSIONS, SourceKind, facet
from core.knowledge.passages import Source, as_text, write_passages
from core.knowledge.words import ANALYSER
from core.ports.ai import AiFailure, Embedder

JOBS_A_PASS = 32
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 6
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=10)
_UNTIL_MONEY = timedelta(hours=1)
_log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE indexing_jobs SET lease_token = $1, lease_until = $2, attempts = attempts + 1
WHERE (tenant_id, id) IN (
    SELECT tenant_id, id FROM indexing_jobs
    WHERE due_at <= $3 AND parked_at IS NULL AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING tenant_id, id, source_kind, source_id, attempts
"""
_SOURCES = {
    SourceKind.DOCUMENT: """
SELECT id, version, title, body, type FROM documents
WHERE tenant_id = $1 AND id = ANY($2) AND deleted_at IS NULL
""",
    SourceKind.PRODUCT: """
SELECT id, version, name, sku, description, variants::text, delivery FROM products
WHERE tenant_id = $1 AND id = ANY($2) AND deleted_at IS NULL
""",
    # An answer of the past never changes: it is approved, or it is withdrawn.
    SourceKind.ANSWER: """
SELECT id, 1 AS version, user_message, final_answer FROM training_samples
WHERE tenant_id = $1 AND id = ANY($2) AND withdrawn_at IS NULL AND final_answer <> ''
  AND outcome IN ('approved', 'edited')
""",
}
_OLD_CHUNKS = """
SELECT ordinal, body_hash, analyser, embedding::text FROM chunks
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = $3 AND embedder = $4
"""
_STILL = {
    SourceKind.DOCUMENT: """
SELECT version FROM documents WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
""",
    SourceKind.PRODUCT: """
SELECT version FROM products WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
""",
    SourceKind.ANSWER: """
SELECT 1 FROM training_samples WHERE tenant_id = $1 AND id = $2 AND withdrawn_at IS NULL
FOR NO KEY UPDATE
""",
}
_DONE = "DELETE FROM indexing_jobs WHERE tenant_id = $1 AND id = $2 AND lease_token = $3"
_AGAIN = """
UPDATE indexing_jobs
SET lease_token = NULL, lease_until = NULL, due_at = $4, problem = $5, parked_at = $6,
    attempts = attempts - $7
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_OUTDATED = """
INSERT INTO indexing_jobs (tenant_id, id, source_kind, source_id, due_at)
SELECT tenant_id, uuidv7(), source_kind, source_id, $2
FROM (SELECT DISTINCT tenant_id, source_kind, source_id FROM chunks
      WHERE embedder IS DISTINCT FROM $1) AS other
ON CONFLICT (tenant_id, source_kind, source_id) DO NOTHING
"""


class Indexing(Protocol):
    """What indexing needs of the product; `core.app.App` has it."""

    @property
    def db(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def embedder(self) -> Embedder: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True)
class _Job:
    tenant_id: UUID
    id: UUID
    kind: SourceKind
    source_id: UUID
    attempts: int
    token: UUID


@dataclass(frozen=True, slots=True)
class _Plan:
    """A source at one version: its pieces, and the vectors it has already by fingerprint."""

    job: _Job
    version: int
    facet: int
    pieces: list[Piece]
    kept: frozenset[int]  # ordinals whose row can stay as it is
    vectors: dict[bytes, str]

    @property
    def wanting(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.fingerprint not in self.vectors]


async def index_due(app: Indexing) -> int:
    """Claim some due jobs and do them; how many. A failure of one leaves the others alone."""
    jobs = await _claim(app)
    by_tenant: dict[UUID, list[_Job]] = defaultdict(list)
    for job in jobs:
        by_tenant[job.tenant_id].append(job)
    for tenant_id, own in by_tenant.items():
        hopeless = await _try(app, tenant_id, own)
        if hopeless:
            # One text the model will not take must not park its neighbours.
            for job in own:
                await _try(app, tenant_id, [job])
    return len(jobs)


async def _try(app: Indexing, tenant_id: UUID, jobs: Sequence[_Job]) -> bool:
    """Index these together; true if they failed together and should be tried one by one."""
    try:
        await _index(app, tenant_id, jobs)
    except AiFailure as failure:
        if not failure.again and len(jobs) > 1:
            return True
        await _later(app, jobs, failure.why, hopeless=not failure.again)
    except DomainError as refusal:
        await _later(app, jobs, refusal.key, waits_for_money=refusal.kind is Kind.LIMITED)
    except Exception as fault:
        if len(jobs) > 1:
            return True
        _log.exception("indexing_broke", source=str(jobs[0].source_id))
        await _later(app, jobs, type(fault).__name__)
    return False


async def enqueue_outdated(app: Indexing) -> int:
    """Have every passage of another embedder made again: for when the setting has changed."""
    async with app.db.hot_platform() as sql:
        status = await sql.execute(_OUTDATED, app.embedder.name, app.clock.now())
    return int(str(status).rsplit(" ", 1)[1])


async def _claim(app: Indexing) -> list[_Job]:
    token, now = uuid4(), app.clock.now()
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch(_CLAIM, token, now + LEASE, now, JOBS_A_PASS)
    return [
        _Job(r["tenant_id"], r["id"], SourceKind(r["source_kind"]), r["source_id"], r["attempts"],
             token)
        for r in rows
    ]  # fmt: skip


async def _index(app: Indexing, tenant_id: UUID, jobs: Sequence[_Job]) -> None:
    async with app.uow(tenant_id) as uow:
        plans = await _read(await uow.sql(), tenant_id, jobs, app.embedder.name)
    wanting = {p.fingerprint: p.embedded for plan in plans for p in plan.wanting}
    fresh: dict[bytes, str] = {}
    if wanting:
        meter = Meter(app, tenant_id)
        embedded = await meter.embed(app.embedder, list(wanting.values()))
        if any(len(vector) != DIMENSIONS for vector in embedded.vectors):
            raise AiFailure("ai.wrong_dimension", again=False)
        fresh = dict(zip(wanting, map(as_text, embedded.vectors), strict=True))
    for plan in plans:
        async with app.uow(tenant_id) as uow:
            await _write(await uow.sql(), plan, fresh, app.embedder.name, uow.clock.now())
            uow.tell("knowledge.indexed", plan.job.source_id)


async def _read(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, jobs: Sequence[_Job], embedder: str
) -> list[_Plan]:
    plans = []
    for kind in SourceKind:
        own = {job.source_id: job for job in jobs if job.kind is kind}
        rows = await sql.fetch(_SOURCES[kind], tenant_id, list(own)) if own else []
        for row in rows:
            pieces = _pieces(kind, row)
            old = await sql.fetch(_OLD_CHUNKS, tenant_id, kind, row["id"], embedder)
            at = {r["ordinal"]: r["body_hash"] for r in old if r["analyser"] == ANALYSER}
            plans.append(
                _Plan(
                    own[row["id"]],
                    row["version"],
                    facet(kind, row.get("type")),
                    pieces,
                    frozenset(n for n, p in enumerate(pieces) if at.get(n) == p.fingerprint),
                    {r["body_hash"]: r["embedding"] for r in old},
                )
            )
        for gone in own.keys() - {row["id"] for row in rows}:
            await sql.execute(_DONE, tenant_id, own[gone].id, own[gone].token)
    return plans


def _pieces(kind: SourceKind, row: Mapping[str, Any]) -> list[Piece]:
    if kind is SourceKind.DOCUMENT:
        return document_pieces(row["title"], row["body"])
    if kind is SourceKind.ANSWER:
        return [Piece(row["user_message"], row["final_answer"])]
    return [product_piece({**row, "variants": orjson.loads(row["variants"])})]


async def _write(
    sql: "asyncpg.Connection[Any]",
    plan: _Plan,
    fresh: Mapping[bytes, str],
    embedder: str,
    now: datetime,
) -> None:
    """All passages of the source at once, unless it has changed since it was read."""
    job = plan.job
    if await sql.fetchval(_STILL[job.kind], job.tenant_id, job.source_id) != plan.version:
        # A change of its words has made the job anew; another change has not: look again.
        await sql.execute(_AGAIN, job.tenant_id, job.id, job.token, now, None, None, 1)
        return
    vectors = {**plan.vectors, **fresh}
    await write_passages(
        sql,
        Source(job.tenant_id, job.kind, job.source_id, plan.version, plan.facet),
        plan.pieces,
        vectors,
        embedder,
        now,
        kept=plan.kept,
    )
    await sql.execute(_DONE, job.tenant_id, job.id, job.token)


async def _later(
    app: Indexing,
    jobs: Sequence[_Job],
    why: str,
    *,
    hopeless: bool = False,
    waits_for_money: bool = False,
) -> None:
    """Later, and ever later; parked with the reason when it is hopeless."""
    now = app.clock.now()
    for job in jobs:
        wait = min(_FIRST_WAIT * 2 ** (job.attempts - 1), _LONGEST_WAIT)
        due = now + (_UNTIL_MONEY if waits_for_money else wait)
        out = job.attempts >= MOST_ATTEMPTS and not waits_for_money
        parked = now if hopeless or out else None
        _log.warning("indexing_failed", source=str(job.source_id), why=why, parked=bool(parked))
        async with app.uow(job.tenant_id) as uow:
            sql = await uow.sql()
            await sql.execute(
                _AGAIN, job.tenant_id, job.id, job.token, due, why, parked, int(waits_for_money)
            )
