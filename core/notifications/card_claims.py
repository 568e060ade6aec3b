"""Handing cards that are out of date to the bot's drain, under a lease, and keeping what it drew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork

# Short, for it is also how long the cards of a dead bot stand still; renewed while drawn.
LEASE = timedelta(seconds=12)
RENEW_AFTER = timedelta(seconds=4)
_LONGEST_BACKOFF_SECONDS = 300

# One round trip for both. What was drawn is kept before anything is locked to be claimed: who waits
# for a lock with claimed cards in hand could meet somebody who waits for those. What goes out of
# date while it is drawn is claimed by the next statement: this one does not see yet that it is kept.
_EXCHANGE = """
WITH settled AS (
    UPDATE cards c SET state = 'shown', message_id = s.message_id, drawn = s.drawn,
        drawn_hash = s.drawn_hash, lease_token = NULL, lease_until = NULL, attempts = 0,
        problem = NULL, shrunk_at = CASE WHEN s.shrunk THEN coalesce(c.shrunk_at, $1) END
    FROM (
        SELECT d.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::int[],
                               $7::bytea[], $8::bool[])
             AS d(tenant_id, id, token, message_id, drawn, drawn_hash, shrunk)
        JOIN cards k ON k.tenant_id = d.tenant_id AND k.id = d.id AND k.lease_token = d.token
        ORDER BY k.id FOR NO KEY UPDATE OF k
    ) s
    WHERE c.tenant_id = s.tenant_id AND c.id = s.id AND c.lease_token = s.token
    RETURNING c.drawn < c.wanted AS stale
), kept AS MATERIALIZED (
    SELECT coalesce(bool_or(stale), false) AS stale FROM settled
), due AS (
    SELECT tenant_id, id FROM cards
    WHERE drawn < wanted AND state <> 'gone' AND due_at <= $1
      AND (lease_until IS NULL OR lease_until < $1) AND chat_id <> ALL($9::bigint[])
      AND (SELECT stale FROM kept) IS NOT NULL AND id <> ALL($3::uuid[])
    ORDER BY due_at LIMIT $10 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE cards c SET lease_token = $11, lease_until = $12, attempts = c.attempts + 1,
        repeats = c.repeats + (c.state = 'sending')::int,
        state = CASE WHEN c.message_id IS NULL THEN 'sending' ELSE c.state END
    FROM due WHERE c.tenant_id = due.tenant_id AND c.id = due.id
    RETURNING c.tenant_id, c.id, c.conversation_id, c.turn_id, c.user_id, c.chat_id,
        c.message_id, c.wanted, c.drawn_hash, c.repeats, c.attempts, c.view
)
SELECT kept.stale, claimed.* FROM kept LEFT JOIN claimed ON true ORDER BY claimed.id
"""
_RENEW = """
UPDATE cards c SET lease_until = $1
FROM (
    SELECT k.tenant_id, k.id
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS held(tenant_id, id, token)
    JOIN cards k ON k.tenant_id = held.tenant_id AND k.id = held.id
        AND k.lease_token = held.token
    ORDER BY k.id FOR NO KEY UPDATE OF k
) locked
WHERE c.tenant_id = locked.tenant_id AND c.id = locked.id
"""
_LATER = """
UPDATE cards SET lease_token = NULL, lease_until = NULL, due_at = $4, problem = $5,
    state = CASE WHEN message_id IS NULL AND $6 THEN 'wanted' ELSE state END
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_PAUSE = """
UPDATE cards SET due_at = $2
WHERE chat_id = $1 AND drawn < wanted AND state <> 'gone' AND due_at < $2
"""
_GONE = """
UPDATE cards SET state = 'gone', lease_token = NULL, lease_until = NULL, problem = $4
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""
_REPLACE = """
UPDATE cards SET message_id = NULL, state = 'wanted', drawn_hash = NULL, lease_token = NULL,
    lease_until = NULL, due_at = $4, wanted = wanted + 1
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""


@dataclass(frozen=True, slots=True)
class ClaimedCard:
    """A card out of date, held under a lease: draw it, then settle it with the token."""

    token: UUID
    tenant_id: UUID
    id: UUID
    conversation_id: UUID
    turn_id: UUID
    user_id: UUID
    chat_id: int
    message_id: int | None
    wanted: int
    drawn_hash: bytes | None
    repeats: int
    attempts: int
    view: str


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """What a claimed card has become in the chat."""

    card: ClaimedCard
    message_id: int
    screen_hash: bytes
    shrunk: bool


@dataclass(frozen=True, slots=True)
class Exchanged:
    """Cards to draw; `stale`: some of those just kept have gone out of date, so claim again."""

    claimed: list[ClaimedCard]
    stale: bool


async def exchange(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    drawn: Sequence[DrawnCard],
    now: datetime,
    limit: int,
    *,
    busy_chats: Sequence[int] = (),
) -> Exchanged:
    """Keep where what was drawn hangs and what it shows, and claim what is out of date.

    Claimed are the oldest first, across tenants, under one token; none of the busy chats'. A card
    never sent is marked `sending` here, before anything goes out: should we die, whoever claims it
    next knows that it may hang there already, and counts it in `repeats`. A drawn card whose lease
    was lost is left alone.
    """
    token = new_id()
    rows = await sql.fetch(
        _EXCHANGE,
        now,
        [one.card.tenant_id for one in drawn],
        [one.card.id for one in drawn],
        [one.card.token for one in drawn],
        [one.message_id for one in drawn],
        [one.card.wanted for one in drawn],
        [one.screen_hash for one in drawn],
        [one.shrunk for one in drawn],
        list(busy_chats),
        limit,
        token,
        now + LEASE,
    )
    claimed = [ClaimedCard(token, *card) for _, *card in rows if card[0] is not None]
    return Exchanged(claimed, rows[0]["stale"])


async def renew(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", held: Collection[ClaimedCard], now: datetime
) -> None:
    """We are still at these."""
    if held:
        await sql.execute(
            _RENEW,
            now + LEASE,
            [card.tenant_id for card in held],
            [card.id for card in held],
            [card.token for card in held],
        )


async def later(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    card: ClaimedCard,
    now: datetime,
    problem: str,
    *,
    seconds: float | None = None,
    surely_unsent: bool = False,
) -> None:
    """Draw it again after a while: the chat asked for patience, or could not be reached."""
    wait = seconds if seconds is not None else min(2**card.attempts, _LONGEST_BACKOFF_SECONDS)
    due_at = now + timedelta(seconds=wait)
    await sql.execute(_LATER, card.tenant_id, card.id, card.token, due_at, problem, surely_unsent)


async def pause_chat(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", chat_id: int, now: datetime, seconds: float
) -> None:
    """The chat takes nothing for so long: whatever waits for it waits, in every process."""
    await sql.execute(_PAUSE, chat_id, now + timedelta(seconds=seconds))


async def replace(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", card: ClaimedCard, now: datetime
) -> None:
    """Its message is gone from the chat: send a fresh one."""
    await sql.execute(_REPLACE, card.tenant_id, card.id, card.token, now)


async def give_up(uow: UnitOfWork, card: ClaimedCard, problem: str) -> bool:
    """The chat is closed to us: nothing more is drawn there. False if the lease was lost."""
    sql = await uow.sql()
    done = await sql.execute(_GONE, card.tenant_id, card.id, card.token, problem)
    return bool(done.endswith(" 1"))
