"""A reply goes out by itself, through every role, and a person may stop it while it waits."""

import asyncio
from decimal import Decimal

from core.flags.names import Flag
from core.flags.service import turn
from tests.support.waiting import until
from tests.support.world import Shop, World

ASKS = "Сколько стоит АКПП U250E на Camry 40?"


async def opens_the_locks(world: World, shop: Shop, **settings: object) -> None:
    async with world.app.uow(shop.tenant_id) as uow:
        for flag in (Flag.DECISION_ENGINE_ENABLED, Flag.AI_AUTOSEND_ENABLED):
            await turn(uow, shop.oleg.actor, flag, enabled=True)
    await shop.change(
        autosend_allowed=True,
        autosend_without_licence=True,
        intents_autosend_allowed=["price", "availability"],
        t_auto=Decimal("0.3"),
        t_escale=Decimal("0.05"),
        **settings,
    )
    turned = asyncio.get_running_loop().time()
    await shop.stocked()

    async def in_force_everywhere() -> bool:
        """Another process knows of a flag a second after it was turned, at the latest."""
        return asyncio.get_running_loop().time() > turned + 1.2

    await until(in_force_everywhere)


async def test_what_every_lock_allows_reaches_the_customer_without_a_tap(world: World) -> None:
    shop = await world.shop(default_mode="auto")
    await opens_the_locks(world, shop)
    ivan = await shop.customer("Иван")
    await ivan.writes(ASKS)
    await ivan.receives("45 000 ₽", seconds=30)
    card = await shop.anna.sees("Отправлено", "Без лицензии")
    assert "Отправить" not in card.buttons
    [row] = await shop.rows("SELECT status, reasons FROM suggestions WHERE tenant_id = $1")
    assert (row["status"], row["reasons"]) == ("auto_sent", ["without_licence"])
    [review] = await shop.rows("SELECT kind FROM reviews WHERE tenant_id = $1")
    assert review["kind"] == "autosent"


async def test_in_semi_auto_the_card_has_a_button_that_stops_it(world: World) -> None:
    shop = await world.shop(default_mode="semi_auto", hold_seconds=120)
    await opens_the_locks(world, shop)
    ivan = await shop.customer("Иван")
    await ivan.writes(ASKS)
    card = await shop.anna.card("45 000 ₽", "Без лицензии", button="Отменить", seconds=30)
    await shop.anna.taps("Отменить", card)
    await shop.anna.card("45 000 ₽", button="Отправить")
    assert await ivan.got() == []


async def test_with_one_lock_shut_it_waits_for_a_person(world: World) -> None:
    shop = await world.shop(default_mode="auto")
    await opens_the_locks(world, shop)
    await shop.change(autosend_without_licence=False)
    ivan = await shop.customer("Иван")
    await ivan.writes(ASKS)
    await shop.anna.card("45 000 ₽", "мало оценок для автоответа", button="Отправить", seconds=30)
    assert await ivan.got() == []
