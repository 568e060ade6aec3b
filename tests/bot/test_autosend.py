"""What the bot says of replies that go out by themselves, and judging them."""

from datetime import timedelta

from core.decision.reviews import count_audit, want_second_look
from core.identity.duty import OnDuty
from core.identity.permissions import PERMISSIONS, Actor, Role, Via
from core.notifications.notices import tell
from core.replay.run import replay_due
from tests.bot.desk import Desk
from tests.core.decision.autonomy import opens_every_lock, past
from tests.support.shop import Shop
from tests.support.waiting import until


def shop_at(desk: Desk) -> Shop:
    owner = Actor(
        None, desk.tenant_id, "Олег", Role.OWNER, Via.BOT, permissions=PERMISSIONS[Role.OWNER]
    )
    return Shop(desk.app, desk.tenant_id, desk.account, {"Олег": owner})


async def test_the_owner_sees_where_each_intent_stands_and_issues_a_licence(desk: Desk) -> None:
    shop = shop_at(desk)
    await desk.oleg.writes("/autosend")
    first = await desk.oleg.sees("Сейчас ничего не уходит само")
    assert "движок решений выключен" in first["text"]
    await opens_every_lock(shop, "availability", "price")
    await shop.writes("Иван", "Есть?")
    await past(shop, "Иван", 60)
    await past(shop, "Иван", 40, intent="price")
    await desk.oleg.writes("/autosend")
    shown = await desk.oleg.sees("🟡 наличие — лицензию можно выдать")
    assert "🟡 цена — ещё 5 хороших оценок до лицензии" in shown["text"]
    assert "⚪ доставка — не разрешено" in shown["text"]
    assert "Сейчас ничего" not in shown["text"]
    assert await desk.oleg.presses("Выдать лицензию: наличие", on=shown) == "Лицензия выдана"
    licensed = await desk.oleg.sees("🟢 наличие — по лицензии, от 90 %")
    assert await desk.oleg.presses("Отозвать лицензию: наличие", on=licensed) == "Лицензия отозвана"
    await desk.oleg.sees("🟡 наличие — лицензию можно выдать")


async def test_an_operator_sees_it_without_the_owners_buttons(desk: Desk) -> None:
    await desk.anna.writes("/autosend")
    shown = await desk.anna.sees("Автоответ")
    assert shown["buttons"] == []
    await desk.anna.writes("/replay")
    await desk.anna.sees("На это нет прав")


async def test_another_operator_is_asked_and_judges_without_the_first_verdict(desk: Desk) -> None:
    shop = shop_at(desk)
    await shop.writes("Иван", "Есть АКПП на <Camry>?")
    [anna_id] = [
        row["id"]
        for row in await desk.rows(
            "SELECT id FROM users WHERE telegram_user_id = $1", desk.anna.user_id
        )
    ]
    [suggestion_id] = await past(shop, "Иван", 1, by=anna_id)
    async with desk.app.uow(desk.tenant_id) as uow:
        await want_second_look(
            uow, suggestion_id=suggestion_id, version=2, by=anna_id, chance=lambda: 0.0
        )
    await desk.maria.taps("Проверить ответы", "Есть ответы на проверку")
    asked = await desk.maria.sees("На проверке: 1")
    assert "Есть АКПП на <Camry>?" in asked["text"]
    assert "Да, есть в наличии." in asked["text"]
    assert "Анна" not in asked["text"]
    assert await desk.maria.presses("Плохо", on=asked) == "Записано"
    await desk.maria.sees("Проверять пока нечего")
    [review] = await desk.rows("SELECT verdict FROM reviews")
    assert review["verdict"] == "bad"
    await desk.anna.writes("/review")
    await desk.anna.sees("Проверять пока нечего")


async def test_the_owner_is_told_when_the_breaker_trips(desk: Desk) -> None:
    async with desk.app.uow(desk.tenant_id) as uow:
        for _ in range(7):
            await count_audit(uow, "price", error=True)
    told = await desk.oleg.sees("Автоответ на вопросы «цена» выключен")
    assert "среди 7 проверенных ответов плохих 7" in told["text"]
    await desk.oleg.presses("Автоответ", on=told)
    await desk.oleg.sees("ничего не уходит само")
    [notice] = await desk.rows("SELECT sent_at, parked_at FROM notices")
    assert notice["sent_at"] is not None


async def test_a_replay_is_asked_for_and_its_summary_comes(desk: Desk) -> None:
    shop = shop_at(desk)
    await opens_every_lock(shop)
    await shop.writes("Иван", "Есть?")
    await past(shop, "Иван", 1)
    await shop.writes("Пётр", "Есть?")
    await past(shop, "Пётр", 1, outcome="rejected", ago=timedelta(days=3))
    await desk.oleg.writes("/replay 30")
    await desk.oleg.sees("Считаю последние 30 дн.")
    assert await replay_due(desk.app) == 1
    told = await desk.oleg.sees("Прогон за 30 дн. готов")
    assert (
        "сами ушли бы 2 из 2 ответов. Люди оценили 2 из них и на 1 ответили иначе" in told["text"]
    )
    await desk.oleg.writes("/replay 900")
    await desk.oleg.sees("от 1 до 90")


async def test_a_chat_that_is_closed_parks_its_notices(desk: Desk) -> None:
    await desk.sandbox.call(
        "POST", "telegram/blocks", {"user_id": desk.oleg.user_id, "blocked": True}
    )
    [oleg] = await desk.rows("SELECT id FROM users WHERE telegram_user_id = $1", desk.oleg.user_id)
    async with desk.app.uow(desk.tenant_id) as uow:
        await tell(uow, [OnDuty(oleg["id"], desk.oleg.user_id)], "notice.reviews")

    async def parked() -> bool:
        rows = await desk.rows("SELECT parked_at FROM notices WHERE parked_at IS NOT NULL")
        return len(rows) == 1

    await until(parked)
    [gone] = await desk.rows(
        "SELECT telegram_unreachable_at FROM users WHERE telegram_user_id = $1", desk.oleg.user_id
    )
    assert gone["telegram_unreachable_at"] is not None
