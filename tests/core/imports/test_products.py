"""Tables of products: looked at, corrected, applied; every row counted once."""

import asyncio
from decimal import Decimal

import pytest

from core.imports.queries import ImportView, rejected
from core.imports.rejects import as_csv
from core.imports.service import Wishes
from core.kernel.errors import DomainError
from tests.core.imports.conftest import Importer
from tests.core.imports.files import GOODS, HEAD, csv_of, workbook


def counts(view: ImportView) -> tuple[int, int, int, int, int]:
    return (view.total, view.created, view.updated, view.unchanged, view.rejected)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-16"])
async def test_a_table_is_looked_at_and_changes_nothing_until_it_is_applied(
    importer: Importer, encoding: str
) -> None:
    view = await importer.brings(csv_of(GOODS, encoding))
    assert (view.state, counts(view)) == ("previewed", (3, 3, 0, 0, 0))
    assert await importer.goods() == []
    done = await importer.applies(view)
    assert (done.state, counts(done), done.done) == ("done", (3, 3, 0, 0, 0), 3)
    assert await importer.goods() == [
        ("67003", "Дверь передняя", Decimal("9000.50"), None),
        ("81170", "Фара левая", None, 0),
        ("U250E", "АКПП Toyota Camry 40", Decimal("45000.00"), 2),
    ]


async def test_a_workbook_is_read_as_a_person_sees_it(importer: Importer) -> None:
    raw = workbook(
        ("Обложка", []),
        ("Прайс", [("ООО Разборка",), (), ("Артикул", "Название", "Цена", "Остаток"),
                   (4650001234567, "АКПП", 45000.5, 2.0), ("007", "Фара", 0.1 + 0.2, True)]),
    )  # fmt: skip
    view = await importer.brings(raw, "прайс.xlsx")
    assert view.found is not None
    assert (view.found["sheets"], view.found["sheet"]) == (["Обложка", "Прайс"], 1)
    assert view.found["header_row"] == 3
    assert [row.number for row in await importer.rows(view)] == [4, 5]
    await importer.applies(view)
    assert await importer.goods() == [
        ("007", "Фара", Decimal("0.30"), None),
        ("4650001234567", "АКПП", Decimal("45000.50"), 2),
    ]


async def test_columns_nobody_could_guess_are_pointed_out(importer: Importer) -> None:
    raw = csv_of([("А", "Б", "В"), ("U250E", "АКПП", "45000"), ("81170", "Фара", "500")])
    view = await importer.brings(raw)
    assert view.found is not None
    assert (view.state, view.found["missing"], view.total) == ("previewed", ["name"], 0)
    with pytest.raises(DomainError) as unready:
        await importer.presses_apply(view)
    assert unready.value.key == "import.fields_missing"
    mapped = await importer.corrects(view, Wishes(mapping={"sku": 0, "name": 1, "price": 2}))
    assert counts(mapped) == (2, 2, 0, 0, 0)
    assert [column["field"] for column in mapped.found["columns"]] == ["sku", "name", "price"]  # type: ignore[index]
    with pytest.raises(DomainError) as stale:
        await importer.presses_apply(view)
    assert stale.value.key == "import.changed"
    assert (await importer.applies(mapped)).state == "done"


async def test_a_table_without_headings_or_on_another_sheet(importer: Importer) -> None:
    raw = workbook(("Лист1", [("АКПП", 5)]), ("Лист2", [("Фара", 7), ("Дверь", 9)]))
    view = await importer.brings(raw, "a.xlsx")
    other = await importer.corrects(view, Wishes(sheet=1))
    named = await importer.corrects(other, Wishes(header_row=0))
    mapped = await importer.corrects(named, Wishes(mapping={"name": 0, "price": 1}))
    await importer.applies(mapped)
    assert {row[1] for row in await importer.goods()} == {"Дверь", "Фара"}


@pytest.mark.parametrize(
    ("wishes", "key", "field"),
    [
        (Wishes(mapping={"name": 9}), "import.no_such_column", "mapping"),
        (Wishes(mapping={"colour": 0}), "import.unknown_field", "mapping"),
        (Wishes(mapping={"name": 0, "sku": 0}), "import.column_of_two", "mapping"),
        (Wishes(sheet=4), "import.no_such_sheet", "sheet"),
        (Wishes(currency="РУБ"), "product.currency_unknown", "currency"),
        (Wishes(document={"title": "а"}), "import.not_of_this_kind", "document"),
    ],
)
async def test_a_correction_that_cannot_be_names_its_field(
    importer: Importer, wishes: Wishes, key: str, field: str
) -> None:
    view = await importer.brings(csv_of(GOODS))
    with pytest.raises(DomainError) as refused:
        await importer.corrects(view, wishes)
    assert (refused.value.key, refused.value.field) == (key, field)


async def test_every_row_counts_once_and_says_why(importer: Importer) -> None:
    await importer.applies(await importer.brings(csv_of(GOODS)))
    raw = csv_of(
        [
            *GOODS[:2],
            ("81170", "Фара правая", "", "5"),
            ("N1", "Новая", "от 500", ""),
            ("U250E", "Ещё раз", "1", ""),
            ("N2", "", "1", ""),
            ("N3", "Есть", "по запросу", "в наличии"),
        ]
    )
    view = await importer.brings(raw)
    assert counts(view) == (6, 1, 1, 1, 3)
    rows = {row.number: row for row in await importer.rows(view)}
    assert {n: row.reason["code"] for n, row in rows.items() if row.reason} == {
        4: "product.price_unclear", 5: "product.repeated", 6: "product.name_missing",
    }  # fmt: skip
    assert rows[5].reason is not None
    assert rows[5].reason["params"] == {"row": 2}
    assert [note["code"] for note in rows[7].notes] == [
        "product.price_on_request", "product.stock_in_words",
    ]  # fmt: skip


async def test_rejected_rows_stop_all_unless_the_good_are_asked_for(importer: Importer) -> None:
    raw = csv_of([*GOODS[:2], ("N1", "Новая", "от 500", "")])
    view = await importer.brings(raw)
    with pytest.raises(DomainError) as refused:
        await importer.presses_apply(view)
    assert (refused.value.key, refused.value.params) == ("import.has_rejects", {"rejected": 1})
    assert await importer.goods() == []
    done = await importer.applies(view, take_good_rows=True)
    assert (done.state, counts(done)) == ("done", (2, 1, 0, 0, 1))
    assert len(await importer.goods()) == 1


async def test_rejected_rows_go_home_harmless_and_come_back_mended(importer: Importer) -> None:
    raw = (HEAD + "=cmd();-5 Фара;дорого\n@N;+Дверь;дорого\n").encode()
    view = await importer.brings(raw)
    async with importer.app.uow(importer.tenant_id) as uow:
        found = await rejected(uow, importer.oleg, view.id)
    text = as_csv(found, "Строка", "Причина", lambda _: "=потому").decode("utf-8-sig")
    assert text.splitlines() == [
        "Строка;Артикул;Наименование;Цена;Причина",
        "2;'=cmd();'-5 Фара;дорого;'=потому",
        "3;'@N;'+Дверь;дорого;'=потому",
    ]
    mended = await importer.brings(text.replace("дорого", "500").encode("utf-8-sig"))
    await importer.applies(mended)
    assert [row[:2] for row in await importer.goods()] == [("=cmd()", "-5 Фара"), ("@N", "+Дверь")]


async def test_a_price_list_changes_prices_and_tells_once(importer: Importer) -> None:
    await importer.applies(await importer.brings(csv_of(GOODS)))
    await importer.sql("DELETE FROM outbox RETURNING id")
    raw = csv_of([("Артикул", "Наименование", "Цена"), ("U250E", "АКПП Toyota Camry 40", "47000"),
                  ("67003", "Дверь передняя", "9100")])  # fmt: skip
    done = await importer.applies(await importer.brings(raw))
    assert counts(done) == (2, 0, 2, 0, 0)
    assert ("U250E", "АКПП Toyota Camry 40", Decimal("47000.00"), 2) in await importer.goods()
    assert await importer.sql("SELECT kind FROM outbox") == [("CatalogueChanged",)]


async def test_apply_pressed_twice_or_by_two_goes_in_once(importer: Importer) -> None:
    view = await importer.brings(csv_of(GOODS))
    await asyncio.gather(*(importer.applies(view) for _ in range(3)))
    assert len(await importer.goods()) == 3
    assert (await importer.applies(view)).state == "done"
    assert await importer.sql("SELECT count(*) FROM audit_log WHERE action = 'import.applied'") == [
        (1,)
    ]


async def test_two_imports_of_the_same_goods_at_once(importer: Importer) -> None:
    views = [await importer.brings(csv_of(GOODS)) for _ in range(2)]
    done = await asyncio.gather(*(importer.applies(view) for view in views))
    assert sorted(counts(view) for view in done) == [(3, 0, 0, 3, 0), (3, 3, 0, 0, 0)]
    assert len(await importer.goods()) == 3


async def test_what_was_cancelled_goes_nowhere(importer: Importer) -> None:
    view = await importer.brings(csv_of(GOODS))
    await importer.cancels(view)
    await importer.cancels(view)
    with pytest.raises(DomainError) as gone:
        await importer.presses_apply(await importer.looks(view.id))
    assert gone.value.key == "import.not_ready"
    done = await importer.applies(await importer.brings(csv_of(GOODS)))
    with pytest.raises(DomainError) as over:
        await importer.cancels(done)
    assert over.value.key == "import.finished"
