"""Makes the passages of sources, claimed from `indexing_jobs` by `drain`.

Read, close; embed with no transaction open; open, check that the source is still the one that was
read, write.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import orjson

from core.billing.spend import Meter
from core.kernel.clock import Clock
from core.kernel.database import Database
from core.kernel.uow import UnitOfWork
from core.knowledge.chunking import Piece, document_pieces, product_piece
from core.knowledge.models import DIMENSIONS, SourceKind, facet
from core.knowledge.passages import Passages, as_text, write_passages
from core.knowledge.words import ANALYSER
from core.ports.ai import AiFailure, Embedder

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
# $5 fingerprints of what is wanted now: only their vectors are worth reading.
_OLD_CHUNKS = """
SELECT source_id, ordinal, body_hash, analyser,
       CASE WHEN body_hash = ANY($5) THEN embedding::text END AS embedding
FROM chunks
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = ANY($3) AND embedder = $4
"""
_STILL = {
    SourceKind.DOCUMENT: """
SELECT id, version FROM documents WHERE tenant_id = $1 AND id = ANY($2) AND deleted_at IS NULL
ORDER BY id FOR NO KEY UPDATE
""",
    SourceKind.PRODUCT: """
SELECT id, version FROM products WHERE tenant_id = $1 AND id = ANY($2) AND deleted_at IS NULL
ORDER BY id FOR NO KEY UPDATE
""",
    SourceKind.ANSWER: """
SELECT id, 1 AS version FROM training_samples
WHERE tenant_id = $1 AND id = ANY($2) AND withdrawn_at IS NULL ORDER BY id FOR NO KEY UPDATE
""",
}
_DONE = """
DELETE FROM indexing_jobs USING unnest($2::uuid[], $3::uuid[]) AS done (job, token)
WHERE tenant_id = $1 AND id = done.job AND lease_token = done.token
"""
AGAIN = """
UPDATE indexing_jobs
SET lease_token = NULL, lease_until = NULL, due_at = $4, problem = $5, parked_at = $6,
    attempts = attempts - $7
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
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
class Job:
    """A source to be indexed, under the lease of whoever does it."""

    tenant_id: UUID
    id: UUID
    kind: SourceKind
    source_id: UUID
    attempts: int
    token: UUID


@dataclass(frozen=True, slots=True)
class _Plan:
    """A source at one version: its pieces, and the vectors it has already by fingerprint."""

    job: Job
    version: int
    facet: int
    pieces: list[Piece]
    kept: frozenset[int]  # ordinals whose row can stay as it is
    vectors: dict[bytes, str]

    @property
    def wanting(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.fingerprint not in self.vectors]


async def index_sources(app: Indexing, tenant_id: UUID, jobs: Sequence[Job]) -> None:
    """Make the passages of these sources of one store, and take away the jobs that are done.

    Raises AiFailure or DomainError: then nothing of them was written.
    """
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
    # A crash of the database may undo this: the job is undone with it, and done again.
    async with app.db.hot_unit(tenant_id, relaxed=True) as uow:
        sql = await uow.sql()
        plans = await _unchanged(sql, tenant_id, plans, uow.clock.now())
        made = [Passages(p.job.kind, p.job.source_id, p.version, p.facet, p.pieces,
                         {**p.vectors, **fresh}, p.kept) for p in plans]  # fmt: skip
        await write_passages(sql, tenant_id, made, app.embedder.name, uow.clock.now())
        await _done(sql, tenant_id, [plan.job for plan in plans])
        for plan in plans:
            uow.tell("knowledge.indexed", plan.job.source_id)


async def _read(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, jobs: Sequence[Job], embedder: str
) -> list[_Plan]:
    plans = []
    for kind in SourceKind:
        own = {job.source_id: job for job in jobs if job.kind is kind}
        rows = await sql.fetch(_SOURCES[kind], tenant_id, list(own)) if own else []
        pieces = {row["id"]: _pieces(kind, row) for row in rows}
        old = await _old(sql, tenant_id, kind, pieces, embedder)
        for row in rows:
            mine = old.get(row["id"], [])
            at = {r["ordinal"]: r["body_hash"] for r in mine if r["analyser"] == ANALYSER}
            plans.append(
                _Plan(
                    own[row["id"]],
                    row["version"],
                    facet(kind, row.get("type")),
                    pieces[row["id"]],
                    frozenset(
                        n for n, p in enumerate(pieces[row["id"]]) if at.get(n) == p.fingerprint
                    ),
                    {r["body_hash"]: r["embedding"] for r in mine if r["embedding"] is not None},
                )
            )
        await _done(sql, tenant_id, [own[gone] for gone in own.keys() - pieces.keys()])
    return plans


async def _old(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    kind: SourceKind,
    pieces: Mapping[UUID, Sequence[Piece]],
    embedder: str,
) -> dict[UUID, list[Any]]:
    """The passages these sources have, by source."""
    wanted = [piece.fingerprint for own in pieces.values() for piece in own]
    found: dict[UUID, list[Any]] = {}
    if pieces:
        for row in await sql.fetch(_OLD_CHUNKS, tenant_id, kind, list(pieces), embedder, wanted):
            found.setdefault(row["source_id"], []).append(row)
    return found


async def _done(sql: "asyncpg.Connection[Any]", tenant_id: UUID, jobs: Sequence[Job]) -> None:
    if jobs:
        ids, tokens = [job.id for job in jobs], [job.token for job in jobs]
        await sql.execute(_DONE, tenant_id, ids, tokens)


def _pieces(kind: SourceKind, row: Mapping[str, Any]) -> list[Piece]:
    if kind is SourceKind.DOCUMENT:
        return document_pieces(row["title"], row["body"])
    if kind is SourceKind.ANSWER:
        return [Piece(row["user_message"], row["final_answer"])]
    return [product_piece({**row, "variants": orjson.loads(row["variants"])})]


async def _unchanged(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, plans: Sequence[_Plan], now: datetime
) -> list[_Plan]:
    """Those whose source is still as it was read, locked; in one order for everybody."""
    kept = []
    for kind in sorted(SourceKind):
        own = {plan.job.source_id: plan for plan in plans if plan.job.kind is kind}
        rows = await sql.fetch(_STILL[kind], tenant_id, list(own)) if own else []
        versions = {row["id"]: row["version"] for row in rows}
        for source_id, plan in sorted(own.items()):
            if versions.get(source_id) == plan.version:
                kept.append(plan)
            else:
                # A change of its words has made the job anew; another has not: look again.
                job = plan.job
                await sql.execute(AGAIN, tenant_id, job.id, job.token, now, None, None, 1)
    return kept
