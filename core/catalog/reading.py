"""Reads the rows of a table as products, written as shops write them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from core.catalog.checking import ProductFields
from core.catalog.columns import Layout, Row, guess
from core.catalog.sheets import MOST_ROWS, read_csv
from core.kernel.errors import DomainError, Kind

_NONE = frozenset({"", "-", "—"})
_ON_REQUEST = frozenset(
    {"по запросу", "цена по запросу", "договорная", "уточняйте", "звоните", "on request", "call"}
)
_SOME = frozenset(
    {"есть", "да", "в наличии", "много", "под заказ", "yes", "in stock", "available", "on order"}
)
_SIGNS = {"₽": "RUB", "руб": "RUB", "р": "RUB", "rub": "RUB", "$": "USD", "usd": "USD",
          "€": "EUR", "eur": "EUR", "₸": "KZT", "kzt": "KZT"}  # fmt: skip
_AMOUNT = re.compile(r"^([$€₸₽]?)\s*([\d\s\u00a0\u202f'.,]+?)\s*([^\d\s.]*)\.?$")
_COUNT = re.compile(r"^(\d[\d\s\u00a0\u202f]*)(?:[.,]0+)?\s*(?:шт\.?|pcs)?$")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: its number in the file, and the product it means or why it means none."""

    number: int
    cells: Sequence[str]
    product: ProductFields | DomainError
    notes: tuple[DomainError, ...] = field(default=())  # taken, but worth a look


@dataclass(frozen=True, slots=True)
class Table:
    """The lines in order; `columns` are the fields the table speaks of.

    What it leaves out it does not mean to clear.
    """

    lines: list[Line]
    columns: frozenset[str]

    @property
    def rows(self) -> list[ProductFields | DomainError]:
        return [line.product for line in self.lines]


def read_products(raw: bytes, currency: str) -> Table:
    """Read a CSV table by the headings it has.

    `currency` is taken where a row names none. INVALID if it is no table of products at all.
    """
    rows = read_csv(raw).rows
    if not rows:
        raise _invalid("import.empty")
    layout = guess(rows)
    if layout.repeated is not None:
        raise _invalid("import.column_twice", column=layout.repeated)
    if "name" not in layout.mapping:
        raise _invalid("import.no_name_column", columns=", ".join(layout.headings)[:200])
    lines = list(lines_of(rows, layout, currency))
    if len(lines) > MOST_ROWS:
        raise _invalid("import.too_many_rows", most=MOST_ROWS)
    return Table(lines, columns_of(rows, layout))


def columns_of(rows: Sequence[Row], layout: Layout) -> frozenset[str]:
    """The fields a table speaks of; a price with its sign speaks of the currency as well."""
    at = layout.mapping.get("price")
    signed = at is not None and any(_signed(cells[at]) for _, cells in rows if at < len(cells))
    return frozenset(layout.mapping) | (frozenset({"currency"}) if signed else frozenset())


def lines_of(rows: Sequence[Row], layout: Layout, currency: str) -> Iterator[Line]:
    """What stands below the headings, row by row."""
    for number, cells in rows:
        if number > layout.header_row:
            yield _line(number, cells, layout, currency)


def _line(number: int, cells: Sequence[str], layout: Layout, currency: str) -> Line:
    if 0 < layout.headed < len(cells):
        odd = _invalid("import.too_many_cells", cells=len(cells), columns=layout.headed)
        return Line(number, cells, odd)

    def cell(field: str) -> str:
        at = layout.mapping.get(field)
        return cells[at] if at is not None and at < len(cells) else ""

    try:
        price, own = _price(cell("price"))
        values: dict[str, Any] = {
            "name": cell("name"),
            "sku": cell("sku") or None,
            "description": cell("description"),
            "price": price,
            "currency": cell("currency") or own or currency,
            "stock": _stock(cell("stock")),
            "delivery": cell("delivery") or None,
            "variants": tuple(
                {"name": v} for v in map(str.strip, cell("variants").split("|")) if v
            ),
        }
    except DomainError as error:
        return Line(number, cells, error)
    notes = []
    if cell("price").lower() in _ON_REQUEST:
        notes.append(_unclear("product.price_on_request", "price", cell("price")))
    if cell("stock").lower() in _SOME:
        notes.append(_unclear("product.stock_in_words", "stock", cell("stock")))
    return Line(number, cells, ProductFields(**values), tuple(notes))


def _signed(cell: str) -> bool:
    parts = _AMOUNT.match(cell.strip())
    return parts is not None and bool(parts[1] or parts[3])


def _price(cell: str) -> tuple[Decimal | None, str | None]:
    """«45 000 ₽», «45000,50», «$1,200.00»; on request is no price."""
    if cell.lower() in _NONE | _ON_REQUEST:
        return None, None
    parts = _AMOUNT.match(cell)
    sign = (parts[1] or parts[3]).lower() if parts else ""
    if parts is None or (sign and sign not in _SIGNS):
        raise _unclear("product.price_unclear", "price", cell)
    digits = re.sub(r"[\s\u00a0\u202f']", "", parts[2])
    try:
        return Decimal(_pointed(digits)), _SIGNS.get(sign)
    except InvalidOperation as error:
        raise _unclear("product.price_unclear", "price", cell) from error


def _pointed(digits: str) -> str:
    """The last mark is the decimal one, unless exactly three digits follow each: 1,200 or 1.200."""
    if "," in digits and "." in digits:
        decimal = max(",.", key=digits.rfind)
        other = "." if decimal == "," else ","
        return digits.replace(other, "").replace(decimal, ".")
    for mark in ",.":
        if re.fullmatch(rf"[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+", digits):
            return digits.replace(mark, "")
    return digits.replace(",", ".")


def _stock(cell: str) -> int | None:
    plain = cell.lower()
    if plain in _NONE | _SOME:
        return None
    if plain in {"нет", "нет в наличии", "no", "out of stock"}:
        return 0
    count = _COUNT.match(plain)
    if count is None:
        raise _unclear("product.stock_unclear", "stock", cell)
    return int(re.sub(r"\D", "", count[1]))


def _invalid(key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=None, **params)


def _unclear(key: str, field: str, cell: str) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, value=cell[:40])
