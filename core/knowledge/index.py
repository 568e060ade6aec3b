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
    async with app.uow(tenant_id) as uow:
        sql = await uow.sql()
        plans = await _unchanged(sql, plans, uow.clock.now())
        made = [Passages(p.job.kind, p.job.source_id, p.version, p.facet, p.pieces,
                         {**p.vectors, **fresh}, p.kept) for p in plans]  # fmt: skip
        await write_passages(sql, tenant_id, made, app.embedder.name, uow.clock.now())
        for job in (plan.job for plan in plans):
            await sql.execute(_DONE, job.tenant_id, job.id, job.token)
            uow.tell("knowledge.indexed", job.source_id)


async def _read(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, jobs: Sequence[Job], embedder: str
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


async def _unchanged(
    sql: "asyncpg.Connection[Any]", plans: Sequence[_Plan], now: datetime
) -> list[_Plan]:
    """Those whose source is still as it was read, locked; in one order for everybody."""
    kept = []
    for plan in sorted(plans, key=lambda plan: (plan.job.kind, plan.job.source_id)):
        job = plan.job
        if await sql.fetchval(_STILL[job.kind], job.tenant_id, job.source_id) == plan.version:
            kept.append(plan)
        else:
            # A change of its words has made the job anew; another change has not: look again.
            await sql.execute(AGAIN, job.tenant_id, job.id, job.token, now, None, None, 1)
    return kept
