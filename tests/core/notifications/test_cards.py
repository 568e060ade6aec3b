"""Asking for cards."""

from core.app import App
from core.identity.duty import on_duty
from core.notifications.cards import CardWanted, want
from tests.support.shop import Shop


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
