"""The words of the index are counted by the database, and always right."""

import asyncio
import re

import asyncpg
import pytest

from core.knowledge.models import DocumentType
from core.knowledge.search import legs as legs_module
from core.knowledge.search import lexicon
from core.knowledge.search.legs import legs
from core.knowledge.search.lexicon import sought
from core.knowledge.search.question import read
from core.knowledge.service import remove_document
from core.knowledge.sku import keys_in
from tests.core.knowledge.shop import Shop, part
from tests.support.cluster import Database
from tests.support.examples import examples

# What each table says beside what the chunks themselves say.
_WRONG = """
WITH said AS (
    SELECT c.tenant_id, l.lexeme, count(*) AS chunks,
           count(*) FILTER (WHERE 'A' = ANY(l.weights)) AS titles
    FROM chunks c CROSS JOIN LATERAL unnest(c.lexemes) AS l GROUP BY 1, 2)
SELECT 'word' AS what, coalesce(said.lexeme, w.word) AS which FROM said
FULL JOIN store_words w ON w.tenant_id = said.tenant_id AND w.word = said.lexeme
WHERE (w.chunks, w.titles) IS DISTINCT FROM (said.chunks::int, said.titles::int)
UNION ALL
SELECT 'posting', coalesce(p.word, c.lexeme) FROM chunk_words p FULL JOIN (
    SELECT tenant_id, id, (unnest(lexemes)).lexeme FROM chunks) c
    ON c.tenant_id = p.tenant_id AND c.id = p.chunk_id AND c.lexeme = p.word
WHERE p.word IS NULL OR c.lexeme IS NULL
UNION ALL
SELECT 'size', s.chunks::text FROM store_index s
WHERE (s.chunks, s.words) IS DISTINCT FROM (
    SELECT (count(*)::int, coalesce(sum(words), 0)::bigint) FROM chunks c
    WHERE c.tenant_id = s.tenant_id)
UNION ALL
SELECT 'gram', g.word FROM store_word_grams g
LEFT JOIN store_words w ON w.tenant_id = g.tenant_id AND w.word = g.word WHERE w.word IS NULL
"""


async def wrong(database: Database) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(database.owner_url)
    rows = await connection.fetch(_WRONG)
    await connection.close()
    return [tuple(row) for row in rows]


async def test_counts_are_right_after_writing_changing_and_removing(
    shop: Shop, rival: Shop, database: Database
) -> None:
    document = await shop.writes("Гарантия", "Гарантия тридцать дней на коробки.")
    await shop.writes("Доставка", "Доставка в Казань два дня.")
    await rival.writes("Гарантия", "У нас гарантия неделя.")
    await shop.sells(part("АКПП Camry", "U250E", 45000), part("Стартер Camry", "28100", 4300))
    await shop.app.index()
    assert await wrong(database) == []
    await shop.writes("Гарантия", "Гарантия четырнадцать дней на моторы.", document.id)
    await shop.app.index()
    assert await wrong(database) == []
    async with shop.uow() as uow:
        await remove_document(uow, shop.owner, document.id)
    assert await wrong(database) == []
    words = {row["word"] for row in await shop.sql("SELECT word FROM store_words")}
    assert "гарант" not in words
    assert "казан" in words


async def test_writers_at_once_lose_no_word(shop: Shop, database: Database) -> None:
    documents = [
        await shop.writes(f"Правило {n}", f"Общие слова для всех, и слово{n}.") for n in range(12)
    ]
    await asyncio.gather(*(shop.app.index() for _ in range(4)))
    assert await wrong(database) == []

    async def drop(n: int) -> None:
        async with shop.uow() as uow:
            await remove_document(uow, shop.owner, documents[n].id)

    for n in range(4, 8):
        await shop.writes(f"Правило {n}", "Общие слова, но другие.", documents[n].id)
    await asyncio.gather(*(drop(n) for n in range(4)), shop.app.index(), shop.app.index())
    assert await wrong(database) == []


@pytest.fixture
async def twins(shop: Shop, rival: Shop) -> tuple[Shop, Shop]:
    """Two stores that sell and say the very same."""
    for one in (shop, rival):
        await one.sells(part("АКПП Toyota Camry", "U250E", 45000))
        await one.writes("Гарантия", "Гарантия на коробки тридцать дней.")
    await shop.app.index()
    return shop, rival


async def asked(connection: asyncpg.Connection, shop: Shop, question: str) -> set[object]:
    """The stores whose passages the statements bring."""
    vector = (await shop.app.embedder.embed([question])).vectors[0]
    async with connection.transaction():
        await connection.execute(
            "SELECT set_config('app.tenant_id', $1, true)", str(shop.tenant_id)
        )
        words = await sought(connection, shop.tenant_id, read(question))
        rows = await legs(
            connection, shop.tenant_id, words, keys_in(question), vector, "offline-2", [2, 10]
        )
    async with shop.app.db.hot_platform() as sql:
        found = await sql.fetch(
            "SELECT DISTINCT tenant_id FROM chunks WHERE id = ANY($1)", [row["id"] for row in rows]
        )
    return {row["tenant_id"] for row in found}


QUESTIONS = ("АКПП на Camry", "U250E", "гарантия на коробки", "гаранитя")


@pytest.mark.parametrize("question", QUESTIONS)
async def test_the_statements_name_the_store_even_where_no_policy_stands(
    twins: tuple[Shop, Shop], database: Database, question: str
) -> None:
    """As the servers' superuser, whom row-level security does not touch."""
    connection = await asyncpg.connect(database.owner_url)
    try:
        assert await asked(connection, twins[0], question) == {twins[0].tenant_id}
    finally:
        await connection.close()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_a_forgotten_filter_is_caught_by_the_policy(
    twins: tuple[Shop, Shop], database: Database, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    forget_the_filter(monkeypatch)
    connection = await asyncpg.connect(database.url, server_settings={"role": "sales_operator_app"})
    try:
        assert await asked(connection, twins[0], question) == {twins[0].tenant_id}
    finally:
        await connection.close()


async def test_without_both_walls_the_other_store_is_seen(
    twins: tuple[Shop, Shop], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the two tests above are known to look."""
    forget_the_filter(monkeypatch)
    connection = await asyncpg.connect(database.owner_url)
    try:
        seen = await asked(connection, twins[0], "АКПП на Camry")
    finally:
        await connection.close()
    assert seen == {twins[0].tenant_id, twins[1].tenant_id}


def forget_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((lexicon, "_KNOWN"), (legs_module, "_COMPARED"), (legs_module, "_WALKED")):
        statement = getattr(module, name)
        forgotten, places = re.subn(r"(\w+\.)?tenant_id = \$1", "$1::uuid IS NOT NULL", statement)
        assert places
        monkeypatch.setattr(module, name, forgotten)


async def test_documents_are_narrowed_by_type(shop: Shop) -> None:
    await shop.writes("Коробки", "Доставка коробок в Казань.", type=DocumentType.DELIVERY)
    await shop.writes("Возврат коробок", "Коробки возвращаем.", type=DocumentType.RETURNS)
    await shop.app.index()
    found = await shop.asks("коробки", types=[DocumentType.RETURNS])
    assert [one.title for one in found] == ["Возврат коробок"]


async def test_a_document_of_another_type_is_found_as_that(shop: Shop) -> None:
    document = await shop.writes("Коробки", "Доставка коробок.", type=DocumentType.DELIVERY)
    await shop.app.index()
    await shop.writes("Коробки", "Доставка коробок.", document.id, type=DocumentType.FAQ)
    await shop.app.index()
    assert await shop.asks("коробки", types=[DocumentType.DELIVERY]) == []
    assert len(await shop.asks("коробки", types=[DocumentType.FAQ])) == 1


@examples(
    "question",
    ["rfvhb", "камри", "камрюха", "Camry", "camri", "кампи", "тойота камрия"],
)
async def test_a_name_is_found_however_it_is_typed(shop: Shop, question: str) -> None:
    await shop.sells(part("Дверь Toyota Camry", "67001"), part("Фара Nissan Teana", "26060"))
    await shop.app.index()
    found = await shop.asks(question, relevant_only=False)
    assert found[0].title == "Дверь Toyota Camry"


@pytest.mark.parametrize("typed", ["28100-2805О", "28IOO-2805O", "28100 28050"])
async def test_a_number_misread_from_a_part_still_finds_it(shop: Shop, typed: str) -> None:
    await shop.sells(part("Стартер", "28100-28050"), part("Стартер", "28100-28052"))
    await shop.app.index()
    assert (await shop.asks(typed))[0].sku == "28100-28050"


async def test_a_sum_of_money_is_no_part_number(shop: Shop) -> None:
    await shop.sells(part("Болт", "45000"), part("Коробка автомат Camry", "U250E"))
    await shop.app.index()
    assert (await shop.asks("коробка автомат за 45000 руб"))[0].sku == "U250E"
