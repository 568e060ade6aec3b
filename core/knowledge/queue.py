"""The indexing queue: a row says that a source's passages must be made again."""

from collections.abc import Sequence
from uuid import UUID

from core.kernel.ids import new_id
from core.kernel.nudges import INDEXING
from core.kernel.uow import UnitOfWork
from core.knowledge.models import SourceKind

# A job that is already there starts anew: due now, its lease void, its failures forgiven.
_WANT = """
INSERT INTO indexing_jobs (tenant_id, id, source_kind, source_id, due_at, bulk)
SELECT $1, job.id, $2, job.source, $3, $6 FROM unnest($4::uuid[], $5::uuid[]) AS job (id, source)
ON CONFLICT (tenant_id, source_kind, source_id) DO UPDATE
SET due_at = excluded.due_at, parked_at = NULL, lease_token = NULL, lease_until = NULL,
    attempts = 0, problem = NULL, bulk = indexing_jobs.bulk AND excluded.bulk
"""
_FORGET_JOBS = """
DELETE FROM indexing_jobs WHERE tenant_id = $1 AND source_kind = $2 AND source_id = ANY($3)
"""
_FORGET_CHUNKS = """
DELETE FROM chunks WHERE tenant_id = $1 AND source_kind = $2 AND source_id = ANY($3)
"""
_CARRY = """
UPDATE chunks SET source_version = kept.version
FROM unnest($3::uuid[], $4::integer[]) AS kept (source, version)
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = kept.source
  AND source_version = kept.version - 1
"""


async def want_index(
    uow: UnitOfWork, kind: SourceKind, sources: Sequence[UUID], *, bulk: bool = False
) -> None:
    """Have these sources indexed, once this transaction has committed.

    `bulk` work waits behind what a person has just edited.
    """
    if not sources:
        return
    sql = await uow.sql()
    ids = [new_id() for _ in sources]
    # One order for everybody: two imports that share sources wait, they never deadlock.
    await sql.execute(_WANT, uow.tenant_id, kind, uow.clock.now(), ids, sorted(sources), bulk)
    uow.nudge(INDEXING)


async def forget(uow: UnitOfWork, kind: SourceKind, sources: Sequence[UUID]) -> None:
    """Nothing of these sources is found from this commit on."""
    sql = await uow.sql()
    await sql.execute(_FORGET_JOBS, uow.tenant_id, kind, sources)
    await sql.execute(_FORGET_CHUNKS, uow.tenant_id, kind, sources)


async def carry(uow: UnitOfWork, kind: SourceKind, sources: Sequence[tuple[UUID, int]]) -> None:
    """These sources have a new version whose passages read the same: they stay in force."""
    if not sources:
        return
    sql = await uow.sql()
    ids, versions = zip(*sorted(sources), strict=True)
    await sql.execute(_CARRY, uow.tenant_id, kind, ids, versions)
