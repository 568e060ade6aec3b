"""Numbers as people write them, and what is none of them."""

from decimal import Decimal

import pytest

from core.kernel.contacts import PERSONAL, contacts_in, masked
from core.suggestions.figures import Unit, figures_in

DAY = 1440


@pytest.mark.parametrize(
    ("text", "unit", "values"),
    [
        ("5 000 ₽", Unit.MONEY, (5000,)),
        ("5.000,00 руб", Unit.MONEY, (5000,)),
        ("1 500,50 ₽", Unit.MONEY, (Decimal("1500.5"),)),
        ("полторы тысячи рублей", Unit.MONEY, (1500,)),
        ("45 тыс. руб.", Unit.MONEY, (45_000,)),
        ("45000р", Unit.MONEY, (45_000,)),
        ("$500", Unit.MONEY, (500,)),
        ("45-50 тыс. рублей", Unit.MONEY, (45_000, 50_000)),
        ("45к", Unit.NONE, (45_000,)),
        ("5 тыс.", Unit.NONE, (5000,)),
        ("три дня", Unit.DURATION, (3 * DAY,)),
        ("две недели", Unit.DURATION, (14 * DAY,)),
        ("2–3 недели", Unit.DURATION, (14 * DAY, 21 * DAY)),
        ("14-дневная", Unit.DURATION, (14 * DAY,)),
        ("в течение 3 рабочих дней", Unit.DURATION, (3 * DAY,)),
        ("за неделю", Unit.DURATION, (7 * DAY,)),
        ("полгода", Unit.DURATION, (180 * DAY,)),
        ("десять процентов", Unit.PERCENT, (10,)),
        ("3 %", Unit.PERCENT, (3,)),
        ("78 тыс. км", Unit.DISTANCE, (78_000,)),
        ("с 9:00 до 19:00", Unit.TIME, (540, 1140)),
        ("с 10 до 16", Unit.TIME, (600, 960)),
        ("9 am", Unit.TIME, (540,)),
        ("from 9:30 a.m. to 6 pm", Unit.TIME, (570, 1080)),
        ("noon is 12 pm", Unit.TIME, (720,)),
        ("£40", Unit.MONEY, (40,)),
        ("8 ₾", Unit.MONEY, (8,)),
        ("300 сум", Unit.MONEY, (300,)),
        ("15 мая", Unit.DATE, (515,)),
        ("15.05.2026", Unit.DATE, (515,)),
        ("2006–2011", Unit.YEAR, (2006, 2011)),
        ("с 2014 года", Unit.YEAR, (2014,)),
        ("2 шт.", Unit.PIECES, (2,)),
        ("Camry 40", Unit.NONE, (40,)),
        ("часа за три", Unit.DURATION, (180,)),
        ("полчаса", Unit.DURATION, (30,)),
        ("220×95 см", Unit.SIZE, (2200, 950)),
        ('6,1"', Unit.SIZE, (Decimal("154.94"),)),
        ("36 мм", Unit.SIZE, (36,)),
        ("1,5 кг", Unit.WEIGHT, (1500,)),
        ("1 ТБ", Unit.MEMORY, (1024 * 1024,)),
        ("48 Мп", Unit.PIXELS, (48,)),
        ("5000 мАч", Unit.CHARGE, (5000,)),
        ("1 час 20 минут", Unit.DURATION, (80,)),
        ("час-два", Unit.DURATION, (60, 120)),
        ("до −25 °C", Unit.DEGREES, (-25,)),
        ("25 градусов мороза", Unit.DEGREES, (-25,)),
        ("2–6 °C", Unit.DEGREES, (2, 6)),
        ("18 кв. м", Unit.AREA, (18,)),
        ("20 м2", Unit.AREA, (20,)),
        ("190 км/ч", Unit.SPEED, (190,)),
        ("101 кВт·ч", Unit.ENERGY, (101_000,)),
        ("12 В", Unit.VOLTS, (12,)),
        ("60 А·ч", Unit.CHARGE, (60_000,)),
        ("70 дБ", Unit.NOISE, (70,)),
        ("2 бара", Unit.PRESSURE, (2,)),
    ],
)
def test_a_number_is_read_with_its_dimension(
    text: str, unit: Unit, values: tuple[Decimal | int, ...]
) -> None:
    [figure] = figures_in(text)
    assert (figure.unit, figure.values) == (unit, tuple(map(Decimal, values)))


def test_a_model_s_number_begins_no_range_and_no_thousand() -> None:
    texts = [one.text for one in figures_in("iPhone 12 — 4 300 ₽, iPhone 15 128 ГБ")]
    assert texts == ["12", "4 300 ₽", "15", "128 ГБ"]


def test_a_unit_said_once_is_of_the_whole_list() -> None:
    assert [one.values for one in figures_in("шириной 140, 160 и 180 см")] == [
        (Decimal(1400),), (Decimal(1600),), (Decimal(1800),)
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["U250E-CAM40", "81170-33671", "2AZ-FE", "V40", "R16", "5x114,3"])
def test_numbers_of_parts_and_models_are_codes_and_no_prices(code: str) -> None:
    assert [figure.unit for figure in figures_in(f"Деталь {code} есть")] == [Unit.CODE]


@pytest.mark.parametrize(
    "text",
    ["Есть два варианта", "один из них", "Звоните +7 495 000-40-40", "в двух словах", "x@y.ru"],
)
def test_what_counts_nothing_is_no_figure(text: str) -> None:
    assert figures_in(text) == []


def test_a_part_of_ten_digits_is_no_phone() -> None:
    text = "5211933942, Camry 40 (52119-33942), +7 (900) 123-45-67, 2200 7001 2345 6789, a@b.ru"
    assert [contact.text for contact in contacts_in(text)] == [
        "+7 (900) 123-45-67",
        "2200 7001 2345 6789",
        "a@b.ru",
    ]
    assert masked("мой +79001234567", PERSONAL) == "мой [телефон]"


def test_a_unit_said_once_is_that_of_all() -> None:
    assert [one.unit for one in figures_in("от 100 штук скидка, от 500 — больше")] == [
        Unit.PIECES,
        Unit.PIECES,
    ]
    assert [one.values for one in figures_in("На раму 5 лет, на вилку 2, на руль 1 год")] == [
        (Decimal(5 * 360 * DAY),),
        (Decimal(2 * 360 * DAY),),
        (Decimal(360 * DAY),),
    ]


def test_an_amount_and_what_it_costs_are_no_range() -> None:
    found = figures_in("При покупке от 5 штук скидка 8 %, от 10 — 12 %")
    assert [one.values for one in found] == [(Decimal(n),) for n in (5, 8, 10, 12)]
    assert found[2].unit is Unit.PIECES


def test_what_is_paid_for_is_no_duration() -> None:
    rate = [one.rate for one in figures_in("15 ₽ за минуту, ждём за минуту")]
    assert rate == [False, True, False]
