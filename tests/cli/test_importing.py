"""`import-products` and `import-documents`: the product's own imports, from a shell."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from cli.commands import import_documents, import_products
from cli.errors import CommandError
from core.app import App
from core.identity.permissions import Actor, system
from core.imports.models import OVER
from tests.core.imports.conftest import Importer, open_store
from tests.core.imports.files import GOODS, csv_of, word


@pytest.fixture
async def store(app: App, monkeypatch: pytest.MonkeyPatch) -> Importer:
    opened = await open_store(app, "Разборка Мотор")

    @asynccontextmanager
    async def at_store(_: Path | None, tenant: UUID) -> AsyncIterator[tuple[App, Actor]]:
        yield app, system(tenant, "command line")

    monkeypatch.setattr("cli.as_store.at_store", at_store)
    return opened


def asked(store: Importer, file: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    import_products.add_parser(parser.add_subparsers())
    given = ["import-products", "--tenant", str(store.tenant_id), str(file), *more]
    return parser.parse_args(given, argparse.Namespace(env_file=None))


async def test_a_table_is_looked_at_mapped_and_taken(
    store: Importer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "прайс.csv"
    file.write_bytes(csv_of([("Шифр", "Имя", "Цена"), ("U250E", "АКПП", "45000")], "cp1251"))
    with pytest.raises(CommandError, match="--map name=HEADING of Шифр, Имя, Цена"):
        await import_products._import(asked(store, file))
    mapped = ("--map", "name=Имя", "--map", "sku=шифр")
    assert await import_products._import(asked(store, file, *mapped, "--dry-run")) == 0
    assert "dry run" in capsys.readouterr().out
    assert await store.goods() == []
    assert await import_products._import(asked(store, file, *mapped)) == 0
    assert [row[0] for row in await store.goods()] == ["U250E"]
    states = await store.sql("SELECT state FROM imports")
    assert {state for (state,) in states} <= {str(state) for state in OVER}


async def test_rejected_rows_hold_all_back_unless_told_otherwise(
    store: Importer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(csv_of([*GOODS, ("N1", "Новая", "дорого", "")]))
    assert await import_products._import(asked(store, file)) == 1
    said = capsys.readouterr().out
    assert "row 5 (no SKU): price:" in said
    assert "rows: 4 (created: 3, updated: 0, unchanged: 0, rejected: 1)" in said
    assert await store.goods() == []
    assert await import_products._import(asked(store, file, "--take-good-rows")) == 1
    assert len(await store.goods()) == 3


async def test_documents_of_every_kind_or_none(store: Importer, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.docx").write_bytes(word())
    (texts / "b.md").write_text("# Гарантия\n\nДве недели.")
    broken = texts / "c.pdf"
    broken.write_bytes(b"%PDF-1.4")
    with pytest.raises(CommandError, match="damaged"):
        await import_documents._import(None, store.tenant_id, sorted(texts.iterdir()), dry=False)
    assert await store.sql("SELECT 1 FROM documents") == []
    broken.unlink()
    files = sorted(texts.iterdir())
    for dry, left in ((True, 0), (False, 2)):
        counts = await import_documents._import(None, store.tenant_id, files, dry=dry)
        assert counts["created"] == 2
        assert len(await store.sql("SELECT 1 FROM documents")) == left
