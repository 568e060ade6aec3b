"""What the ledger knows of all goods: their words, their tables, their lists and their hours."""

import time
from dataclasses import replace

import pytest

from core.suggestions.facts import fill
from core.suggestions.sources import Source
from tests.core.suggestions.test_bound import paper
from tests.support.shop import gearbox


def unbound(text: str, source: Source, asked: str = "") -> tuple[str, ...]:
    return fill(text, [source], used=(source.ref,), said_by_customer=asked).unbound


BOAT = paper("Грузоподъёмность 340 кг. Масса 29 кг. Габариты в сумке 110×60 см.", "D1", "Лодка")
TERMS = paper(
    "Returns within 14 days. Warranty is 30 days. Deposit $100, shipping $9.", "D1", "Shop"
)


@pytest.mark.parametrize(
    ("source", "honest", "false"),
    [
        (BOAT, "Выдерживает 340 кг", "Выдерживает 29 кг"),
        (BOAT, "Весит 29 кг", "Весит 340 кг"),
        (TERMS, "Вернуть можно 14 дней", "Вернуть можно 30 дней"),
        (TERMS, "Гарантия 30 дней", "Гарантия 14 дней"),
        (TERMS, "Доставка $9, залог $100", "Доставка $100, залог $9"),
    ],
)
def test_a_thing_goes_by_more_than_one_word_and_in_two_languages(
    source: Source, honest: str, false: str
) -> None:
    assert unbound(honest, source) == ()
    assert unbound(false, source)


CLEANING = paper(
    "| Вещь | Обычная, 3–5 дней | Срочная, 24 часа |\n|---|---|---|\n"
    "| Пальто | 1 900 ₽ | 2 850 ₽ |\n| Костюм | 1 600 ₽ | 2 400 ₽ |\n\n"
    "| Размер | Длина стопы |\n|---|---|\n| 37 | 23,7 см |\n| 38 | 24,3 см |",
    "D1",
    "Химчистка и размеры",
)


@pytest.mark.parametrize(
    ("honest", "false"),
    [
        ("Пальто обычным сроком 1 900 ₽", "Пальто обычным сроком 1 600 ₽"),
        ("Костюм срочно 2 400 ₽", "Костюм срочно 1 600 ₽"),
        ("Пальто срочно за 24 часа 2 850 ₽", "Пальто срочно за 24 часа 1 900 ₽"),
        ("38 размер — 24,3 см", "38 размер — 23,7 см"),
    ],
)
def test_a_cell_is_said_of_its_row_and_of_its_column(honest: str, false: str) -> None:
    assert unbound(honest, CLEANING) == ()
    assert unbound(false, CLEANING)


DOORS = paper(
    "Врезка замка и 2 петель входит. За день ставим до 4 дверей. Замер бесплатный от 3 дверей. "
    "При покупке от 5 штук скидка 8 %, от 10 — 12 %.",
    "D1",
    "Двери",
)


def test_pieces_are_counted_however_their_number_is_written() -> None:
    pizza = replace(gearbox(), title="Пицца «Четыре сыра»", text="Вес 620 г, 8 кусков.")
    assert unbound("В пицце 8 кусков", pizza) == ()
    assert unbound("В пицце 4 куска", pizza) == ("4",)


def test_a_customers_number_is_his_for_what_he_counts() -> None:
    asked = "Поставите 3 двери?"
    assert unbound("На 3 двери мастер уйдёт в замеры", DOORS, asked) == ()
    assert unbound("Врезка замка и 3 петель входит", DOORS, asked) == ("3",)
    assert unbound("За день ставим до 3 дверей", DOORS, asked) == ("3",)


def test_the_nearest_amount_is_the_key_of_a_discount() -> None:
    assert unbound("От 10 штук скидка 12 %, от 5 — 8 %", DOORS) == ()
    assert unbound("От 10 штук скидка 8 %, от 5 — 12 %", DOORS)
    assert unbound("От 5 штук скидка 12 %", DOORS)


def test_an_amount_beyond_a_comma_is_the_key_of_another_price() -> None:
    ladder = paper(
        "Доставка по городу до 5 дверей — 1 300 ₽, от 6 дверей — 2 000 ₽.", "D1", "Доставка"
    )
    assert unbound("Доставка от 6 дверей — 2 000 ₽", ladder) == ()
    assert unbound("Доставка от 6 дверей — 1 300 ₽", ladder)


HOURS = paper("Работаем с 8:00 до 19:00. Прокат на 2–5 дней.", "D1", "Часы")


@pytest.mark.parametrize(
    ("honest", "false"),
    [
        ("Работаем до 19:00", "Работаем до 8:00"),
        ("Открываемся в 8:00", "Открываемся в 19:00"),
        ("Прокат до 5 дней", "Прокат до 2 дней"),
    ],
)
def test_what_is_said_of_an_end_of_a_range_is_true_of_that_end(honest: str, false: str) -> None:
    assert unbound(honest, HOURS) == ()
    assert unbound(false, HOURS)


def test_neighbours_in_a_draft_are_neighbours_in_its_source() -> None:
    """Nothing is said of the litres; the stove's stand beside its kilowatts."""
    stoves = paper("Печь: 12 кВт, 180 л, 45 кг. Камин: 7 кВт, 60 л, 90 кг.", "D1", "Банный отдел")
    assert unbound("На 12 кВт, объём 180 л и 45 кг", stoves) == ()
    assert "60 л" in unbound("На 12 кВт, объём 60 л и 45 кг", stoves)


def test_a_room_of_the_customers_is_as_large_as_he_says() -> None:
    cooler = paper("Рассчитан на площадь до 35 м².", "D1", "Кондиционер")
    asked = "Комната 28 м, потянет?"
    assert unbound("На 28 м² хватит, он до 35 м²", cooler, asked) == ()
    assert unbound("Он до 28 м²", cooler) == ("28 м²",)


def test_hundreds_of_numbers_in_one_breath_hold_up_nobody() -> None:
    """A customer pastes a list, a model answers with one: the process has others to serve."""
    listed = "".join(f"Вопрос {number}. " for number in range(900))
    began = time.process_time()
    unbound("Гарантия 900 дней.", TERMS, listed)
    unbound(listed[:4096], TERMS, listed)
    assert time.process_time() - began < 20  # of CPU: it was minutes
