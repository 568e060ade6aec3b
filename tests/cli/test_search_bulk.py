"""A file of questions answered over a file of documents, in a store that is gone afterwards."""

from argparse import Namespace
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from cli.bulk import Asked, load, read_items, read_questions
from cli.commands.search_bulk import _answers
from cli.errors import CommandError
from cli.main import parser
from cli.scratch import remove, remove_abandoned, scratch_store
from core.app import App
from tests.support.cluster import Database
from tests.support.shop import Shop

DOCUMENTS: list[dict[str, Any]] = [
    {"id": "d1", "kind": "document", "title": "Возврат", "text": "Вернуть деталь можно за 7 дней."},
    {"id": 2, "kind": "document", "title": "", "text": "Доставка в Казань занимает два дня."},
    {"id": "d1", "kind": "document", "title": "Возврат", "text": "Деньги за возврат на карту."},
    {"id": "p1", "kind": "product", "title": "АКПП Camry", "text": "Коробка автомат.",
     "sku": "U250E", "price": 45000},
    {"id": "p2", "kind": "product", "title": "АКПП Camry", "text": "Такая же.", "sku": "U250E",
     "price": "по запросу"},
    {"id": 3, "kind": "product", "title": "", "text": "Стартер без имени", "sku": None},
    {"id": "long", "kind": "product", "title": "Т" * 900, "text": "слово " * 4_000 + "гвоздь"},
    {"id": "empty", "kind": "document", "title": "", "text": ""},
]  # fmt: skip


def lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    return path


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return lines(tmp_path / "d.jsonl", DOCUMENTS)


async def answers(app: App, items: Path, *questions: str) -> dict[str, list[Any]]:
    asked = [Asked(n, text, text) for n, text in enumerate(questions, start=1)]
    async with scratch_store(app) as store:
        ids = await load(app, store, read_items(items, print), say=print)
        return {
            q.text: [r["id"] for r in rs] async for q, rs in _answers(app, store, asked, ids, 5)
        }


async def test_every_question_is_answered_with_the_ids_given(app: App, items: Path) -> None:
    found = await answers(
        app, items, "как вернуть деталь", "сколько идёт до Казани", "u250е", "стартер", "гвоздь", ""
    )
    assert found["как вернуть деталь"][0] == "d1"
    assert found["как вернуть деталь"].count("d1") == 1
    assert found["сколько идёт до Казани"][0] == 2
    assert set(found["u250е"][:2]) == {"p1", "p2"}
    assert found["стартер"][0] == 3
    assert found["гвоздь"][0] == "long"
    assert found[""] == []


async def tenants(database: Database) -> dict[str, int]:
    """Rows of scratch stores in every table."""
    connection = await asyncpg.connect(database.owner_url)
    names = await connection.fetch(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        " AND c.relnamespace = 'public'::regnamespace"
    )
    found = {}
    for (name,) in names:
        rows = await connection.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608
        found[name] = rows
    found["tenants"] = await connection.fetchval("SELECT count(*) FROM tenants")
    await connection.close()
    return {name: rows for name, rows in found.items() if rows}


async def test_nothing_of_the_store_is_left(
    app: App, items: Path, shop: Shop, database: Database
) -> None:
    before = await tenants(database)
    await answers(app, items, "возврат")
    assert await tenants(database) == before


async def test_nor_after_a_failure(app: App, items: Path, database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with scratch_store(app) as store:
            await load(app, store, read_items(items, print), say=print)
            raise ZeroDivisionError
    assert await tenants(database) == {}


async def test_what_a_killed_one_left_is_swept_away(app: App, database: Database) -> None:
    async with app.platform_uow() as puow:
        await (await puow.sql()).execute(
            "INSERT INTO tenants (id, name, trial_started_at, trial_ends_at, created_at,"
            " scratch_since) VALUES (uuidv7(), 'scratch', now(), now(), now(), '2020-01-01')"
        )
    await remove_abandoned(app)
    assert await tenants(database) == {}


async def test_a_real_store_is_never_removed(app: App, shop: Shop, database: Database) -> None:
    before = await tenants(database)
    async with app.db.hot_platform() as sql:
        await remove(sql, shop.tenant_id)
        assert await sql.execute("DELETE FROM audit_log") == "DELETE 0"
    assert await tenants(database) == before


BAD = ("{", '{"kind": "document"}', '{"id": 1, "kind": "other"}')


def test_a_document_that_cannot_be_read_is_said_and_left_out(tmp_path: Path) -> None:
    file, said = tmp_path / "d.jsonl", list[str]()
    file.write_text("\n".join([*BAD, "", '{"id": 5, "text": "Возврат за 7 дней"}']))
    assert [item.given for item in read_items(file, said.append)] == [5]
    assert [line.split(" left out")[0] for line in said] == [f"{file}:{n}" for n in (1, 2, 3)]


def test_a_file_of_nothing_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "d.jsonl"
    file.write_text("\n".join(BAD))
    with pytest.raises(CommandError, match="no line of it"):
        read_items(file, print)
    with pytest.raises(CommandError, match="no such file"):
        read_questions(tmp_path / "none.jsonl", print)


async def test_every_line_of_questions_has_one_of_answers(
    app: App, items: Path, tmp_path: Path
) -> None:
    file, said = tmp_path / "q.jsonl", list[str]()
    file.write_text('{"id": 1, "text": "стартер"}\nnonsense\n{"id": 3}\n{"id": 4, "text": ""}\n')
    asked = read_questions(file, said.append)
    async with scratch_store(app) as store:
        ids = await load(app, store, read_items(items, print), say=print)
        found = [(one.line, one.given, rs) async for one, rs in _answers(app, store, asked, ids, 5)]
    assert [(line, given, bool(rs)) for line, given, rs in found] == [
        (1, 1, True), (2, None, False), (3, 3, False), (4, 4, False)
    ]  # fmt: skip
    assert [line.split(" not asked")[0] for line in said] == [f"{file}:2", f"{file}:3"]


def test_the_command_takes_what_it_says() -> None:
    given: Namespace = parser().parse_args(
        ["search-bulk", "--documents", "D", "--questions", "Q", "--top", "3", "--out", "O"]
    )
    assert (given.documents, given.top, given.out) == (Path("D"), 3, Path("O"))
