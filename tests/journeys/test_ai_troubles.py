"""No customer waits for the AI to be seen by a person: down, slow, rubbish, switched off."""

import pytest

from core.flags.names import Flag
from core.flags.service import turn
from tests.support.waiting import until
from tests.support.world import Json, Shop, World

QUESTION = "Есть АКПП на Camry 40, сколько стоит?"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"status": 401}, "ИИ не принял ключ"),
        ({"refusal": "Не могу помочь"}, "ИИ отказался отвечать"),
        ({"status": 404}, "ИИ не знает такой модели"),
    ],
    ids=["key refused", "refusal", "no such model"],
)
async def test_a_model_that_fails_for_good_leaves_a_card_with_the_reason(
    world: World, shop: Shop, rule: Json, why: str
) -> None:
    await world.sandbox.script({"endpoint": "chat/completions", **rule})
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, why, button="Ответить")
    assert "Отправить" not in card.buttons
    await shop.anna.replies("45 000, в наличии.", to=card)
    await ivan.receives("45 000, в наличии.")


async def test_a_slow_model_holds_up_nobody_and_its_draft_comes_when_it_comes(
    world: World, shop: Shop
) -> None:
    await world.sandbox.script({"endpoint": "chat/completions", "delay": 30.0})
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, "Черновик готовится", button="Ответить")
    # She does not wait for it: her own answer goes out, and the draft is wanted no more.
    await shop.anna.replies("Есть, 45 000.", to=card)
    await ivan.receives("Есть, 45 000.")
    await shop.anna.sees("Отправлено в", only=card)


@pytest.mark.parametrize(
    "rule",
    [{"rubbish": True}, {"cut": 20}, {"drop": True}, {"status": 500}, {"status": 429}],
    ids=["rubbish", "cut short", "dropped", "500", "429"],
)
async def test_a_model_that_stumbles_once_is_asked_again(
    world: World, shop: Shop, rule: Json
) -> None:
    await world.sandbox.script({"endpoint": "chat/completions", "times": 1, **rule})
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.sees(QUESTION, button="Ответить")  # seen before any draft
    await shop.anna.sees("Черновик", button="Отправить", only=card)


async def test_with_suggestions_switched_off_the_card_says_so_and_no_model_is_asked(
    world: World, shop: Shop
) -> None:
    async with world.app.uow(shop.tenant_id) as uow:
        await turn(uow, shop.oleg.actor, Flag.AI_SUGGESTIONS_ENABLED, enabled=False)
    # In force within two seconds in every process: until the worker has refused once, a draft
    # may still be made.
    knocking = await shop.customer("Нетерпеливый")
    suggestions = "SELECT failure FROM suggestions WHERE tenant_id = $1"
    refused = False
    number = 0
    while not refused:
        number += 1
        await knocking.writes(f"Ау {number}?")

        async def answered(number: int = number) -> bool:
            return len(await shop.rows(suggestions)) >= number

        await until(answered)
        refused = any(row["failure"] == "ai.off" for row in await shop.rows(suggestions))
    before = (await world.sandbox.call("GET", "openai/script"))["calls"]
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, "ИИ выключен", button="Ответить")
    await shop.anna.replies("Есть.", to=card)
    await ivan.receives("Есть.")
    assert (await world.sandbox.call("GET", "openai/script"))["calls"] == before
