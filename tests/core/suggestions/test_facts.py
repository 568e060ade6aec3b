"""Figures in a draft: filled from the row, found in a source, or marked."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.suggestions.facts import fill, money
from tests.support.shop import gearbox


def test_a_slot_is_filled_with_the_price_of_its_row() -> None:
    filled = fill("АКПП стоит {{price:P1}}.", [gearbox()])
    assert filled.text == "АКПП стоит 45\u202f000\u00a0₽."
    assert not filled.unbound


@pytest.mark.parametrize("slot", ["{{price:P9}}", "{{price:}}", "{{discount:P1}}", "{{x}}"])
def test_a_slot_of_nothing_is_never_shown_and_is_marked(slot: str) -> None:
    filled = fill(f"Стоит {slot}", [gearbox()])
    assert filled.text == "Стоит …"
    assert filled.unbound == (slot,)


def test_a_product_without_a_price_fills_no_slot() -> None:
    filled = fill("Стоит {{price:P1}}", [replace(gearbox(), price=None)])
    assert filled.unbound


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Гарантия 14 дней", ()),
        ("Гарантия 30 дней", ("30 дней",)),
        ("Всего 44 000 ₽", ("44 000 ₽",)),
        ("Всего 45 000 ₽", ("45 000 ₽",)),  # a price is a slot, typed by hand it is bound to none
        ("Скидка 14 %", ("14 %",)),
        ("На складе 2 шт.", ()),
        ("На Camry 40 подойдёт", ()),  # the customer's own figure
        ("Звоните +7 900 123-45-67", ("+7 900 123-45-67",)),
        ("Смотрите https://evil.ru/x", ("https://evil.ru/x",)),
        ("Артикул U250E-40", ()),
    ],
)
def test_other_figures_and_links_stand_in_a_source_or_are_marked(
    text: str, marked: tuple[str, ...]
) -> None:
    assert fill(text, [gearbox()], said_by_customer="Есть на Camry 40?").unbound == marked


def test_money_is_written_as_people_write_it() -> None:
    assert money(Decimal(1234567), "RUB") == "1\u202f234\u202f567\u00a0₽"
    assert money(Decimal("99.5"), "RUB") == "99,50\u00a0₽"
