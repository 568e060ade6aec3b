"""How a step of an import ends: each writes under the lease's token, or not at all."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson

from core.catalog.writing import Result
from core.imports.claimed import Claimed, LeaseLost
from core.imports.models import ImportState
from core.kernel.uow import UnitOfWork

_SETTLE = """
UPDATE imports SET state = $4, found = coalesce($5::jsonb, found), reason = $6::jsonb,
    total = $7, done = $8, created = $9, updated = $10, unchanged = $11, rejected = $12,
    finished_at = $13, lease_token = NULL, lease_until = NULL, problem = NULL, attempts = 0
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 AND state = $14
RETURNING id
"""
_FAIL = """
UPDATE imports SET state = 'failed', reason = $4::jsonb, finished_at = $5,
    lease_token = NULL, lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_FORGET_ROWS = "DELETE FROM import_rows WHERE tenant_id = $1 AND import_id = $2"
# The cells come as JSON: arrays of arrays would all have to be of one length.
_KEEP_ROWS = """
INSERT INTO import_rows (tenant_id, import_id, number, result, sku, name, source_id, reason, notes,
                         cells)
SELECT $1, $2, (one->>'number')::integer, one->>'result', one->>'sku', one->>'name',
       (one->>'source_id')::uuid, nullif(one->'reason', 'null'::jsonb), one->'notes',
       CASE WHEN jsonb_typeof(one->'cells') = 'array'
            THEN array(SELECT jsonb_array_elements_text(one->'cells')) END
FROM jsonb_array_elements($3::jsonb) AS one
"""
_SLICE = 1_000


class Settling(Protocol):
    """What settling needs of the product; `core.app.App` has it."""

    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a row of the file. Cells are kept of rejected rows, to be taken home."""

    number: int
    result: Result
    sku: str | None = None
    name: str | None = None
    source_id: UUID | None = None
    reason: Mapping[str, Any] | None = None
    notes: Sequence[Mapping[str, Any]] = ()
    cells: Sequence[str] | None = None


async def settle(
    uow: UnitOfWork,
    claimed: Claimed,
    state: ImportState,
    fates: Sequence[Fate],
    *,
    found: Mapping[str, Any] | None = None,
    reason: Mapping[str, Any] | None = None,
) -> None:
    """The state, and every row counted once, in this transaction. LeaseLost undoes all of it."""
    sql = await uow.sql()
    counts = [sum(fate.result is result for fate in fates) for result in Result]
    over = state is ImportState.DONE
    settled = await sql.fetchval(
        _SETTLE,
        uow.tenant_id,
        claimed.id,
        claimed.token,
        state,
        None if found is None else orjson.dumps(found, default=str).decode(),
        None if reason is None else orjson.dumps(reason).decode(),
        len(fates),
        len(fates),
        *counts,
        uow.clock.now() if over else None,
        claimed.state,
    )
    if settled is None:
        raise LeaseLost
    await sql.execute(_FORGET_ROWS, uow.tenant_id, claimed.id)
    for start in range(0, len(fates), _SLICE):
        rows = orjson.dumps(fates[start : start + _SLICE], default=str).decode()
        await sql.execute(_KEEP_ROWS, uow.tenant_id, claimed.id, rows)
    uow.tell("import.changed", claimed.id)


async def fail(
    app: Settling, tenant_id: UUID, import_id: UUID, token: UUID, reason: Mapping[str, Any]
) -> None:
    """It ends here, with a reason a person can read; nothing of it was put in."""
    async with app.uow(tenant_id) as uow:
        sql = await uow.sql()
        said = orjson.dumps(reason).decode()
        await sql.execute(_FAIL, tenant_id, import_id, token, said, uow.clock.now())
        uow.tell("import.changed", import_id)
