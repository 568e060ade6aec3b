"""Cards: asking for them. Who draws what is asked for claims it (`card_claims`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from core.identity.duty import OnDuty, on_duty
from core.kernel.ids import new_id
from core.kernel.nudges import CARDS
from core.kernel.uow import TenantUnit, UnitOfWork

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
# Part of the statement that begins them, in one round trip with the message: there $1 is the tenant,
# $3 the moment, `begun` the turns (turn, conversation, assignee, nth), `people` who is on duty.
WANT_OF_BEGUN = """
INSERT INTO cards (tenant_id, id, conversation_id, turn_id, user_id, chat_id, due_at, created_at)
SELECT $1, uuidv7(), t.conversation, t.turn, p.id, p.telegram_chat_id, $3, $3
FROM begun t
JOIN people p ON p.id = t.assignee
    OR NOT EXISTS (SELECT FROM people one WHERE one.id = t.assignee)
ORDER BY t.nth
"""
# Of two who lose the turn's last cards at once each would leave it to the other. Not a lock of the
# turn's row: who writes there goes on to its cards.
_ONE_AFTER_ANOTHER = """
SELECT pg_advisory_xact_lock(hashtextextended('cards.pass_on', 0) # hashtextextended($1::text, 0))
"""
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


async def pass_on(uow: UnitOfWork, conversation_id: UUID, turn_id: UUID) -> None:
    """If nobody is left who has this turn's card, whoever can be reached now gets it.

    Call it once the card that was given up is marked so, in the same transaction.
    """
    sql = await uow.sql()
    await sql.execute(_ONE_AFTER_ANOTHER, str(turn_id))
    if await sql.fetchval(_SOMEBODY, uow.tenant_id, turn_id):
        return
    people = await on_duty(uow)
    await want(uow, [CardWanted(conversation_id, turn_id, p) for p in people])
