import asyncpg
import pytest

from core.knowledge.stems import stem
from core.knowledge.words import (
    grams,
    in_russian_letters,
    indexed,
    on_the_other_layout,
    sound,
    terms_of,
    tokens,
)
from tests.support.cluster import Database

WORDS = """
коробка коробки коробкой коробок двигатель двигателя двигателями доставка доставки доставить
вернуть возврат возвращаем гарантия гарантии гарантийный скидка скидки отправляем отправите
отправленный проверенными проверили дешевле дороже красивейший важность новости подошла
неисправной покупателю складе сервисах заменой устанавливали кузовных левая правую передний
задняя оплата оплатить оплатил стоит стоимость рассрочка фары фарами бампер бамперов машина
запчастями приедет привезёте нужен нужна водительская торгуемся общаясь решив сделавшись
""".replace("ё", "е").split()


async def test_russian_words_are_cut_as_the_database_cuts_them(database: Database) -> None:
    connection = await asyncpg.connect(database.owner_url)
    rows = await connection.fetch(
        "SELECT word, ts_lexize('russian_stem', word) AS cut FROM unnest($1::text[]) AS word", WORDS
    )
    await connection.close()
    assert {row["word"]: stem(row["word"]) for row in rows if row["cut"]} == {
        row["word"]: row["cut"][0] for row in rows if row["cut"]
    }


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("45 000", "45000"),
        ("45к", "45000"),
        ("45 тыс", "45000"),
        ("2,4", "2.4"),
        ("Т31", "T31"),
        ("2az-fe", "2AZFE"),
        ("X-Trail", "xtrail"),
        ("ещё", "ещ"),
    ],
)
def test_one_thing_written_two_ways_is_one_word(typed: str, meant: str) -> None:
    (token,) = tokens(typed)
    assert meant in terms_of(token)


@pytest.mark.parametrize(
    ("russian", "latin"),
    [("камри", "camry"), ("тойота", "toyota"), ("октавия", "octavia"), ("фокус", "focus"),
     ("кашкай", "qashqai"), ("солярис", "solyaris"), ("мерседес", "mercedes")],
)  # fmt: skip
def test_a_name_sounds_the_same_in_both_alphabets(russian: str, latin: str) -> None:
    assert sound(russian) == sound(latin) != ""


def test_a_word_typed_on_the_other_layout() -> None:
    assert on_the_other_layout("rfvhb") == "камри"
    assert on_the_other_layout("сфькн") == "camry"
    assert in_russian_letters("camry") == "камри"


def test_a_passage_keeps_its_title_apart() -> None:
    vector, count = indexed("Дверь Camry", "Дверь левая")
    assert "'двер':1A,3B" in vector
    assert count == 4


async def test_letters_are_taken_alike_here_and_in_the_database(database: Database) -> None:
    connection = await asyncpg.connect(database.owner_url)
    for word in ("коробк", "~kamr", "camri", "гарант"):
        rows = await connection.fetch("SELECT DISTINCT word_grams($1) AS gram", word)
        assert {row["gram"] for row in rows} == set(grams(word))
    assert await connection.fetch("SELECT word_grams('2AZFE')") == []
    await connection.close()
