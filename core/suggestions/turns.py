"""Which turns a process drafts: claimed, held while it does, and given back. Across stores, bare SQL.

A lease is short, for it is also how long a turn stands still whose draftsman has died, and renewed
while the turn is drafted. Two who draft the same turn cost a call of the model: the first proposes,
and finds the turn closed to the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

LEASE = timedelta(seconds=12)
RENEW_AFTER = timedelta(seconds=4)

_CLAIM = """
UPDATE turns t SET state = 'drafting', lease_token = $1, lease_until = $2,
    attempts = t.attempts + 1, drafting_since = coalesce(t.drafting_since, $3)
FROM (
    SELECT tenant_id, id FROM turns
    WHERE state IN ('quiet', 'drafting') AND due_at <= $3
      AND (lease_until IS NULL OR lease_until < $3)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
) due
WHERE t.tenant_id = due.tenant_id AND t.id = due.id
RETURNING t.tenant_id, t.id, t.attempts, t.drafting_since
"""
_RENEW = """
UPDATE turns t SET lease_until = $1
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS held(tenant_id, id, token)
WHERE t.tenant_id = held.tenant_id AND t.id = held.id AND t.lease_token = held.token
  AND t.state = 'drafting'
"""
_LET_GO = """
UPDATE turns SET lease_token = NULL, lease_until = NULL
WHERE state IN ('quiet', 'drafting') AND lease_token = ANY($1::uuid[]) AND id <> ALL($2::uuid[])
"""
_GIVE_BACK = """
UPDATE turns SET due_at = $1, lease_token = NULL, lease_until = NULL, problem = $2
WHERE tenant_id = $3 AND id = $4 AND lease_token = $5 AND state = 'drafting'
"""
# What others are drafting is none of ours, until their lease is over: the tick looks for that.
_NEXT_DUE = """
SELECT min(due_at) FROM turns
WHERE state IN ('quiet', 'drafting') AND (lease_until IS NULL OR lease_until < $1)
"""


@dataclass(frozen=True, slots=True)
class ClaimedTurn:
    """A turn held under a lease."""

    token: UUID
    tenant_id: UUID
    id: UUID
    attempts: int
    drafting_since: datetime


async def claim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", token: UUID, now: datetime, limit: int
) -> list[ClaimedTurn]:
    """Turns whose quiet is over, and those that a dead draftsman held."""
    rows = await sql.fetch(_CLAIM, token, now + LEASE, now, limit)
    return [ClaimedTurn(token, *row) for row in rows]


async def next_due(sql: "asyncpg.pool.PoolConnectionProxy[Any]", now: datetime) -> datetime | None:
    """When the next turn's quiet is over."""
    found: datetime | None = await sql.fetchval(_NEXT_DUE, now)
    return found


async def renew(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", held: Sequence[ClaimedTurn], now: datetime
) -> None:
    """We are still at these."""
    if held:
        await sql.execute(
            _RENEW,
            now + LEASE,
            [turn.tenant_id for turn in held],
            [turn.id for turn in held],
            [turn.token for turn in held],
        )


async def let_go(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    tokens: Collection[UUID],
    held: Sequence[ClaimedTurn],
) -> None:
    """Claims that were not heard of, or not begun in full: whatever is not at work is free."""
    await sql.execute(_LET_GO, list(tokens), [turn.id for turn in held])


async def give_back(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", turn: ClaimedTurn, due_at: datetime, why: str
) -> None:
    """To be drafted again at that time, by anybody."""
    await sql.execute(_GIVE_BACK, due_at, why, turn.tenant_id, turn.id, turn.token)
