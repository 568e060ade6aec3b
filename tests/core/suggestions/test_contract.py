"""What a draft declares of its figures is evidence for the mention it quotes, and no proof."""

import pytest

from core.ports.ai import DraftFact
from core.suggestions.facts import fill
from core.suggestions.sources import Source
from tests.core.suggestions.test_bound import paper
from tests.support.shop import gearbox

RENT = paper(
    "Прокат лодок: надувная 1 800 ₽ в сутки, залог 15 000 ₽. Палатка 700 ₽ в сутки, залог 5 000 ₽. "
    "Бронь держим 2 дня. Забрать можно за 3 часа.",
    "D1",
    "Прокат",
)


def fact(value: str, quote: str, ref: str = "D1") -> DraftFact:
    return DraftFact("other", value, ref, quote)


def unbound(text: str, *facts: DraftFact, sources: tuple[Source, ...] = (RENT,)) -> tuple[str, ...]:
    return fill(text, sources, used=("D1",), facts=facts).unbound


HOLD = fact("2 дня", "Бронь держим 2 дня.")
DEPOSIT = fact("5 000 ₽", "Палатка 700 ₽ в сутки, залог 5 000 ₽.")


def test_an_honest_contract_keeps_honest_figures_unmarked() -> None:
    text = "Палатка 700 ₽ в сутки, залог 5 000 ₽. Бронь держим 2 дня"
    price = fact("700 ₽", "Палатка 700 ₽ в сутки")
    assert unbound(text, price, DEPOSIT, HOLD) == ()


def test_a_figure_plain_by_its_words_may_be_left_out_of_the_contract() -> None:
    assert unbound("Палатка 700 ₽ в сутки, залог 5 000 ₽. Бронь держим 2 дня", DEPOSIT) == ()


def test_a_slip_between_the_contract_and_the_text_is_marked() -> None:
    """Declared: 2 days, said: 3 hours; that these stand in the source helps nothing."""
    assert unbound("Забрать можно за 3 часа") == ()
    assert unbound("Забрать можно за 3 часа", HOLD) == ("3 часа",)


def test_declared_once_and_said_twice_while_another_is_not_said_is_marked() -> None:
    works = paper("Стирка занимает 2 дня. Сушка занимает 2 дня. Ремонт 9 дней.", "D1", "Сроки")
    twice, wash = "Стирка займёт 2 дня, сушка 2 дня", fact("2 дня", "Стирка занимает 2 дня.")
    assert unbound(twice, wash, sources=(works,)) == ()
    assert unbound(twice, wash, fact("9 дней", "Ремонт 9 дней."), sources=(works,))


def test_a_quote_does_not_save_what_is_said_of_another_thing() -> None:
    quoted = fact("15 000 ₽", "надувная 1 800 ₽ в сутки, залог 15 000 ₽")
    assert unbound("Палатка 700 ₽ в сутки, залог 15 000 ₽", quoted) == ("15 000 ₽",)


@pytest.mark.parametrize(
    "quote",
    [
        "Вернём через 2 дня",  # stands nowhere
        "Забрать можно за 3 часа",  # holds another value
    ],
)
def test_a_false_quote_speaks_against_its_figure(quote: str) -> None:
    """The words alone would do, barely."""
    text = "Побудет у нас 2 дня"
    assert unbound(text) == ()
    assert unbound(text, fact("2 дня", quote)) == ("2 дня",)
    assert unbound(text, HOLD) == ()


def test_stock_is_quoted_from_its_row() -> None:
    told = DraftFact("qty", "2", "P1", "2", "шт.")
    assert fill("Осталось 2 шт.", [gearbox()], used=("P1",), facts=[told]).clean


def test_a_price_declared_beside_its_slot_speaks_against_nothing() -> None:
    price = DraftFact("price", "45 000 ₽", "P1", "45000")
    sources = (gearbox(), RENT)
    filled = fill(
        "АКПП стоит {{price:P1}}, палатка 700 ₽ в сутки", sources, used=("P1", "D1"), facts=[price]
    )
    assert filled.clean
