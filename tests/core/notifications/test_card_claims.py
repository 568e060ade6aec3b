"""Claiming cards that are out of date, and keeping what was drawn, in one statement."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg

from core.app import App
from core.notifications.card_claims import LEASE, ClaimedCard, DrawnCard, Exchanged, exchange
from core.notifications.cards import touch
from tests.support.shop import Shop
from tests.support.waiting import until

_HASH = b"what the card shows"


def _drawn(card: ClaimedCard, message_id: int = 7) -> DrawnCard:
    return DrawnCard(card, message_id, _HASH, shrunk=False)


async def _exchange(app: App, *drawn: DrawnCard, limit: int = 10) -> Exchanged:
    async with app.db.hot_platform() as sql:
        return await exchange(sql, drawn, app.clock.now(), limit)


async def test_what_was_drawn_is_kept_and_what_is_due_is_claimed(app: App, shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    [first] = (await _exchange(app)).claimed
    assert (await _exchange(app)).claimed == []  # somebody draws it
    await shop.writes("Мария", "А вариатор?")
    then = await _exchange(app, _drawn(first))
    assert [card.id != first.id for card in then.claimed] == [True]
    assert not then.stale
    async with app.db.hot_platform() as sql:
        kept = await sql.fetchrow("SELECT * FROM cards WHERE id = $1", first.id)
    assert kept is not None
    assert (kept["state"], kept["message_id"], kept["drawn"]) == ("shown", 7, first.wanted)
    assert (kept["drawn_hash"], kept["lease_token"]) == (_HASH, None)


async def test_what_goes_out_of_date_while_it_is_drawn_is_claimed_next(
    app: App, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    [card] = (await _exchange(app)).claimed
    async with app.uow(shop.tenant_id) as uow:
        await touch(uow, card.conversation_id)
    then = await _exchange(app, _drawn(card))
    assert then.stale
    assert [again.id for again in then.claimed + (await _exchange(app)).claimed] == [card.id]


async def test_a_card_whose_lease_was_lost_is_left_to_who_has_it(app: App, shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    [slow] = (await _exchange(app)).claimed
    async with app.db.hot_platform() as sql:
        later = app.clock.now() + LEASE + timedelta(seconds=1)
        [quick] = (await exchange(sql, (), later, 10)).claimed
    assert (await _exchange(app, _drawn(slow, 7))).claimed == []
    await _exchange(app, _drawn(quick, 8))
    async with app.db.hot_platform() as sql:
        assert await sql.fetchval("SELECT message_id FROM cards") == 8


async def test_our_own_late_card_is_kept_though_its_lease_has_ended(app: App, shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    [card] = (await _exchange(app)).claimed
    async with app.uow(shop.tenant_id) as uow:
        await touch(uow, card.conversation_id)
    async with app.db.hot_platform() as sql:
        later = app.clock.now() + LEASE + timedelta(seconds=1)
        then = await exchange(sql, [_drawn(card)], later, 10)
        assert (then.claimed, then.stale) == ([], True)
        [again] = (await exchange(sql, (), later, 10)).claimed
    assert (again.message_id, again.repeats) == (7, 0)  # it hangs, and is redrawn in place


async def test_nothing_is_claimed_before_what_was_drawn_is_kept(app: App, shop: Shop) -> None:
    """Who waited with claimed cards in hand could meet somebody who waits for those."""
    await shop.writes("Иван", "Есть АКПП?")
    [card] = (await _exchange(app)).claimed
    await shop.writes("Мария", "А вариатор?")

    async def locks(sql: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", id_: UUID) -> bool:
        row = await sql.fetchrow("SELECT FROM cards WHERE id = $1 FOR UPDATE SKIP LOCKED", id_)
        return row is not None

    async with app.db.hot_platform() as busy, app.db.hot_platform() as looking:
        assert await locks(busy, card.id)
        due: UUID = await looking.fetchval("SELECT id FROM cards WHERE id <> $1", card.id)
        exchanging = asyncio.create_task(_exchange(app, _drawn(card)))

        async def waits() -> bool:
            return bool(await looking.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        await until(waits)
        assert await locks(looking, due)
    assert [one.id for one in (await exchanging).claimed] == [due]
