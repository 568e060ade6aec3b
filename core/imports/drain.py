"""Works off imports: reads the file, looks at it, applies it, under a lease that is kept alive.

One of a store at a time. A process that dies leaves a lease that runs out: what it was doing is
done again from the file, and what it had not committed never was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog

from core.imports.applying import apply_document, apply_products
from core.imports.claimed import Claimed, Lease, LeaseLost
from core.imports.models import ImportState
from core.imports.previewing import preview_document, preview_products
from core.imports.reasons import kept
from core.imports.settling import fail
from core.kernel.clock import Clock
from core.kernel.database import DATABASE_TROUBLE, Database
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.storage import Storage, StorageMissing

AT_ONCE = 3
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 4
_RENEW_SECONDS = 15
_LOOK_SECONDS = 0.2
_log = structlog.get_logger(__name__)

_DUE = """state IN ('uploaded', 'applying') AND due_at <= $3
    AND (lease_until IS NULL OR lease_until <= $3)"""
_CLAIM = f"""
UPDATE imports i SET lease_token = $1, lease_until = $2, attempts = i.attempts + 1
FROM (
    SELECT tenant_id, id FROM imports d
    WHERE {_DUE}
      AND NOT EXISTS (
          SELECT FROM imports o
          WHERE o.tenant_id = d.tenant_id AND o.id <> d.id AND o.state IN ('uploaded', 'applying')
            AND (o.lease_until > $3 OR (o.due_at <= $3 AND (o.due_at, o.id) < (d.due_at, d.id))))
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
) due
WHERE i.tenant_id = due.tenant_id AND i.id = due.id
RETURNING i.tenant_id, i.id, i.attempts
"""  # noqa: S608 - its own words
_CLAIM_ONE = f"""
UPDATE imports SET lease_token = $1, lease_until = $2, attempts = attempts + 1
WHERE tenant_id = $4 AND id = $5 AND {_DUE}
RETURNING tenant_id, id, attempts
"""  # noqa: S608 - its own words
_RENEW = """
UPDATE imports SET lease_until = $4, done = greatest(done, $5)
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_GIVE_BACK = """
UPDATE imports SET lease_token = NULL, lease_until = NULL, due_at = $4, problem = $5,
    attempts = attempts - $6
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""


class Importing(Protocol):
    """What importing needs of the product; `core.app.App` has it."""

    @property
    def db(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def storage(self) -> Storage: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True)
class _Taken:
    tenant_id: UUID
    id: UUID
    attempts: int
    token: UUID


async def import_due(app: Importing) -> int:
    """Claim some due imports of different stores and do them; how many."""
    taken = await _claim(app, _CLAIM, AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for one in taken:
            group.create_task(_work(app, one))
    return len(taken)


async def finish(app: Importing, tenant_id: UUID, import_id: UUID) -> None:
    """Until this import waits for nobody but a person: done here, or by the worker that has it."""
    while True:
        for one in await _claim(app, _CLAIM_ONE, tenant_id, import_id):
            await _work(app, one)
        async with app.uow(tenant_id) as uow:
            state = await (await uow.sql()).fetchval(
                "SELECT state FROM imports WHERE tenant_id = $1 AND id = $2", tenant_id, import_id
            )
        if state not in {ImportState.UPLOADED, ImportState.APPLYING}:
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _claim(app: Importing, statement: str, *more: object) -> list[_Taken]:
    token, now = new_id(), app.clock.now()
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch(statement, token, now + LEASE, now, *more)
    return [_Taken(row["tenant_id"], row["id"], row["attempts"], token) for row in rows]


async def _work(app: Importing, taken: _Taken) -> None:
    """Never raises but when it is cancelled: then the import is given back at once."""
    if taken.attempts > MOST_ATTEMPTS:  # whoever took it up died of it, or nearly
        broke = kept(DomainError(Kind.INVALID, "import.broke"))
        await fail(app, taken.tenant_id, taken.id, taken.token, broke)
        return
    try:
        async with _kept_alive(app, taken) as lease:
            await _step(app, taken, lease)
    except DomainError as refusal:
        await fail(app, taken.tenant_id, taken.id, taken.token, kept(refusal))
    except LeaseLost:
        _log.warning("import_lease_lost", import_id=str(taken.id))
    except asyncio.CancelledError:
        await asyncio.shield(_give_back(app, taken, "import.interrupted", timedelta(0), forgive=1))
        raise
    except Exception as fault:
        _log.exception("import_broke", import_id=str(taken.id))
        wait = timedelta(seconds=2**taken.attempts)
        await _give_back(app, taken, type(fault).__name__, wait, forgive=0)


async def _step(app: Importing, taken: _Taken, lease: Lease) -> None:
    async with app.uow(taken.tenant_id) as uow:
        claimed = await Claimed.read(uow, taken.id, taken.token)
    try:
        content = [piece async for piece in app.storage.get(claimed.storage_key)]
    except StorageMissing as missing:
        raise DomainError(Kind.INVALID, "import.file_missing") from missing
    raw = b"".join(content)
    steps = {
        (ImportState.UPLOADED, True): preview_products,
        (ImportState.UPLOADED, False): preview_document,
        (ImportState.APPLYING, True): apply_products,
        (ImportState.APPLYING, False): apply_document,
    }
    await steps[claimed.state, claimed.of_products](app, claimed, raw, lease)


@asynccontextmanager
async def _kept_alive(app: Importing, taken: _Taken) -> AsyncIterator[Lease]:
    """Renews the lease and tells how far the work is; once it is lost nothing can be committed."""
    lease = Lease()

    async def renew() -> None:
        while True:
            await lease.wait(_RENEW_SECONDS)
            until = app.clock.now() + LEASE
            try:
                async with app.uow(taken.tenant_id) as uow:
                    await (await uow.sql()).execute(
                        _RENEW, taken.tenant_id, taken.id, taken.token, until, lease.done
                    )
                    uow.tell("import.changed", taken.id)
            except DATABASE_TROUBLE as trouble:
                _log.warning("import_lease_not_renewed", problem=type(trouble).__name__)

    renewing = asyncio.create_task(renew())
    try:
        yield lease
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)


async def _give_back(
    app: Importing, taken: _Taken, why: str, wait: timedelta, *, forgive: int
) -> None:
    due = app.clock.now() + wait
    async with app.db.hot_platform() as sql:
        await sql.execute(_GIVE_BACK, taken.tenant_id, taken.id, taken.token, due, why, forgive)
