"""Leases: one account is open in exactly one process, however many there are.

A lease is a row's owner, fence and end, by the database's clock. Its holder also keeps a deadline
of its own on a clock that nobody sets back, well before that end: whatever happens to the network
or the database, it has closed the account before another may open it.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from core.channels.owners import is_dead
from core.kernel.database import Database
from core.ports.channel import ChannelKind

TTL_SECONDS = 30.0
RENEW_SECONDS = 10.0
# Between the holder's own deadline and the row's end: for a send under way to finish.
_MARGIN_SECONDS = 8.0

_OTHERS = """
SELECT DISTINCT lease_owner FROM channel_accounts
WHERE lease_until > now() AND lease_owner <> $1 AND kind = ANY($2::text[])
"""
_ACQUIRE = """
WITH free AS (
    SELECT tenant_id, id, lease_owner = ANY($3::text[]) AS orphan FROM channel_accounts
    WHERE kind = ANY($2::text[]) AND disconnected_at IS NULL
      AND state NOT IN ('logged_out', 'banned')
      AND (lease_until IS NULL OR lease_until <= now() OR lease_owner = ANY($3::text[]))
    ORDER BY id LIMIT $5 FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE channel_accounts a SET lease_owner = $1, lease_fence = a.lease_fence + 1,
    lease_until = now() + make_interval(secs => $4)
FROM free WHERE a.tenant_id = free.tenant_id AND a.id = free.id
RETURNING a.tenant_id, a.id, a.kind, a.lease_fence, free.orphan
"""
_RENEW = """
UPDATE channel_accounts SET lease_until = now() + make_interval(secs => $2)
WHERE lease_owner = $1 AND lease_until > now() RETURNING id, lease_fence
"""
_RELEASE = """
UPDATE channel_accounts SET lease_owner = NULL, lease_until = NULL
WHERE lease_owner = $1 AND ($2::uuid[] IS NULL OR id = ANY($2::uuid[]))
"""


@dataclass(slots=True)
class Lease:
    """An account in our hands. `deadline` is on the loop's clock, and moves with each renewal."""

    tenant_id: UUID
    account_id: UUID
    kind: ChannelKind
    fence: int
    deadline: float
    orphaned: bool  # its last holder died: what it had claimed is nobody's


def _deadline() -> float:
    """Taken before the database is asked, so that it can only be too early."""
    return asyncio.get_running_loop().time() + TTL_SECONDS - _MARGIN_SECONDS


async def acquire(
    db: Database, owner: str, kinds: Sequence[ChannelKind], *, limit: int = 100
) -> list[Lease]:
    """Take what nobody holds, and what a process that is proved dead still held."""
    deadline = _deadline()
    async with db.hot_platform() as sql:
        dead = await _dead_owners(sql, owner, kinds)
        rows = await sql.fetch(_ACQUIRE, owner, list(kinds), dead, TTL_SECONDS, limit)
    return [
        Lease(
            row["tenant_id"],
            row["id"],
            ChannelKind(row["kind"]),
            row["lease_fence"],
            deadline,
            orphaned=bool(row["orphan"]),
        )
        for row in rows
    ]


async def renew(db: Database, owner: str, held: Iterable[Lease]) -> list[Lease]:
    """Prolong all in one statement; returns those that are lost: close them at once."""
    deadline = _deadline()
    async with db.hot_platform() as sql:
        rows = await sql.fetch(_RENEW, owner, TTL_SECONDS)
    fences = {row["id"]: row["lease_fence"] for row in rows}
    lost = []
    for lease in held:
        if fences.get(lease.account_id) == lease.fence:
            lease.deadline = deadline
        else:
            lost.append(lease)
    return lost


async def release(db: Database, owner: str, account_ids: Sequence[UUID] | None = None) -> None:
    """Give up those, or all, so that the next process may take over at once."""
    ids = None if account_ids is None else list(account_ids)
    async with db.hot_platform() as sql:
        await sql.execute(_RELEASE, owner, ids)


async def _dead_owners(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", owner: str, kinds: Sequence[ChannelKind]
) -> list[str]:
    rows = await sql.fetch(_OTHERS, owner, list(kinds))
    return [row["lease_owner"] for row in rows if is_dead(row["lease_owner"])]
