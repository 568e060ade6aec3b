from decimal import Decimal

import pytest

from core.catalog.checking import ProductFields
from core.catalog.reading import read_products
from core.kernel.errors import DomainError


def one(price: str = "1", stock: str = "1") -> ProductFields | DomainError:
    (row,) = read_products(f"название;цена;остаток\nФара;{price};{stock}".encode(), "RUB").rows
    return row


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_tables_of_any_make_are_read(encoding: str, mark: str) -> None:
    text = f"Артикул{mark}Наименование{mark}Цена\r\nU250E{mark}Коробка ёмкая{mark}45000\r\n"
    assert read_products(text.encode(encoding), "RUB").rows == [
        ProductFields("Коробка ёмкая", "U250E", price=Decimal(45000))
    ]


@pytest.mark.parametrize(
    ("cell", "price", "currency"),
    [
        ("45 000 ₽", "45000", "RUB"),
        ("45\u00a0000,50 руб.", "45000.50", "RUB"),
        ("$1,200.00", "1200.00", "USD"),
        ("1.200,50", "1200.50", "RUB"),
        ("1,200", "1200", "RUB"),
        ("0,200", "0.200", "RUB"),
        ("99,9", "99.9", "RUB"),
        ("по запросу", None, "RUB"),
        ("", None, "RUB"),
    ],
)
def test_a_price_is_read_as_people_write_it(cell: str, price: str | None, currency: str) -> None:
    row = one(price=cell)
    assert isinstance(row, ProductFields)
    assert row.price == (None if price is None else Decimal(price))
    assert row.currency == currency


@pytest.mark.parametrize("cell", ["от 500", "5-10", "дорого", "-5", "1.2.3"])
def test_an_unclear_price_is_said_and_not_guessed(cell: str) -> None:
    row = one(price=cell)
    assert isinstance(row, DomainError)
    assert (row.key, row.field) == ("product.price_unclear", "price")


@pytest.mark.parametrize(("cell", "stock"), [("2 шт.", 2), ("1 000", 1000), ("нет", 0), ("", None)])
def test_stock(cell: str, stock: int | None) -> None:
    row = one(stock=cell)
    assert isinstance(row, ProductFields)
    assert row.stock == stock


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"", "import.empty"),
        ("цена\n5".encode(), "import.no_name_column"),
        ("название;товар\nа;б".encode(), "import.column_twice"),
        ('название;цена\n"Фара;5\nДверь;6'.encode(), "import.broken_table"),
        (b"x" * 20_000_001, "import.too_large"),
    ],
)
def test_what_is_no_table_is_refused_whole(raw: bytes, key: str) -> None:
    with pytest.raises(DomainError) as refused:
        read_products(raw, "RUB")
    assert refused.value.key == key


def test_a_row_with_cells_to_spare_is_an_error_of_its_own() -> None:
    first, second = read_products("название;цена\nФара;5;6\nДверь;7".encode(), "RUB").rows
    assert isinstance(first, DomainError)
    assert isinstance(second, ProductFields)


def test_a_table_says_which_fields_it_speaks_of() -> None:
    assert read_products("название;цена\nФара;5".encode(), "RUB").columns == {"name", "price"}
    assert "currency" in read_products("название;цена\nФара;5 $".encode(), "RUB").columns
