"""By a link into the store, and a language of one's own."""

import re

from tests.support.world import World


async def test_an_operator_joins_by_invite_once_and_answers(world: World) -> None:
    shop = await world.shop()
    await shop.oleg.writes("/invite")
    menu = await shop.oleg.sees(button="Оператор")
    await shop.oleg.taps("Оператор", menu)
    told = await shop.oleg.sees("start=inv_")
    link = re.search(r"start=(inv_[\w-]+)", told.text)
    assert link is not None

    newcomer = await world.stranger("Пётр")
    await newcomer.writes(f"/start {link[1]}")
    await newcomer.sees("Пётр", "Роль: оператор")
    late = await world.stranger("Опоздавший")
    await late.writes(f"/start {link[1]}")
    await late.sees("ссыл")

    ivan = await shop.customer("Иван")
    await ivan.writes("Есть АКПП?")
    card = await newcomer.card("Есть АКПП?")
    await newcomer.taps("Отправить", card)
    await newcomer.sees("Отправлено в", "Пётр", only=card)
    assert len(await ivan.got()) == 1


async def test_a_stranger_is_shown_the_two_ways_on(world: World) -> None:
    stranger = await world.stranger("Никто")
    await stranger.writes("/start")
    await stranger.sees(button="Создать магазин")


async def test_the_inbox_lists_who_waits(world: World) -> None:
    shop = await world.shop()
    ivan = await shop.customer("Иван")
    await ivan.writes("Есть АКПП?")
    await shop.anna.card("Есть АКПП?")
    await shop.anna.writes("/inbox")
    await shop.anna.sees("Иван", without="Черновик")
