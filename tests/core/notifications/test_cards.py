"""Asking for cards."""

import asyncio

from core.app import App
from core.identity.duty import on_duty
from core.identity.permissions import Role
from core.identity.reach import note_unreachable
from core.kernel.uow import UnitOfWork
from core.notifications.card_claims import ClaimedCard, exchange, give_up
from core.notifications.cards import CardWanted, pass_on, want
from tests.support.shop import Shop, hire
from tests.support.waiting import until


async def test_a_card_whose_chat_was_closed_comes_anew_when_it_is_asked_for(
    app: App, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    async with app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        await sql.execute("UPDATE cards SET state = 'gone', message_id = 7, drawn = wanted")
        card = await sql.fetchrow("SELECT conversation_id, turn_id FROM cards")
        assert card is not None
        people = await on_duty(uow)
        await want(uow, [CardWanted(card["conversation_id"], card["turn_id"], p) for p in people])
        [again] = await sql.fetch("SELECT state, message_id, drawn < wanted AS due FROM cards")
    assert (again["state"], again["message_id"], again["due"]) == ("wanted", None, True)


async def test_a_card_that_hangs_stays_where_it_is_when_it_is_asked_for(
    app: App, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    async with app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        await sql.execute("UPDATE cards SET state = 'shown', message_id = 7, drawn = wanted")
        card = await sql.fetchrow("SELECT conversation_id, turn_id FROM cards")
        assert card is not None
        people = await on_duty(uow)
        await want(uow, [CardWanted(card["conversation_id"], card["turn_id"], p) for p in people])
        [again] = await sql.fetch("SELECT state, message_id, drawn < wanted AS due FROM cards")
    assert (again["state"], again["message_id"], again["due"]) == ("shown", 7, True)


async def test_of_two_cards_lost_at_once_one_is_passed_on(app: App, shop: Shop) -> None:
    """Each of the two would else see the other's card still there, and nobody had the message."""
    await hire(app, shop.tenant_id, "Вера", Role.OPERATOR)
    await shop.writes("Иван", "Есть АКПП?")
    async with app.db.hot_platform() as sql:
        first, second = (await exchange(sql, (), app.clock.now(), 10)).claimed

    async def lose(uow: UnitOfWork, card: ClaimedCard) -> None:
        assert await give_up(uow, card, "blocked")
        await note_unreachable(await uow.sql(), card.chat_id, uow.clock.now())
        await pass_on(uow, card.conversation_id, card.turn_id)

    async def lose_second() -> None:
        async with app.uow(shop.tenant_id) as uow:
            await lose(uow, second)

    async with app.uow(shop.tenant_id) as uow:
        await lose(uow, first)
        losing = asyncio.create_task(lose_second())

        async def waits_or_is_done() -> bool:
            sql = await uow.sql()
            waits = await sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(waits) or losing.done()

        await until(waits_or_is_done)
    await losing
    async with app.db.hot_platform() as sql:
        left = await sql.fetch("SELECT user_id FROM cards WHERE state <> 'gone'")
    assert [row["user_id"] for row in left] == [shop.staff["Олег"].user_id]
