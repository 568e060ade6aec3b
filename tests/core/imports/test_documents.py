"""Documents from files, and files nothing can be made of."""

from dataclasses import replace

import pytest

from core.identity.permissions import PERMISSIONS, Role
from core.imports import queries, service
from core.imports.drain import finish, import_due
from core.imports.models import ImportKind
from core.imports.service import Wishes
from core.kernel.errors import DomainError, Kind
from core.kernel.i18n import LANGUAGES, Speaker, knows
from tests.core.imports.conftest import Importer, pieces
from tests.core.imports.files import (
    GOODS,
    OLD_OFFICE,
    bomb,
    csv_of,
    empty_word,
    pdf,
    word,
    workbook,
)
from tests.support.examples import examples

AS_TEXT = """Вернуть деталь можно за четырнадцать дней.

- в заводской упаковке
- с чеком

Город | Срок
Казань | 3 дня"""
PAGE = ("Returns are taken within fourteen days of pur-", "chase, unopened.", "Page 1")


async def test_a_word_document_keeps_its_headings_lists_and_tables(importer: Importer) -> None:
    view = await importer.brings(word(), "возврат.docx")
    assert view.found is not None
    assert (view.state, view.found["title"], view.found["type"]) == (
        "previewed", "Условия возврата", "returns",
    )  # fmt: skip
    assert await importer.sql("SELECT 1 FROM documents") == []
    await importer.applies(view)
    assert await importer.sql("SELECT title, body FROM documents") == [
        (
            "Условия возврата",
            AS_TEXT,
        )
    ]
    assert await importer.sql("SELECT source_kind FROM indexing_jobs") == [("document",)]


async def test_a_pdf_is_put_together_again(importer: Importer) -> None:
    view = await importer.brings(pdf(PAGE, ()), "returns.pdf")
    assert view.found is not None
    assert view.found["opening"] == "Returns are taken within fourteen days of purchase, unopened."
    (row,) = await importer.rows(view)
    assert [note["code"] for note in row.notes] == ["import.pdf_empty_pages"]


async def test_the_same_title_again_is_a_change_or_nothing(importer: Importer) -> None:
    raw = "# Гарантия\n\nДве недели.".encode()
    await importer.applies(await importer.brings(raw, "g.md"))
    same = await importer.brings(raw, "g.md")
    changed = await importer.brings("# Гарантия\n\nМесяц.".encode("cp1251"), "g.md")
    assert (same.unchanged, changed.updated) == (1, 1)
    assert changed.found is not None
    assert changed.found["replaces"] is not None
    await importer.applies(changed)
    assert await importer.sql("SELECT body, version FROM documents") == [("Месяц.", 2)]


async def test_a_title_and_a_type_may_be_given_by_hand(importer: Importer) -> None:
    view = await importer.brings(b"Two weeks.", "scan0001.txt")
    wishes = Wishes(document={"title": "Сроки", "type": "policy", "tags": ["а"]})
    await importer.applies(await importer.corrects(view, wishes))
    assert await importer.sql("SELECT title, type, tags FROM documents") == [
        ("Сроки", "policy", ["а"])
    ]


@examples(
    ("name", "raw", "key"),
    [
        ("scan.pdf", pdf((), ()), "import.pdf_no_text"),
        ("locked.pdf", pdf(PAGE, encrypted=True), "import.pdf_encrypted"),
        ("broken.pdf", b"%PDF-1.4 nothing more", "import.broken_file"),
        ("broken.docx", b"PK\x03\x04 nothing more", "import.broken_file"),
        ("cut.docx", word()[:-200], "import.broken_file"),
        ("locked.docx", OLD_OFFICE, "import.old_or_locked"),
        ("empty.docx", empty_word(), "import.no_text"),
        ("table.docx", workbook(("Л", GOODS)), "import.broken_file"),
        ("bomb.docx", bomb(), "import.bomb"),
        ("photo.txt", b"\x00\x01\x02", "import.not_text"),
        ("long.md", b"word " * 70_000, "document.body_too_long"),
        ("empty.md", b"# Title", "document.body_missing"),
        ("broken.xlsx", b"PK\x03\x04 nothing more", "import.broken_file"),
        ("locked.xlsx", OLD_OFFICE, "import.old_or_locked"),
        ("empty.xlsx", workbook(("Л", [])), "import.empty"),
        ("bomb.xlsx", bomb(), "import.bomb"),
        ("letter.csv", b"\x00\x01", "import.not_text"),
        ("quote.csv", 'название;цена\n"Фара;5'.encode(), "import.broken_table"),
    ],
)
async def test_bad_files_say_what_is_wrong_and_leave_nothing(
    importer: Importer, name: str, raw: bytes, key: str
) -> None:
    view = await importer.brings(raw, name)
    assert view.reason is not None
    assert (view.state, view.reason["code"]) == ("failed", key)
    assert all(knows(key, language) for language in LANGUAGES)
    assert "{" not in Speaker("ru").say(key, **view.reason["params"])
    assert await importer.goods() == []
    assert await importer.sql("SELECT 1 FROM documents") == []


async def test_what_is_not_taken_is_refused_before_it_is_kept(importer: Importer) -> None:
    for name, raw, key in (
        ("virus.exe", b"MZ", "import.format_unknown"),
        ("empty.csv", b"", "import.empty"),
        ("huge.csv", bytes(20_000_001), "import.too_large"),
    ):
        with pytest.raises(DomainError) as refused:
            await service.upload(
                importer.app, importer.oleg, ImportKind.PRODUCTS, name, pieces(raw)
            )
        assert (refused.value.key, refused.value.field) == (key, "file")
    assert await importer.sql("SELECT 1 FROM imports") == []
    assert [f for f in importer.app.settings.data_dir.rglob("media/**/*") if f.is_file()] == []


async def test_only_who_may_and_only_ones_own(importer: Importer, rival: Importer) -> None:
    view = await importer.brings(csv_of(GOODS))
    operator = replace(importer.oleg, permissions=PERMISSIONS[Role.OPERATOR])
    for one in (
        queries.import_of, queries.import_rows, queries.rejected, service.cancel,
    ):  # fmt: skip
        async with rival.app.uow(rival.tenant_id) as uow:
            with pytest.raises(DomainError) as foreign:
                await one(uow, rival.oleg, view.id)
        assert foreign.value.kind is Kind.NOT_FOUND
        async with importer.app.uow(importer.tenant_id) as uow:
            with pytest.raises(DomainError) as forbidden:
                await one(uow, operator, view.id)
        assert forbidden.value.kind is Kind.FORBIDDEN
    with pytest.raises(DomainError) as refused:
        await service.upload(importer.app, operator, ImportKind.PRODUCTS, "a.csv", pieces(b"a"))
    assert refused.value.kind is Kind.FORBIDDEN


async def test_files_nobody_finishes_are_not_piled_up(importer: Importer) -> None:
    for _ in range(service.MOST_OPEN):
        await importer.uploads(b"a;b")
    with pytest.raises(DomainError) as refused:
        await importer.uploads(b"a;b")
    assert refused.value.key == "import.too_many_open"


async def test_a_store_with_many_files_does_not_hold_up_another(
    importer: Importer, rival: Importer
) -> None:
    mine = [await importer.uploads(csv_of(GOODS)) for _ in range(4)]
    theirs = await rival.uploads(csv_of(GOODS))
    assert await import_due(importer.app) == 2
    assert (await rival.looks(theirs)).state == "previewed"
    assert [(await importer.looks(one)).state for one in mine].count("previewed") == 1
    await finish(importer.app, importer.tenant_id, mine[-1])
