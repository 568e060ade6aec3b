import pytest

from core.knowledge.sku import after, keys_in, sku_key


@pytest.mark.parametrize(
    "typed", ["35100-60D50", "35100 60d50", "3510060D50", " 35100–60D50.", "３５１００-60D50"]
)
def test_an_article_is_one_however_it_is_typed(typed: str) -> None:
    assert sku_key(typed) == "3510060D50"


def test_cyrillic_look_alikes_are_latin() -> None:
    assert sku_key("АВСЕ-12 Х") == sku_key("ABCE-12X")


@pytest.mark.parametrize(
    "question",
    [
        "35100-60D50",
        "есть 35100 60d50?",
        "Здравствуйте, артикул:35100-60D50, сколько?",
        "нужен 3510060D50.",
    ],
)
def test_a_question_names_its_article(question: str) -> None:
    assert "3510060D50" in keys_in(question).exact


def test_a_common_word_names_no_article() -> None:
    keys = keys_in("есть дверь на камри 40")
    assert not {"ДBEPЬ", "40"} & set(keys.exact)
    assert keys.begun == []


def test_a_shouted_word_or_the_whole_question_may_be_one() -> None:
    assert "BSE" in keys_in("двигатель BSE есть?").exact
    assert "BSE" in keys_in("bse").exact


def test_the_end_of_a_beginning_lies_past_all_that_begin_so() -> None:
    first, past = "U250", after("U250")
    assert [key for key in ("U24", "U250", "U250E", "U250Я", "U251") if first <= key < past] == [
        "U250",
        "U250E",
        "U250Я",
    ]
