"""What leaves the house: a part, a car, a code, a year; never a person."""

import pytest

from core.ports.prices import Condition, PriceQuestion
from core.pricing.ask import key_of
from core.pricing.question import Hint, question_of


@pytest.mark.parametrize(
    ("said", "words", "condition"),
    [
        ("Есть АКПП на Camry 40, сколько стоит?", "АКПП Camry 40", "unknown"),
        ("АКПП U250E на камри 40 2008г", "АКПП U250E Camry 40 2008", "unknown"),
        ("почем А750Е?", "Запчасть A750E", "unknown"),
        ("вариатор RE0F10A на ниссан кашкай", "Вариатор RE0F10A Nissan Qashqai", "unknown"),
        ("контрактная раздатка на Ленд Крузер 200 2015 года",
         "Раздаточная коробка Land Cruiser 200 2015", "contract"),
        ("фара правая X-Trail T31 б/у", "Фара прав. X-Trail T31", "used"),
        ("Коробка автомат киа рио 3 новая", "АКПП Kia Rio 3", "new"),
        ("Двигатель 2AZ-FE 2.4 за 45к", "Двигатель 2AZ-FE", "unknown"),
        ("how much is a used gearbox for Ford Focus 2?", "Коробка передач Ford Focus 2", "used"),
        ("мкпп логан 1.6 jh3 150000км", "МКПП JH3 Logan", "unknown"),
        ("круз, не крузер: стартер", "Стартер Cruze", "unknown"),
    ],
)  # fmt: skip
def test_a_customers_words_become_a_question(said: str, words: str, condition: str) -> None:
    question = question_of([said])
    assert question is not None
    assert (question.words, str(question.condition)) == (words, condition)


@pytest.mark.parametrize("said", ["Сколько стоит?", "Здравствуйте", "", "Цена?", "Вы красите?"])
def test_where_no_part_is_named_nothing_is_asked(said: str) -> None:
    assert question_of([said]) is None


@pytest.mark.parametrize(
    "personal",
    [
        "Меня зовут Иван Петров", "я Камиль Рашидов", "+7 900 123-45-67", "8(900)1234567", "9001234567",
        "ivan1985@mail.ru", "@ivan85", "https://vk.com/ivan", "карта 4276 1234 5678 9010",
        "паспорт 4509 123456", "VIN JTDBE32K620012345", "номер А123ВС77", "ул. Ленина 15, кв. 30",
        "мой ник ivan1985", "My name is John Smith",
    ],
)  # fmt: skip
def test_nothing_of_a_person_leaves_the_house(personal: str) -> None:
    plain = question_of(["Сколько стоит АКПП U250E на Camry?"])
    for said in ([f"{personal}. Сколько стоит АКПП U250E на Camry?"],
                 ["Сколько стоит АКПП U250E на Camry?", personal]):  # fmt: skip
        assert question_of(said) == plain


def test_a_bare_question_is_understood_by_what_was_said_before() -> None:
    question = question_of(["А сколько стоит?"], ["Здравствуйте", "Есть АКПП на Камри 40? б/у"])
    assert question == PriceQuestion("АКПП", "", "Camry 40", "", Condition.USED)
    newest = question_of(["А на солярис?"], ["Есть АКПП на Камри?"])
    assert newest is not None
    assert newest.part == "АКПП"


def test_a_hint_fills_what_the_words_leave_open_and_smuggles_nothing() -> None:
    hint = Hint(part="АКПП", car="Toyota Camry 40", year="2008", condition="контрактная")
    question = question_of(["сколько за коробочку для моей ласточки?"], hint=hint)
    assert question is not None
    assert question.words == "АКПП Toyota Camry 40 2008"
    assert question_of(["сколько?"], hint=Hint(part="Иван Петров +79001234567")) is None


def test_one_question_has_one_key_however_it_is_worded() -> None:
    one, other = question_of(["АКПП Camry 40 почём?"]), question_of(["цена акпп на камри 40, Иван"])
    assert one is not None
    assert other is not None
    assert key_of(one, "RUB") == key_of(other, "RUB") != key_of(one, "USD")
