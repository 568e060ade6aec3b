import pytest

from core.kernel.transaction import InsideTransaction, in_transaction
from core.knowledge.embed import OfflineEmbedder, telling, vector
from core.knowledge.models import DIMENSIONS


def cosine(left: str, right: str) -> float:
    return sum(a * b for a, b in zip(vector(left), vector(right), strict=True))


def test_a_vector_has_512_numbers_and_unit_length() -> None:
    made = vector("Коробка автомат")
    assert len(made) == DIMENSIONS
    assert sum(x * x for x in made) == pytest.approx(1.0)


def test_the_same_text_is_the_same_vector_in_every_process() -> None:
    known = [round(x, 6) for x in vector("камри") if x]
    assert known[:3] == [round(x, 6) for x in vector("Камри") if x][:3]
    assert cosine("АКПП Camry", "АКПП Camry") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("тойота камри", "ниссан теана"),  # both alphabets
        ("коробкой автомат", "фара левая"),  # endings
        ("дверь передня левая camry", "радиатор печки"),  # a typo
    ],
)
def test_what_is_alike_is_nearer(near: str, far: str) -> None:
    about = {
        "тойота камри": "Toyota Camry",
        "коробкой автомат": "коробка автомат",
        "дверь передня левая camry": "Дверь передняя левая Camry",
    }[near]
    assert cosine(near, about) > 0.4
    assert cosine(far, about) < 0.25


def test_words_of_any_question_tell_nothing() -> None:
    assert not any(vector("Здравствуйте, а есть у вас?"))
    assert telling("Здравствуйте! Сколько стоит доставка?") == "доставка?"
    assert telling("сколько стоит?") == "сколько стоит?"


async def test_it_refuses_to_work_inside_a_transaction() -> None:
    async with in_transaction():
        with pytest.raises(InsideTransaction):
            await OfflineEmbedder().embed(["текст"])
