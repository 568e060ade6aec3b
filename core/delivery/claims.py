"""Which replies a process may take up, and those that a dead one left. Across stores, bare SQL.

No statement here looks at what is not due: a million rows that wait cost nothing (EXPLAIN over
1,000,000 rows stands in bench/delivery).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.delivery.outcomes import COLUMNS, Sending
from core.kernel.ids import new_id
from core.ports.channel import Capabilities, Session

SEND_TIMEOUT_SECONDS = 20
LEASE = timedelta(seconds=SEND_TIMEOUT_SECONDS + 15)


@dataclass(frozen=True, slots=True)
class Held:
    """An account this process has open, at this count of its lease (None: no lease is asked for)."""

    session: Session
    capabilities: Capabilities
    fence: int | None = None


# The account's lease is asked again by the database's clock: a process that slept through its end
# takes nothing. What is to go out by itself, or after typing, is `claimed` first: nothing of it has
# gone out, and it is looked at once more before it does.
_CLAIM = f"""
WITH held AS (
    SELECT h.account_id FROM unnest($3::uuid[], $4::bigint[]) AS h(account_id, fence)
    JOIN channel_accounts a ON a.id = h.account_id
    WHERE h.fence IS NULL OR (a.lease_fence = h.fence AND a.lease_until > now())
), due AS (
    SELECT d.tenant_id, d.id FROM held CROSS JOIN LATERAL (
        SELECT q.tenant_id, q.id, q.due_at FROM outbound_messages q
        WHERE q.account_id = held.account_id AND q.state = 'scheduled' AND q.due_at <= $5
          AND NOT EXISTS (
              SELECT FROM outbound_messages p
              WHERE p.tenant_id = q.tenant_id AND p.conversation_id = q.conversation_id
                AND p.seq < q.seq AND p.state IN ('scheduled', 'claimed', 'sending'))
        ORDER BY q.due_at LIMIT $6 FOR UPDATE OF q SKIP LOCKED
    ) d ORDER BY d.due_at LIMIT $6
)
UPDATE outbound_messages o
SET state = CASE WHEN o.doubted_at IS NOT NULL OR (o.fence IS NULL AND o.typing_ms = 0
        AND (o.author_user_id IS NOT NULL OR o.author NOT IN ('ai', 'system')))
        THEN 'sending' ELSE 'claimed' END,
    lease_token = $1, lease_until = $2::timestamptz + o.typing_ms * interval '1 millisecond',
    attempts = o.attempts + 1
FROM due WHERE o.tenant_id = due.tenant_id AND o.id = due.id
RETURNING {COLUMNS}
"""  # noqa: S608 - a constant
_ORPHANS = f"""
SELECT {COLUMNS} FROM outbound_messages o
WHERE o.account_id = ANY($1::uuid[]) AND o.state IN ('claimed', 'sending')
  AND ($2 OR o.lease_until < $3) LIMIT 1000
"""  # noqa: S608 - a constant
_UNCLAIM = """
UPDATE outbound_messages SET state = 'scheduled', lease_token = NULL, lease_until = NULL,
    attempts = attempts - 1
WHERE account_id = ANY($1::uuid[]) AND state IN ('claimed', 'sending') AND lease_token = $2
"""
_VOID = """
SELECT o.tenant_id, o.id FROM outbound_messages o
WHERE o.account_id = ANY($1::uuid[]) AND o.state = 'scheduled' AND o.void_at IS NOT NULL
  AND o.doubted_at IS NULL LIMIT 100
"""
_NEXT_DUE = """
SELECT min(next.due_at) FROM unnest($1::uuid[]) AS held(account_id) CROSS JOIN LATERAL (
    SELECT o.due_at FROM outbound_messages o
    WHERE o.account_id = held.account_id AND o.state = 'scheduled' AND o.due_at > $2
    ORDER BY o.due_at LIMIT 1) next
"""


async def claim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    held: Mapping[UUID, Held],
    now: datetime,
    limit: int,
    token: UUID | None = None,
) -> list[Sending]:
    """Due replies, soonest first, none before an earlier one of its conversation."""
    fences = [one.fence for one in held.values()]
    token = token or new_id()
    rows = await sql.fetch(_CLAIM, token, now + LEASE, list(held), fences, now, limit)
    return [Sending(*row) for row in rows]


async def unclaim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", account_ids: Sequence[UUID], token: UUID
) -> None:
    """A claim of which nobody heard whether it was kept: nothing of it has been begun."""
    await sql.execute(_UNCLAIM, list(account_ids), token)


async def orphans(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    account_ids: Sequence[UUID],
    now: datetime,
    *,
    at_once: bool,
) -> list[Sending]:
    """What somebody else was at when he died: once the lease is over, or at once if it is proved."""
    rows = await sql.fetch(_ORPHANS, list(account_ids), at_once, now)
    return [Sending(*row) for row in rows]


async def void(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", account_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Replies that were to go out by themselves, from which the thread has moved on."""
    return [(row[0], row[1]) for row in await sql.fetch(_VOID, list(account_ids))]


async def next_due(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", account_ids: Sequence[UUID], now: datetime
) -> datetime | None:
    """The next moment after `now` that something is due at."""
    found: datetime | None = await sql.fetchval(_NEXT_DUE, list(account_ids), now)
    return found
