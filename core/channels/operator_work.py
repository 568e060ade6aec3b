"""Handing the operators' bot its kept updates: each lane in order, one at a time, under a lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.kernel.clock import Clock
from core.kernel.database import Database
from core.kernel.ids import new_id

# Short, for it is also how long a person's buttons are dead after a crash; renewed while at work.
LEASE = timedelta(seconds=6)
RENEW_SECONDS = 2.0
# Failures of its own, and bots that have died over it.
MOST_ATTEMPTS = 5
# What kills whoever takes it up would else do so for ever, and all buttons were dead.
MOST_DEATHS = 15
# So long it is tried again while Telegram or the database is away; it counts as no attempt.
PATIENCE = timedelta(hours=1)
_LONGEST_BACKOFF_SECONDS = 60

_CLAIM = """
UPDATE operator_updates u SET lease_token = $1, lease_until = $2, attempts = u.attempts + 1
FROM (
    SELECT bot_id, update_id FROM operator_updates h
    WHERE h.bot_id = $3 AND h.done_at IS NULL AND h.lane <> ALL($6::text[])
      AND (h.lease_until IS NULL OR h.lease_until < $4)
      AND NOT EXISTS (
          SELECT FROM operator_updates e
          WHERE e.bot_id = h.bot_id AND e.lane = h.lane AND e.done_at IS NULL
            AND e.update_id < h.update_id)
    ORDER BY h.update_id LIMIT $5 FOR UPDATE SKIP LOCKED
) head
WHERE u.bot_id = head.bot_id AND u.update_id = head.update_id
RETURNING u.update_id, u.lane, u.payload, u.attempts, u.received_at
"""
_FINISH = """
UPDATE operator_updates SET done_at = $4, problem = $5, lease_token = NULL, lease_until = NULL,
    payload = CASE WHEN $5::text IS NULL THEN '' ELSE payload END
WHERE bot_id = $1 AND update_id = $2 AND lease_token = $3
"""
_AGAIN = """
UPDATE operator_updates SET lease_token = NULL, lease_until = $4, problem = $5,
    attempts = attempts - $6::int
WHERE bot_id = $1 AND update_id = $2 AND lease_token = $3
"""
_RENEW = """
UPDATE operator_updates u SET lease_until = $3
FROM unnest($1::bigint[], $2::uuid[]) AS held(update_id, token)
WHERE u.bot_id = $4 AND u.update_id = held.update_id AND u.lease_token = held.token
"""
_FORGET = "DELETE FROM operator_updates WHERE done_at < $1"


@dataclass(frozen=True, slots=True)
class ClaimedUpdate:
    """The first unfinished update of its lane."""

    token: UUID
    bot_id: int
    update_id: int
    lane: str
    payload: str
    attempts: int
    received_at: datetime


async def claim(
    db: Database, clock: Clock, bot_id: int, limit: int, busy_lanes: Sequence[str] = ()
) -> list[ClaimedUpdate]:
    """At most one update of each lane, oldest first; none of the lanes that are busy here."""
    token, now = new_id(), clock.now()
    rows = await db.hot.fetch(_CLAIM, token, now + LEASE, bot_id, now, limit, list(busy_lanes))
    claimed = [ClaimedUpdate(token, bot_id, *row) for row in rows]
    return sorted(claimed, key=lambda update: update.update_id)


async def renew(db: Database, clock: Clock, bot_id: int, held: Sequence[ClaimedUpdate]) -> None:
    """We are still at these: nobody else is to take them up."""
    if held:
        ids, tokens = [one.update_id for one in held], [one.token for one in held]
        await db.hot.execute(_RENEW, ids, tokens, clock.now() + LEASE, bot_id)


async def finish(
    db: Database, clock: Clock, update: ClaimedUpdate, problem: str | None = None
) -> None:
    """Handled, or parked with the reason why it never will be.

    Of what was handled only the number stays: it may have held a token or a customer's words.
    """
    await db.hot.execute(
        _FINISH, update.bot_id, update.update_id, update.token, clock.now(), problem
    )


async def again(
    db: Database,
    clock: Clock,
    update: ClaimedUpdate,
    problem: str,
    *,
    seconds: float | None = None,
) -> None:
    """Try later, the lane waiting behind it.

    `seconds`: somebody asked for just so much patience, which is nobody's failure.
    """
    wait = seconds if seconds is not None else min(2**update.attempts, _LONGEST_BACKOFF_SECONDS)
    until = clock.now() + timedelta(seconds=wait)
    uncounted = int(seconds is not None)
    await db.hot.execute(
        _AGAIN, update.bot_id, update.update_id, update.token, until, problem, uncounted
    )


async def forget_done(db: Database, clock: Clock, *, older_than: timedelta) -> None:
    """Delete what was handled long ago."""
    await db.hot.execute(_FORGET, clock.now() - older_than)
