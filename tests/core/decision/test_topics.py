"""A topic is found by its words in any form, never by its letters inside other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decision.topics import speaks_of

FOUND = [
    ("суд", "Я подам на вас в СУД!"),
    ("суд", "Увидимся в суде."),
    ("гарантия", "а гарантией покрывается?"),
    ("гарантия", "гарантийный талон есть?"),
    ("скидка", "сделаете скидку?"),
    ("скидка", "много скидок"),
    ("возврат денег", "Требую возврата денег"),
    ("кредит", "продаёте в кредит?"),
    ("кредит", "кредитный договор"),
    ("наркотики", "нет ли тут наркотиков"),
    ("Конкуренты", "у конкурентов дешевле"),
    ("взлом", "помогите со взломом"),
    ("ещё дешевле", "а еще дешевле?"),
    ("refund", "I want my refunds now"),
    ("lawyer", "My LAWYERS will call"),
]
NOT_FOUND = [
    ("суд", "Посуда есть? Давайте обсудим, сосуды, судак"),
    ("акция", "я акционер"),
    ("бот", "ботинки и заботы"),
    ("мат", "материал, автомат, математика"),
    ("порно", "спорное решение, опорно-двигательный"),
    ("возврат денег", "возврат товара, деньги потом"),
    ("рак", "брак, ракета, драка"),
    ("war", "warranty and software, warm"),
    ("гарантия", ""),
    ("", "что угодно"),
    ("!!!", "что угодно!!!"),
]


@pytest.mark.parametrize(("topic", "said"), FOUND)
def test_it_is_found_in_any_form(topic: str, said: str) -> None:
    assert speaks_of([topic], said)
    assert speaks_of(["совсем другое", topic], said)


@pytest.mark.parametrize(("topic", "said"), NOT_FOUND)
def test_it_is_not_found_inside_other_words(topic: str, said: str) -> None:
    assert not speaks_of([topic], said)


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_can_be_asked_and_a_topic_with_letters_is_found_in_itself(
    said: str, topic: str
) -> None:
    assert speaks_of([topic], said) in {True, False}
    folded = topic.casefold().casefold()
    if any(letter.isalnum() for letter in folded):
        assert speaks_of([topic], f"…{topic}!") == speaks_of([topic], topic)
