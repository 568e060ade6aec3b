"""The inbox: updates made durable before they are acknowledged, then read in order.

A lane is a chat. Updates of a lane are claimed in the order they arrived, and none while an
earlier one is in somebody's hands. Who claims them saves what they say and `finish`es them in one
transaction, which fails if the claim was lost meanwhile: nothing is lost, nothing is read twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.channels.errors import LeaseLost, NotOurs
from core.kernel.database import Database
from core.kernel.ids import new_id
from core.kernel.metrics import PARKED
from core.kernel.nudges import INBOX
from core.kernel.records import as_records
from core.kernel.uow import PlatformUnitOfWork, TenantUnit
from core.ports.channel import ChannelKind, RawUpdate

LEASE = timedelta(seconds=15)
MOST_ATTEMPTS = 5
_LONGEST_WAIT_SECONDS = 60
KEEP_DONE = timedelta(days=7)
KEEP_PARKED = timedelta(days=30)
_SWEEP_ROWS = 5_000

# One statement, and so one transaction and one round trip: the tenant is set within it. The
# subquery is volatile, so that the planner cannot drop it, and every row needs its value, so that
# it has run before the first row meets the policy.
_KEEP = """
INSERT INTO channel_updates (tenant_id, id, account_id, external_id, lane, payload, received_at)
SELECT tenant.id::uuid, u.id, $2, u.external_id, u.lane, u.payload, now()
FROM (SELECT set_config('app.tenant_id', $1, true) AS id) AS tenant,
     unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) AS u(id, external_id, lane, payload)
ON CONFLICT (tenant_id, account_id, external_id) DO NOTHING
"""
# The same for updates that are read in this very transaction, so that they need no claim: none if
# any of their account still waits to be read, for they must not overtake it. `{0}`… are what
# `columns_as_read` gives; as part of a statement with the tenant in $1 and the account in $2 it is
# in one round trip with what the updates say.
KEEP_AS_READ = """
INSERT INTO channel_updates (tenant_id, id, account_id, external_id, lane, payload, received_at,
    done_at)
SELECT $1, u.id, $2, u.external_id, u.lane, u.payload, ${1}, ${1}
FROM json_to_recordset(${0}) AS u(id uuid, external_id text, lane text, payload text)
WHERE NOT EXISTS (
    SELECT FROM channel_updates
    WHERE tenant_id = $1 AND account_id = $2 AND done_at IS NULL)
ON CONFLICT (tenant_id, account_id, external_id) DO NOTHING
RETURNING external_id
"""
_KEEP_AS_READ = KEEP_AS_READ.format(3, 4)
# Two claims at once could each skip the rows the other has locked, and so take a later update of
# a lane without its earlier one: only one process claims at a time, for the length of a statement.
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('channel_updates.claim'))"
_CLAIM = """
WITH due AS (
    SELECT u.tenant_id, u.id FROM channel_updates u
    WHERE u.done_at IS NULL AND (u.lease_until IS NULL OR u.lease_until <= $2)
      AND NOT EXISTS (
        SELECT FROM channel_updates earlier
        WHERE earlier.tenant_id = u.tenant_id AND earlier.account_id = u.account_id
          AND earlier.lane = u.lane AND earlier.id < u.id AND earlier.done_at IS NULL
          AND earlier.lease_until > $2)
    ORDER BY u.id LIMIT $4 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE channel_updates u SET lease_token = $1, lease_until = $3, attempts = u.attempts + 1
    FROM due WHERE u.tenant_id = due.tenant_id AND u.id = due.id
    RETURNING u.tenant_id, u.id, u.account_id, u.external_id, u.lane, u.payload, u.attempts
)
SELECT claimed.*, account.kind FROM claimed
JOIN channel_accounts account ON account.tenant_id = claimed.tenant_id
    AND account.id = claimed.account_id
ORDER BY claimed.id
"""
_FINISH = """
UPDATE channel_updates SET done_at = $4, lease_token = NULL, lease_until = NULL, problem = $5
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND lease_token = $3
"""
_PUT_BACK = """
UPDATE channel_updates SET lease_token = NULL, lease_until = $4, problem = $5,
    attempts = attempts - CASE WHEN $5::text IS NULL THEN 1 ELSE 0 END
WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND lease_token = $3 AND done_at IS NULL
"""
_LET_GO = """
UPDATE channel_updates SET lease_token = NULL, lease_until = NULL
WHERE done_at IS NULL AND lease_token = ANY($1::uuid[])
"""
_FORGET_CLAIMS = """
UPDATE channel_updates SET lease_token = NULL, lease_until = NULL
WHERE done_at IS NULL AND lease_token IS NOT NULL AND account_id = ANY($1::uuid[])
"""
_SWEEP = """
DELETE FROM channel_updates WHERE (tenant_id, id) IN (
    SELECT tenant_id, id FROM channel_updates
    WHERE done_at < $1 AND (problem IS NULL OR done_at < $2)
    ORDER BY done_at LIMIT $3)
"""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The account that updates are kept for."""

    tenant_id: UUID
    account_id: UUID


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """An update in our hands until the lease ends: finish it with its token, in its order."""

    token: UUID
    tenant_id: UUID
    id: UUID
    account_id: UUID
    kind: ChannelKind
    update: RawUpdate
    attempts: int

    @property
    def lane(self) -> tuple[UUID, str]:
        return self.account_id, self.update.lane


async def keep(db: Database, mailbox: Mailbox, updates: Sequence[RawUpdate]) -> int:
    """Make updates durable, in one round trip; returns how many had not been kept before.

    Returns after the commit: the caller may acknowledge them.
    """
    if not updates:
        return 0
    done = await db.hot.execute(
        _KEEP,
        str(mailbox.tenant_id),
        mailbox.account_id,
        [new_id() for _ in updates],
        [update.external_id for update in updates],
        [update.lane for update in updates],
        [update.payload for update in updates],
    )
    new = int(done.rpartition(" ")[2])
    if new:
        db.nudge(INBOX)
    return new


async def keep_as_read(uow: TenantUnit, account_id: UUID, updates: Sequence[RawUpdate]) -> None:
    """Keep updates that this very transaction reads; NotOurs if it may not read all of them.

    Some were kept before, or wait behind what was: `keep` them, the drain reads them.
    """
    sql = await uow.sql()
    columns = columns_as_read(updates, uow.clock.now())
    rows = await sql.fetch(_KEEP_AS_READ, uow.tenant_id, account_id, *columns)
    require_all(updates, [row["external_id"] for row in rows])


def columns_as_read(updates: Sequence[RawUpdate], now: datetime) -> list[Any]:
    """As KEEP_AS_READ wants them."""
    rows = [
        {
            "id": new_id(),
            "external_id": update.external_id,
            "lane": update.lane,
            "payload": update.payload,
        }
        for update in updates
    ]
    return [as_records(rows), now]


def require_all(updates: Sequence[RawUpdate], kept: Collection[str]) -> None:
    """NotOurs if one of them was not kept as read."""
    if any(update.external_id not in kept for update in updates):
        raise NotOurs


async def claim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    now: datetime,
    limit: int,
    token: UUID | None = None,
) -> list[ClaimedUpdate]:
    """Open updates of all stores, oldest first, under one token; none if another claims now."""
    if not await sql.fetchval(_ALONE):
        return []
    token = token or new_id()
    rows = await sql.fetch(_CLAIM, token, now, now + LEASE, limit)
    return [
        ClaimedUpdate(
            token,
            row["tenant_id"],
            row["id"],
            row["account_id"],
            ChannelKind(row["kind"]),
            RawUpdate(row["external_id"], row["lane"], row["payload"]),
            row["attempts"],
        )
        for row in rows
    ]


async def finish(uow: TenantUnit, claimed: Sequence[ClaimedUpdate]) -> None:
    """They have been read, in this very transaction; LeaseLost undoes it if the claim is gone."""
    await _done(uow, claimed, None)


async def park(uow: TenantUnit, claimed: ClaimedUpdate, problem: str) -> None:
    """Give up on one: it stays with its reason to be looked at, and is never tried again."""
    await _done(uow, [claimed], problem)
    PARKED.labels(claimed.kind).inc()


async def put_back(
    uow: TenantUnit, claimed: Sequence[ClaimedUpdate], problem: str | None = None
) -> None:
    """Let them be claimed again: at once if nothing was wrong with them, else after a while."""
    by_wait: dict[datetime | None, list[ClaimedUpdate]] = {}
    for one in claimed:
        wait = timedelta(seconds=min(2 ** (one.attempts - 1), _LONGEST_WAIT_SECONDS))
        by_wait.setdefault(uow.clock.now() + wait if problem else None, []).append(one)
    sql = await uow.sql()
    for until, some in by_wait.items():
        ids = [one.id for one in some]
        await sql.execute(_PUT_BACK, uow.tenant_id, ids, some[0].token, until, problem)


async def let_go(sql: "asyncpg.pool.PoolConnectionProxy[Any]", tokens: Collection[UUID]) -> None:
    """What was claimed under these and is not done is free again: its claimer has broken off."""
    await sql.execute(_LET_GO, list(tokens))


async def forget_claims(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", account_ids: Sequence[UUID]
) -> None:
    """Whoever claimed updates of these accounts is dead: they are free again at once.

    Were it alive after all, its `finish` would find the token gone and undo its work.
    """
    await sql.execute(_FORGET_CLAIMS, list(account_ids))


async def sweep(puow: PlatformUnitOfWork) -> int:
    """Delete what has long been read; call again while it returns anything."""
    now = puow.clock.now()
    sql = await puow.sql()
    done = await sql.execute(_SWEEP, now - KEEP_DONE, now - KEEP_PARKED, _SWEEP_ROWS)
    return int(done.rpartition(" ")[2])


async def _done(uow: TenantUnit, claimed: Sequence[ClaimedUpdate], problem: str | None) -> None:
    sql = await uow.sql()
    token, ids = claimed[0].token, [one.id for one in claimed]
    now = uow.clock.now()
    done = await sql.execute(_FINISH, uow.tenant_id, ids, token, now, problem)
    if int(done.rpartition(" ")[2]) != len(claimed):
        raise LeaseLost
