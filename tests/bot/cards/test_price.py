"""What a card says of the market, and when it offers to ask it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cards.render import render
from core.kernel.i18n import Speaker
from core.kernel.ids import new_id
from core.pricing.queries import LinkShown, PriceShown
from core.suggestions.card import CardView
from tests.bot.cards.reading import seen
from tests.bot.cards.views import NOW, card, draft

RU, EN = Speaker("ru"), Speaker("en")
LINKS = tuple(
    LinkShown(
        f"<b>Лот {n}</b>", f'https://avito.ru/a?x="{n}"&y=<i>', "avito.ru", Decimal(44_000 + n)
    )
    for n in range(5)
)


def price(state: str = "found", **changes: Any) -> PriceShown:
    found = PriceShown(
        id=new_id(),
        state=state,
        asked="АКПП Camry 40",
        currency="RUB",
        source="listings",
        condition="used",
        n=6,
        lowest=Decimal(38_000),
        quarter=Decimal(41_000),
        median=Decimal(45_000),
        three_quarters=Decimal(48_500),
        highest=Decimal(52_000),
        left_out=1,
        links=LINKS,
        seen_at=NOW - timedelta(minutes=3),
        expires_at=NOW + timedelta(hours=24),
        problem=None,
    )
    return replace(found, **changes)


UNMATCHED = draft("Уточню у коллег.", sources=())


def read(view: CardView, speaker: Speaker = RU) -> tuple[str, list[str]]:
    screen = render(view, speaker, NOW)
    buttons = [b.text for row in screen.keyboard.inline_keyboard for b in row]
    return seen(screen.text).replace("\u202f", " ").replace("\u00a0", " "), buttons


def test_a_market_is_a_range_a_median_and_links() -> None:
    view = card(suggestion=UNMATCHED, price=price())
    text, buttons = read(view)
    assert (
        "Рынок, б/у · АКПП Camry 40\n"
        "38 000–52 000 ₽ · медиана 45 000 ₽ · 6 объявлений · 3 мин назад\n"
        "чаще 41 000–48 500 ₽\n"
        "avito.ru за 44 000 · avito.ru за 44 001 · avito.ru за 44 002"
    ) in text
    assert "Узнать цену" not in buttons
    source = render(view, RU, NOW).text
    assert source.count("<a href=") == 3
    assert '<a href="https://avito.ru/a?x=&quot;0&quot;&amp;y=&lt;i&gt;">' in source


def test_few_listings_are_marked_as_weak() -> None:
    text, _ = read(card(suggestion=UNMATCHED, price=price(n=2, links=LINKS[:2])))
    assert "2 объявления" in text
    assert "⚠ Объявлений мало" in text
    assert "чаще" not in text


def test_an_estimate_says_that_it_is_one() -> None:
    links = (LinkShown("", "https://drom.ru/1", "drom.ru", None),)
    estimate = price(
        "estimated", source="ai_estimate", n=0, median=None, quarter=None, three_quarters=None,
        links=links,
    )  # fmt: skip
    text, _ = read(card(suggestion=UNMATCHED, price=estimate))
    assert "⚠ Оценка ИИ, не объявления: 38 000–52 000 ₽ · 3 мин назад · АКПП Camry 40" in text
    assert "медиана" not in text
    english, _ = read(card(suggestion=UNMATCHED, price=estimate), EN)
    assert "An AI estimate, not listings" in english


@pytest.mark.parametrize(
    ("state", "problem", "words", "offered"),
    [
        ("pending", None, "Узнаём цену на рынке…", False),
        ("not_found", None, "Объявлений не нашлось", True),
        ("failed", "ai.timeout", "Цену узнать не удалось: ", True),
        ("failed", "price.budget", "дневной бюджет на поиск цен исчерпан", True),
        ("failed", "gone.wrong", "Цену узнать не удалось: ", True),
    ],
)
def test_what_is_not_known_is_said_and_may_be_asked_again(
    state: str, problem: str | None, words: str, *, offered: bool
) -> None:
    nothing = price(state, problem=problem, lowest=None, highest=None, median=None, n=0, links=())
    text, buttons = read(card(suggestion=UNMATCHED, price=nothing))
    assert words in text
    assert ("Узнать цену" in buttons) is offered


def test_the_button_stands_where_the_catalogue_is_silent() -> None:
    assert "Узнать цену" in read(card(suggestion=UNMATCHED))[1]
    assert "Узнать цену" not in read(card(suggestion=draft()))[1], "the draft has a price"
    assert "Узнать цену" not in read(card(suggestion=draft(intent="shipping", sources=())))[1]
    assert "Узнать цену" in read(card(suggestion=draft(), page="more"))[1]
    old = price(expires_at=NOW - timedelta(minutes=1))
    assert "Узнать цену" in read(card(suggestion=UNMATCHED, price=old))[1]
    assert "Узнать цену" not in read(card(page="more", price=price("pending")))[1]
