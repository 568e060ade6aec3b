"""Notices: what the bot tells its people beside the cards. Kept as rows, sent by the bot's drain.

One that was being sent when the bot died is sent again: read twice it does no harm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from core.identity.duty import OnDuty
from core.kernel.ids import new_id
from core.kernel.nudges import NOTICES
from core.kernel.uow import TenantUnit

_LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 8
_LONGEST_WAIT_SECONDS = 600
_MOST_NAMED = 3

_TELL = """
INSERT INTO notices (tenant_id, id, user_id, chat_id, key, params, due_at, created_at)
SELECT $1, p.id, p.user_id, p.chat_id, $2, $3, $4, $4
FROM unnest($5::uuid[], $6::uuid[], $7::bigint[]) AS p(id, user_id, chat_id)
WHERE $8::timestamptz IS NULL OR NOT EXISTS (
    SELECT FROM notices n WHERE n.tenant_id = $1 AND n.key = $2 AND n.user_id = p.user_id
      AND n.created_at > $8)
"""
# What is not being sent at this moment can still say more; else a fresh one waits for its turn.
_TELL_REPEATED = """
WITH people AS (
    SELECT * FROM unnest($5::uuid[], $6::uuid[], $7::bigint[]) AS p(id, user_id, chat_id)
), told AS (
    UPDATE notices n SET params = n.params || jsonb_build_object(
        'count', (n.params->>'count')::int + 1,
        'who', CASE WHEN n.params->'who' @> $9::jsonb OR jsonb_array_length(n.params->'who') >= $10
            THEN n.params->'who' ELSE n.params->'who' || $9::jsonb END)
    FROM people p
    WHERE n.tenant_id = $1 AND n.key = $2 AND n.user_id = p.user_id AND n.params->>'about' = $8
      AND n.sent_at IS NULL AND n.parked_at IS NULL
      AND (n.lease_until IS NULL OR n.lease_until < $4)
    RETURNING n.user_id
)
INSERT INTO notices (tenant_id, id, user_id, chat_id, key, params, due_at, created_at)
SELECT $1, p.id, p.user_id, p.chat_id, $2,
    $3::jsonb || jsonb_build_object('about', $8::text, 'count', 1, 'who', $9::jsonb),
    greatest($4, (
        SELECT max(coalesce(n.sent_at, n.due_at)) + $11::interval FROM notices n
        WHERE n.tenant_id = $1 AND n.key = $2 AND n.user_id = p.user_id
          AND n.params->>'about' = $8 AND n.parked_at IS NULL
    )), $4
FROM people p WHERE p.user_id NOT IN (SELECT user_id FROM told)
"""
_CLAIM = """
UPDATE notices n SET lease_token = $1, lease_until = $2, attempts = n.attempts + 1
FROM (
    SELECT tenant_id, id FROM notices
    WHERE sent_at IS NULL AND parked_at IS NULL AND due_at <= $3
      AND (lease_until IS NULL OR lease_until < $3)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
) due
JOIN notices d ON d.tenant_id = due.tenant_id AND d.id = due.id
JOIN users u ON u.id = d.user_id
JOIN tenant_settings st ON st.tenant_id = d.tenant_id
WHERE n.tenant_id = due.tenant_id AND n.id = due.id
RETURNING n.tenant_id, n.id, n.chat_id, n.key, n.params::text, n.attempts, u.language,
    coalesce(u.time_zone, st.time_zone) AS time_zone
"""
_SENT = """
UPDATE notices SET sent_at = $4, lease_token = NULL, lease_until = NULL, problem = NULL
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_LATER = """
UPDATE notices SET due_at = $4, problem = $5, parked_at = $6, lease_token = NULL, lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_SWEEP = "DELETE FROM notices WHERE created_at < $1"


@dataclass(frozen=True, slots=True)
class ClaimedNotice:
    """A notice held under a lease: send it, then say what came of it."""

    token: UUID
    tenant_id: UUID
    id: UUID
    chat_id: int
    key: str
    params: Mapping[str, Any]
    attempts: int
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """Something that may happen again and again: about what, by whom, told how often at most."""

    about: UUID
    who: Mapping[str, Any] | None
    every: timedelta


async def tell(
    uow: TenantUnit,
    people: Sequence[OnDuty],
    key: str,
    params: Mapping[str, Any] | None = None,
    *,
    once_in: timedelta | None = None,
) -> None:
    """Have the bot tell them; with `once_in`, nobody who was told the same so lately."""
    if not people:
        return
    now = uow.clock.now()
    sql = await uow.sql()
    await sql.execute(
        _TELL,
        uow.tenant_id,
        key,
        orjson.dumps(params or {}).decode(),
        now,
        [new_id() for _ in people],
        [person.user_id for person in people],
        [person.chat_id for person in people],
        None if once_in is None else now - once_in,
    )
    uow.nudge(NOTICES)


async def tell_repeated(
    uow: TenantUnit,
    people: Sequence[OnDuty],
    key: str,
    what: Repeated,
    params: Mapping[str, Any],
) -> None:
    """Tell it at once; what follows is counted, and told together when they may be told again.

    The notice's `count` and `who` grow until it is sent; the other params are those of the first.
    """
    now = uow.clock.now()
    sql = await uow.sql()
    await sql.execute(
        _TELL_REPEATED,
        uow.tenant_id,
        key,
        orjson.dumps(params).decode(),
        now,
        [new_id() for _ in people],
        [person.user_id for person in people],
        [person.chat_id for person in people],
        str(what.about),
        orjson.dumps([what.who] if what.who else []).decode(),
        _MOST_NAMED,
        what.every,
    )
    uow.nudge(NOTICES)


async def claim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", now: datetime, limit: int
) -> list[ClaimedNotice]:
    """Notices that are due, of all stores, under one token."""
    token = new_id()
    rows = await sql.fetch(_CLAIM, token, now + _LEASE, now, limit)
    return [
        ClaimedNotice(
            token,
            row["tenant_id"],
            row["id"],
            row["chat_id"],
            row["key"],
            orjson.loads(row["params"]),
            row["attempts"],
            row["language"],
            row["time_zone"],
        )
        for row in sorted(rows, key=lambda row: row["id"])
    ]


async def sent(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", notice: ClaimedNotice, now: datetime
) -> None:
    await sql.execute(_SENT, notice.tenant_id, notice.id, notice.token, now)


async def later(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    notice: ClaimedNotice,
    now: datetime,
    problem: str,
    *,
    seconds: float | None = None,
    hopeless: bool = False,
) -> None:
    """Again after a while; what is hopeless, or has failed too often, is parked."""
    wait = min(seconds or 2**notice.attempts, _LONGEST_WAIT_SECONDS)
    parked = now if hopeless or notice.attempts >= _MOST_ATTEMPTS else None
    due_at = now + timedelta(seconds=wait)
    await sql.execute(_LATER, notice.tenant_id, notice.id, notice.token, due_at, problem, parked)


async def sweep(sql: "asyncpg.pool.PoolConnectionProxy[Any]", before: datetime) -> None:
    """Forget what was told long ago."""
    await sql.execute(_SWEEP, before)
