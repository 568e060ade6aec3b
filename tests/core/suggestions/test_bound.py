"""A figure is bound by its value and by what it is said of; discounts by what the store allows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.kernel.ids import new_id
from core.ports.ai import DraftFact
from core.suggestions.facts import fill
from core.suggestions.slots import Discounts, slotted
from core.suggestions.sources import Source
from tests.support.shop import gearbox


def paper(text: str, ref: str = "D1", title: str = "Условия") -> Source:
    return Source(ref, "document", new_id(), None, title, text, None, None, None, None, 1)


TERMS = paper(
    "Гарантия на коробки — 14 дней. Вернуть неподошедшую деталь можно в течение 7 дней. "
    "До Казани 2–3 дня, до Екатеринбурга 4–5 дней. Обрешётка стоит 1 500 ₽."
)
SALE = paper("Скидка 3 % при покупке двух агрегатов, сервисам скидка 10 %.", "D2", "Скидки")
FIVE = Discounts(allowed=True, most=Decimal(5))


@pytest.mark.parametrize(
    ("text", "unbound"),
    [
        ("Гарантия на коробку две недели", ()),
        ("Гарантия на коробку 7 дней", ("7 дней",)),  # true of something else
        ("Вернуть можно за неделю", ()),
        ("До Казани два-три дня", ()),
        ("До Казани 4–5 дней", ("4–5 дней",)),
        ("Обрешётка полторы тысячи рублей", ()),
        ("Обрешётка 1 500 $", ("1 500 $",)),
        ("Пишите на a@evil.ru", ("a@evil.ru",)),
        ("Переводите на 2200 7001 2345 6789", ("2200 7001 2345 6789",)),
        ("Отдадим за полцены", ("за полцены",)),
    ],
)
def test_a_figure_must_be_said_of_the_same_thing(text: str, unbound: tuple[str, ...]) -> None:
    assert fill(text, [TERMS], used=("D1",)).unbound == unbound


def test_only_the_sources_the_draft_names_bind_it() -> None:
    other = paper("Хранение 30 дней.", "D3", "Хранение")
    assert fill("Хранение 30 дней", [TERMS, other], used=("D1",)).unbound == ("30 дней",)
    assert fill("Хранение 30 дней", [TERMS, other], used=("D3",)).clean


def test_a_quote_of_other_words_does_not_bind() -> None:
    fact = DraftFact("term", "7 дней", "D1", "в течение 7 дней")
    assert fill("Гарантия на коробку 7 дней", [TERMS], used=("D1",), facts=[fact]).unbound


def test_a_discount_is_a_slot_within_the_limit() -> None:
    filled = fill("Скидка {{discount:D2:3}}", [SALE], discounts=FIVE)
    assert (filled.text, filled.clean) == ("Скидка 3\u00a0%", True)
    priced = fill("Выйдет {{price:P1:D2:3}}", [gearbox(), SALE], discounts=FIVE)
    assert (priced.text, priced.clean) == ("Выйдет 43\u202f650\u00a0₽", True)


@pytest.mark.parametrize(
    ("text", "discounts"),
    [
        ("Скидка {{discount:D2:10}}", FIVE),  # the paper has it, the owner does not allow it
        ("Скидка {{discount:D2:3}}", Discounts(allowed=False, most=Decimal(5))),
        ("Сделаем скидку 10 %", FIVE),
        ("Цена {{price:P1:D2:10}}", FIVE),
    ],
)
def test_a_discount_beyond_the_limit_is_never_filled(text: str, discounts: Discounts) -> None:
    assert fill(text, [gearbox(), SALE], discounts=discounts).over


def test_a_discount_no_source_has_is_bound_to_nothing() -> None:
    assert fill("Скидка {{discount:D2:4}}", [SALE], discounts=FIVE).unbound
    assert fill("Скидка 99 %", [SALE], discounts=FIVE).over


def test_a_price_copied_rightly_and_declared_becomes_its_slot() -> None:
    reply = slotted("АКПП стоит 45 000 ₽.", [("P1", "45 000 ₽")], [gearbox()])
    assert reply == "АКПП стоит {{price:P1}}."
    assert slotted("АКПП стоит 44 000 ₽.", [("P1", "44 000 ₽")], [gearbox()]).endswith("44 000 ₽.")


def test_what_is_sold_out_is_not_said_to_be_there() -> None:
    gone = replace(gearbox(), stock=0)
    assert fill("АКПП в наличии", [gone]).unbound == ("в наличии",)
    assert fill("АКПП сейчас нет в наличии", [gone]).clean
