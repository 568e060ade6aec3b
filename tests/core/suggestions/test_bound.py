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


SOFA = paper(
    "Размеры 220×95 см, глубина сиденья 60 см, высота сиденья 44 см. Вес 78 кг, нагрузка 120 кг, "
    "2 ящика и 3 подушки. Гарантия на каркас 24 месяца, на ткань — 18 месяцев. "
    "Подъём на лифте 500 ₽, без лифта 250 ₽ за этаж.",
    "D4",
    "Диван",
)


@pytest.mark.parametrize(
    "text",
    [
        "Глубина сиденья 60 см, высота 44 см, сам диван 220×95 см",
        "Весит 78 кг, выдерживает нагрузку 120 кг",
        "3 подушки и два ящика",
        "Гарантия на каркас 2 года, на ткань полтора года",
        "Гарантия на ткань 18 месяцев",
        "Поднимем на лифте за 500 ₽, без лифта — 250 ₽ за этаж",
    ],
)
def test_honest_figures_of_one_source_stay_unmarked(text: str) -> None:
    assert fill(text, [SOFA], used=("D4",)).clean


@pytest.mark.parametrize(
    "text",
    [
        "Глубина сиденья 44 см, высота 60 см",
        "Весит 120 кг, выдерживает нагрузку 78 кг",
        "2 подушки и три ящика",
        "Гарантия на каркас полтора года, на ткань 2 года",
        "Гарантия на ткань 24 месяца",
        "Поднимем на лифте за 250 ₽",
        "Без лифта 500 ₽ за этаж",
        "Глубина сиденья 60 мм",
    ],
)
def test_what_is_true_of_another_thing_in_the_same_source_is_marked(text: str) -> None:
    assert fill(text, [SOFA], used=("D4",)).unbound


def test_one_mention_does_not_stand_for_two_things() -> None:
    phone = paper("Систему обновляют 4 года, безопасность — 5 лет.", "D5", "Телефон")
    assert fill("Систему обновляют 4 года, безопасность 5 лет", [phone], used=("D5",)).clean
    assert fill("Систему обновляют 4 года, безопасность 4 года", [phone], used=("D5",)).unbound


def test_one_mention_may_stand_for_all_it_names() -> None:
    towns = paper("В Казань и Самару 3 дня, в Пермь — 5 дней.", "D6", "Сроки")
    assert fill("До Казани 3 дня, до Самары тоже 3 дня", [towns], used=("D6",)).clean


WORKSHOP = paper(
    "Стрижка пуделя 2 600 ₽, болонки — 1 800 ₽. Скидка с третьего заказа 7 %, с десятого — 10 %. "
    "Крупная техника по городу 790 ₽, за город 1 200 ₽. Кухни собираем 1–2 дня, шкаф — около 4 часов. "
    "Мойка: до 10 кг — 500 ₽, от 10 до 25 кг — 900 ₽. Хранить при 30 °C, держит до −25 °C.",
    "D7",
    "Цены",
)


@pytest.mark.parametrize(
    ("honest", "false"),
    [
        # A dash, or a shorter label, leaves out what was said before the first.
        ("Стрижка болонки 1 800 ₽", "Стрижка болонки 2 600 ₽"),
        ("Шкаф собираем часа четыре", "Кухню собираем часа четыре"),
        # One mention stands for one figure of a sentence.
        ("С третьего заказа 7 %, с десятого 10 %", "С третьего заказа 7 %, с десятого 7 %"),
        # What stands right beside a figure is its key.
        ("Мойка от 10 до 25 кг 900 ₽", "Мойка от 10 до 25 кг 500 ₽"),
        ("Держит мороз до −25 °C", "Держит мороз до −30 °C"),
    ],
)
def test_lists_leave_words_out_and_are_read_with_them(honest: str, false: str) -> None:
    assert fill(honest, [WORKSHOP], used=("D7",)).clean
    assert fill(false, [WORKSHOP], used=("D7",)).unbound


def test_a_customers_own_number_is_his_in_its_own_unit() -> None:
    phone = paper("Экран 6,3 дюйма, память 8 ГБ.", "D8", "Телефон")
    asked = "Расскажите про Pixel 7, влезет в чехол 15 см?"
    assert fill("В чехол 15 см войдёт", [phone], used=("D8",), said_by_customer=asked).clean
    assert fill("Память 7 ГБ", [phone], used=("D8",), said_by_customer=asked).unbound
    assert fill("В чехол 1,5 см войдёт", [phone], used=("D8",), said_by_customer=asked).unbound


def test_what_is_in_stock_is_not_what_a_part_has_of_holes() -> None:
    box = replace(gearbox(), stock=4, text="6 отверстий под болты. Болты: 12 штук.")
    assert fill("В наличии 4 шт.", [box]).clean
    assert fill("В наличии 6 шт.", [box]).unbound == ("6 шт.",)
    assert fill("В комплекте 12 болтов", [box]).clean
