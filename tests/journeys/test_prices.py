"""Иван asks the price of what the store does not have; the market answers on Анна's card."""

import pytest

from tests.support.waiting import until
from tests.support.world import Json, Shop, World

QUESTION = "Сколько стоит контрактная раздатка на Ленд Крузер 200?"


async def test_the_card_is_there_at_once_and_the_market_joins_it(world: World, shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await world.sandbox.script({"endpoint": "responses", "delay": 1.5, "times": 1})
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, "Узнаём цену на рынке…")
    assert "Узнать цену" not in card.buttons
    priced = await shop.anna.sees(
        "Рынок, контрактные · Раздаточная коробка Land Cruiser 200",
        "медиана",
        "6 объявлений",
        only=card,
    )
    links = [e["url"] for e in priced.raw["entities"] if e["type"] == "text_link"]
    assert len(links) == 3
    assert all(
        link.startswith(("https://avito.ru/", "https://baza.drom.ru/", "https://autopiter.ru/"))
        for link in links
    )
    # She answers in her own words; no draft has said the market's price for her.
    await shop.anna.replies("Раздатки нет, на рынке около 60 тысяч.", to=priced)
    await ivan.receives("на рынке около 60 тысяч")


async def test_a_button_asks_where_nobody_has(world: World, shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes("Есть вариатор на Qashqai?")
    card = await shop.anna.card("Есть вариатор на Qashqai?")
    await shop.anna.taps("Ещё", on=card)
    assert await shop.anna.taps("Узнать цену", on=card) == "Узнаём цену на рынке"
    await shop.anna.sees("Рынок, б/у · Вариатор Qashqai", "объявлений", only=card)
    # Another customer, another spelling: what is known is there with the card.
    olga = await shop.customer("Ольга")
    before = len(await world.sandbox.requests(target="openai", method="responses"))
    await olga.writes("почём вариатор на кашкай")
    await shop.anna.card("почём вариатор на кашкай", "Рынок, б/у · Вариатор Qashqai")
    assert len(await world.sandbox.requests(target="openai", method="responses")) == before


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"market": "one"}, "Оценка ИИ, не объявления"),
        ({"market": "uncited"}, "Оценка ИИ, не объявления"),
        ({"market": "nothing"}, "Объявлений не нашлось"),
        ({"refusal": "Не могу"}, "Цену узнать не удалось: ИИ отказался отвечать"),
        ({"market": "injection"}, "6 объявлений"),
    ],
    ids=["one listing", "false citations", "nothing", "refusal", "orders in a title"],
)
async def test_whatever_the_web_says_the_card_tells_what_it_is_worth(
    world: World, shop: Shop, rule: Json, words: str
) -> None:
    await world.sandbox.script({"endpoint": "responses", **rule})
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, words)
    assert "evil.example" not in card.text
    assert await ivan.got() == []


async def test_nothing_of_ivan_goes_out_with_the_question(world: World, shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes("Я Иван Петров, +7 900 123-45-67. Сколько стоит турбина на Touareg?")

    async def asked() -> list[Json]:
        return await world.sandbox.requests(target="openai", method="responses", contains="Touareg")

    [row] = await until(asked)
    assert "Иван" not in str(row["params"])
    assert "900" not in str(row["params"]["input"])
    await shop.anna.card("Рынок, б/у · Турбина Touareg")
