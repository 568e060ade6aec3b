"""Cards: asking for them, and handing those out of date to the bot's drain."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.identity.duty import ON_DUTY, OnDuty, on_duty
from core.kernel.ids import new_id
from core.kernel.nudges import CARDS
from core.kernel.uow import TenantUnit, UnitOfWork

# Short, for it is also how long the cards of a dead bot stand still; renewed while drawn.
LEASE = timedelta(seconds=12)
RENEW_AFTER = timedelta(seconds=4)
_LONGEST_BACKOFF_SECONDS = 300

# Whoever is asked for can be reached: a card whose chat was closed comes anew.
_WANT = """
INSERT INTO cards (tenant_id, id, conversation_id, turn_id, user_id, chat_id, due_at, created_at)
SELECT $1, c.id, c.conversation_id, c.turn_id, c.user_id, c.chat_id, $2, $2
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[])
     AS c(id, conversation_id, turn_id, user_id, chat_id)
ON CONFLICT (tenant_id, turn_id, user_id)
DO UPDATE SET wanted = cards.wanted + 1, due_at = excluded.due_at,
    chat_id = CASE WHEN cards.state = 'gone' THEN excluded.chat_id ELSE cards.chat_id END,
    state = CASE WHEN cards.state = 'gone' THEN 'wanted' ELSE cards.state END,
    message_id = CASE WHEN cards.state <> 'gone' THEN cards.message_id END,
    drawn_hash = CASE WHEN cards.state <> 'gone' THEN cards.drawn_hash END,
    problem = CASE WHEN cards.state <> 'gone' THEN cards.problem END
"""
# The same for turns that have just begun, for whoever is on duty: the assignee alone, if that one is.
_WANT_OF_ALL = f"""
WITH people AS MATERIALIZED ({ON_DUTY})
INSERT INTO cards (tenant_id, id, conversation_id, turn_id, user_id, chat_id, due_at, created_at)
SELECT $1, uuidv7(), t.conversation_id, t.id, p.id, p.telegram_chat_id, $2, $2
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[])
    WITH ORDINALITY AS t(id, conversation_id, assignee_id, nth)
JOIN people p ON p.id = t.assignee_id
    OR NOT EXISTS (SELECT FROM people one WHERE one.id = t.assignee_id)
ORDER BY t.nth
"""  # noqa: S608 - a constant
_SOMEBODY = """
SELECT EXISTS (SELECT FROM cards WHERE tenant_id = $1 AND turn_id = $2 AND state <> 'gone')
"""
# Of the older turns only the last hangs as more than a line; one line needs no second drawing.
# Cards are locked in one order wherever several are changed at once: two who meet wait, neither
# is thrown out as a deadlock.
_TOUCH = """
UPDATE cards c SET wanted = c.wanted + 1, due_at = $3
FROM (
    SELECT id FROM cards
    WHERE tenant_id = $1 AND conversation_id = ANY($2::uuid[]) AND state <> 'gone'
      AND shrunk_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
) locked
WHERE c.tenant_id = $1 AND c.id = locked.id
"""
_CLAIM = """
UPDATE cards c SET lease_token = $1, lease_until = $2, attempts = c.attempts + 1,
    repeats = c.repeats + (c.state = 'sending')::int,
    state = CASE WHEN c.message_id IS NULL THEN 'sending' ELSE c.state END
FROM (
    SELECT tenant_id, id FROM cards
    WHERE drawn < wanted AND state <> 'gone' AND due_at <= $3
      AND (lease_until IS NULL OR lease_until < $3) AND chat_id <> ALL($5::bigint[])
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
) due
WHERE c.tenant_id = due.tenant_id AND c.id = due.id
RETURNING c.tenant_id, c.id, c.conversation_id, c.turn_id, c.user_id, c.chat_id, c.message_id,
    c.wanted, c.drawn_hash, c.repeats, c.attempts, c.view
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
_SETTLE = """
UPDATE cards c SET state = 'shown', message_id = s.message_id, drawn = s.drawn,
    drawn_hash = s.drawn_hash, lease_token = NULL, lease_until = NULL, attempts = 0, problem = NULL,
    shrunk_at = CASE WHEN s.shrunk THEN coalesce(c.shrunk_at, $2) END
FROM (
    SELECT d.* FROM unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::int[], $7::bytea[], $8::bool[])
         AS d(tenant_id, id, message_id, drawn, drawn_hash, shrunk)
    JOIN cards k ON k.tenant_id = d.tenant_id AND k.id = d.id AND k.lease_token = $1
    ORDER BY k.id FOR NO KEY UPDATE OF k
) s
WHERE c.tenant_id = s.tenant_id AND c.id = s.id AND c.lease_token = $1
RETURNING c.drawn < c.wanted
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
_BRING = """
INSERT INTO cards (tenant_id, id, conversation_id, turn_id, user_id, chat_id, due_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (tenant_id, turn_id, user_id)
DO UPDATE SET wanted = cards.wanted + 1, due_at = excluded.due_at, chat_id = excluded.chat_id,
    state = 'wanted', message_id = NULL, drawn_hash = NULL, lease_token = NULL, lease_until = NULL,
    repeats = 0, view = 'main', shrunk_at = NULL
RETURNING old.message_id
"""
_TURN_PAGE = """
UPDATE cards SET view = $3, wanted = wanted + 1, due_at = $4
WHERE tenant_id = $1 AND id = $2 AND view <> $3
"""
_HANGING = """
SELECT tenant_id, id FROM cards WHERE chat_id = $1 AND message_id = $2
"""


@dataclass(frozen=True, slots=True)
class CardWanted:
    """A turn's card for one operator."""

    conversation_id: UUID
    turn_id: UUID
    to: OnDuty


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn that has just begun: nobody has its card yet."""

    id: UUID
    conversation_id: UUID
    assignee_id: UUID | None


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


async def want(uow: TenantUnit, cards: Sequence[CardWanted]) -> None:
    """Ask for cards; where one hangs already, ask that it be drawn again."""
    if not cards:
        return
    sql = await uow.sql()
    await sql.execute(
        _WANT,
        uow.tenant_id,
        uow.clock.now(),
        [new_id() for _ in cards],
        [card.conversation_id for card in cards],
        [card.turn_id for card in cards],
        [card.to.user_id for card in cards],
        [card.to.chat_id for card in cards],
    )
    uow.nudge(CARDS)


async def want_of_all(uow: TenantUnit, turns: Sequence[NewTurn]) -> None:
    """Ask for the cards of new turns: everybody's on duty, the assignee's alone if on duty."""
    if not turns:
        return
    sql = await uow.sql()
    await sql.execute(
        _WANT_OF_ALL,
        uow.tenant_id,
        uow.clock.now(),
        [turn.id for turn in turns],
        [turn.conversation_id for turn in turns],
        [turn.assignee_id for turn in turns],
    )
    uow.nudge(CARDS)


async def touch(uow: TenantUnit, *conversation_ids: UUID) -> None:
    """What the conversations' cards show has changed: have them drawn again."""
    if not conversation_ids:
        return
    sql = await uow.sql()
    await sql.execute(_TOUCH, uow.tenant_id, list(conversation_ids), uow.clock.now())
    uow.nudge(CARDS)
    for conversation_id in conversation_ids:
        uow.tell("conversation.changed", conversation_id)


async def bring(uow: UnitOfWork, card: CardWanted) -> int | None:
    """Send the card anew, at the end of the chat; returns the message it hung in before."""
    sql = await uow.sql()
    before: int | None = await sql.fetchval(
        _BRING,
        uow.tenant_id,
        new_id(),
        card.conversation_id,
        card.turn_id,
        card.to.user_id,
        card.to.chat_id,
        uow.clock.now(),
    )
    uow.nudge(CARDS)
    return before


async def turn_page(uow: UnitOfWork, card_id: UUID, page: str) -> None:
    """Open another page of a card's buttons."""
    sql = await uow.sql()
    await sql.execute(_TURN_PAGE, uow.tenant_id, card_id, page, uow.clock.now())
    uow.nudge(CARDS)


async def hanging(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", chat_id: int, message_id: int
) -> tuple[UUID, UUID] | None:
    """The store and the id of the card that hangs in this message, if one does."""
    row = await sql.fetchrow(_HANGING, chat_id, message_id)
    return (row["tenant_id"], row["id"]) if row else None


async def claim(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]",
    now: datetime,
    limit: int,
    *,
    busy_chats: Sequence[int] = (),
) -> list[ClaimedCard]:
    """Cards out of date, oldest first, across tenants, under one token; none of the busy chats'.

    A card never sent is marked `sending` here, before anything goes out: should we die, whoever
    claims it next knows that it may hang there already, and counts it in `repeats`.
    """
    token = new_id()
    rows = await sql.fetch(_CLAIM, token, now + LEASE, now, limit, list(busy_chats))
    return [ClaimedCard(token, *row) for row in sorted(rows, key=lambda row: row["id"])]


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


async def settle(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", drawn: Iterable[DrawnCard], now: datetime
) -> bool:
    """Keep where they hang and what they show; a card whose lease was lost is left alone.

    Returns whether some of them have gone out of date meanwhile.
    """
    stale = False
    for token, cards in _by_token(drawn).items():
        rows = await sql.fetch(
            _SETTLE,
            token,
            now,
            [d.card.tenant_id for d in cards],
            [d.card.id for d in cards],
            [d.message_id for d in cards],
            [d.card.wanted for d in cards],
            [d.screen_hash for d in cards],
            [d.shrunk for d in cards],
        )
        stale = stale or any(row[0] for row in rows)
    return stale


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


async def pass_on(uow: UnitOfWork, card: ClaimedCard) -> None:
    """Nobody is left who has this turn's card: whoever can be reached now gets it."""
    sql = await uow.sql()
    if await sql.fetchval(_SOMEBODY, uow.tenant_id, card.turn_id):
        return
    people = await on_duty(uow)
    await want(uow, [CardWanted(card.conversation_id, card.turn_id, p) for p in people])


def _by_token(drawn: Iterable[DrawnCard]) -> dict[UUID, list[DrawnCard]]:
    groups: dict[UUID, list[DrawnCard]] = {}
    for card in drawn:
        groups.setdefault(card.card.token, []).append(card)
    return groups
