"""Works off `indexing_jobs`: fair between stores, a person's own edits before bulk work.

A process that dies over a job leaves a lease that runs out.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import structlog

from core.kernel.errors import DomainError, Kind
from core.knowledge.index import AGAIN, Indexing, Job, index_sources
from core.knowledge.models import SourceKind
from core.knowledge.words import ANALYSER
from core.ports.ai import AiFailure

JOBS_A_PASS = 32
LEASE = timedelta(minutes=3)
MOST_ATTEMPTS = 6
_STORES_A_PASS = 8
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=10)
_UNTIL_MONEY = timedelta(hours=1)
# A refusal of this one text; any other failure would meet its neighbours as well.
_OF_THE_TEXT = "ai.request_refused"
_log = structlog.get_logger(__name__)

# Stores are hopped over by the index, however many jobs each has. Which of them are served is
# drawn by lot, so that none waits for another's ten thousand.
_CLAIM = """
WITH RECURSIVE store AS (
    (SELECT tenant_id FROM indexing_jobs WHERE parked_at IS NULL ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT j.tenant_id FROM indexing_jobs j
            WHERE j.parked_at IS NULL AND j.tenant_id > store.tenant_id
            ORDER BY j.tenant_id LIMIT 1)
    FROM store WHERE store.tenant_id IS NOT NULL
), chosen AS MATERIALIZED (
    SELECT tenant_id FROM store
    WHERE EXISTS (
        SELECT FROM indexing_jobs j
        WHERE j.tenant_id = store.tenant_id AND j.parked_at IS NULL AND j.due_at <= $3
          AND (j.lease_until IS NULL OR j.lease_until <= $3))
    ORDER BY random() LIMIT $5
), due AS (
    SELECT own.tenant_id, own.id FROM chosen CROSS JOIN LATERAL (
        SELECT j.tenant_id, j.id FROM indexing_jobs j
        WHERE j.tenant_id = chosen.tenant_id AND j.parked_at IS NULL AND j.due_at <= $3
          AND (j.lease_until IS NULL OR j.lease_until <= $3)
        ORDER BY j.bulk, j.due_at
        LIMIT (SELECT greatest(1, $4 / greatest(1, count(*))) FROM chosen)
        FOR UPDATE SKIP LOCKED
    ) AS own
)
UPDATE indexing_jobs job SET lease_token = $1, lease_until = $2, attempts = job.attempts + 1
FROM due WHERE job.tenant_id = due.tenant_id AND job.id = due.id
RETURNING job.tenant_id, job.id, job.source_kind, job.source_id, job.attempts
"""
_OUTDATED = """
INSERT INTO indexing_jobs (tenant_id, id, source_kind, source_id, due_at, bulk)
SELECT tenant_id, uuidv7(), source_kind, source_id, $2, true
FROM (SELECT DISTINCT tenant_id, source_kind, source_id FROM chunks
      WHERE embedder IS DISTINCT FROM $1 OR analyser <> $3) AS other
ON CONFLICT (tenant_id, source_kind, source_id) DO NOTHING
"""


async def index_due(app: Indexing, *, most: int = JOBS_A_PASS) -> int:
    """Claim some due jobs and do them; how many. A failure of one leaves the others alone."""
    jobs = await _claim(app, most)
    by_tenant: dict[UUID, list[Job]] = defaultdict(list)
    for job in jobs:
        by_tenant[job.tenant_id].append(job)
    for tenant_id, own in by_tenant.items():
        if await _try(app, tenant_id, own):
            # One text the model will not take must not park its neighbours.
            for job in own:
                await _try(app, tenant_id, [job])
    return len(jobs)


async def enqueue_outdated(app: Indexing) -> int:
    """Have every passage of another embedder made again: for when the setting has changed."""
    async with app.db.hot_platform() as sql:
        status = await sql.execute(_OUTDATED, app.embedder.name, app.clock.now(), ANALYSER)
    return int(str(status).rsplit(" ", 1)[1])


async def _try(app: Indexing, tenant_id: UUID, jobs: Sequence[Job]) -> bool:
    """Index these together; true if they failed together and should be tried one by one."""
    try:
        await index_sources(app, tenant_id, jobs)
    except AiFailure as failure:
        if failure.why == _OF_THE_TEXT and len(jobs) > 1:
            return True
        await _later(app, jobs, failure.why, hopeless=not failure.again)
    except DomainError as refusal:
        await _later(app, jobs, refusal.key, waits_for_money=refusal.kind is Kind.LIMITED)
    except Exception as fault:
        if len(jobs) > 1:
            return True
        _log.exception("indexing_broke", source=str(jobs[0].source_id), fault=type(fault).__name__)
        await _later(app, jobs, "index.broke")
    return False


async def _claim(app: Indexing, most: int) -> list[Job]:
    token, now = uuid4(), app.clock.now()
    async with app.db.hot_platform(relaxed=True) as sql:
        rows = await sql.fetch(_CLAIM, token, now + LEASE, now, most, _STORES_A_PASS)
    return [
        Job(r["tenant_id"], r["id"], SourceKind(r["source_kind"]), r["source_id"], r["attempts"],
            token)
        for r in rows
    ]  # fmt: skip


async def _later(
    app: Indexing,
    jobs: Sequence[Job],
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
                AGAIN, job.tenant_id, job.id, job.token, due, why, parked, int(waits_for_money)
            )
