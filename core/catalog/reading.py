"""Reads a table of products as shops keep them: CSV of Excel's make, in Russian or in English."""

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from core.catalog.checking import ProductFields
from core.kernel.errors import DomainError, Kind

LARGEST = 20_000_000
MOST_ROWS = 50_000
_HEADINGS = {
    "sku": ("артикул", "sku", "код", "код товара", "номер", "oem", "part number", "article"),
    "name": ("название", "наименование", "товар", "name", "title", "product"),
    "description": ("описание", "description", "details", "комментарий"),
    "price": ("цена", "стоимость", "price", "цена руб", "цена ₽", "розничная цена", "cost"),
    "currency": ("валюта", "currency"),
    "stock": ("остаток", "остатки", "количество", "кол-во", "наличие", "в наличии", "stock",
              "quantity", "qty"),
    "delivery": ("доставка", "delivery", "shipping"),
    "variants": ("варианты", "variants"),
}  # fmt: skip
_FIELD_OF = {heading: field for field, names in _HEADINGS.items() for heading in names}
_ON_REQUEST = frozenset({"", "-", "—", "по запросу", "договорная", "уточняйте", "on request"})
_SIGNS = {"₽": "RUB", "руб": "RUB", "р": "RUB", "rub": "RUB", "$": "USD", "usd": "USD",
          "€": "EUR", "eur": "EUR", "₸": "KZT", "kzt": "KZT"}  # fmt: skip
_AMOUNT = re.compile(r"^([$€₸₽]?)\s*([\d\s\u00a0\u202f'.,]+?)\s*([^\d\s.]*)\.?$")
_COUNT = re.compile(r"^(\d[\d\s\u00a0\u202f]*)(?:[.,]0+)?\s*(?:шт\.?|pcs)?$")


@dataclass(frozen=True, slots=True)
class Table:
    """The rows in order; one that says nothing clear is the error that explains it.

    `columns` are the fields the table speaks of: what it leaves out it does not mean to clear.
    """

    rows: list[ProductFields | DomainError]
    columns: frozenset[str]


def read_products(raw: bytes, currency: str) -> Table:
    """Read a table of products.

    `currency` is taken where a row names none. INVALID if it is no table of products at all.
    """
    if len(raw) > LARGEST:
        raise _invalid("import.too_large", most_megabytes=LARGEST // 1_000_000)
    text = _decoded(raw)
    # An unclosed quote would swallow the rest of the table as one cell.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        table = [row for row in lines if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise _invalid("import.broken_table", line=lines.line_num) from error
    if not table:
        raise _invalid("import.empty")
    if len(table) - 1 > MOST_ROWS:
        raise _invalid("import.too_many_rows", most=MOST_ROWS)
    columns = _columns(table[0])
    signed = any(_sign(row, columns) for row in table[1:])
    return Table(
        [_product(row, columns, len(table[0]), currency) for row in table[1:]],
        frozenset(columns) | ({"currency"} if signed else set()),
    )


def _sign(row: Sequence[str], columns: dict[str, int]) -> bool:
    """Whether the price of the row names its currency itself."""
    at = columns.get("price")
    parts = _AMOUNT.match(row[at].strip()) if at is not None and at < len(row) else None
    return parts is not None and bool(parts[1] or parts[3])


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _delimiter(text: str) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(";\t,", key=first.count)


def _columns(headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        plain = " ".join(heading.replace("ё", "е").lower().replace(",", " ").split()).strip(".:")
        field = _FIELD_OF.get(plain)
        if field in found:
            raise _invalid("import.column_twice", column=heading.strip())
        if field:
            found[field] = at
    if "name" not in found:
        raise _invalid(
            "import.no_name_column", columns=", ".join(h.strip() for h in headings)[:200]
        )
    return found


def _product(
    row: Sequence[str], columns: dict[str, int], width: int, currency: str
) -> ProductFields | DomainError:
    if len(row) > width and any(cell.strip() for cell in row[width:]):
        return _invalid("import.too_many_cells", cells=len(row), columns=width)

    def cell(field: str) -> str:
        at = columns.get(field)
        return row[at].strip() if at is not None and at < len(row) else ""

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
        return error
    return ProductFields(**values)


def _price(cell: str) -> tuple[Decimal | None, str | None]:
    """«45 000 ₽», «45000,50», «$1,200.00»; on request is no price."""
    if cell.lower() in _ON_REQUEST:
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
    if plain in {"", "-", "—"}:
        return None
    if plain in {"нет", "нет в наличии", "no"}:
        return 0
    count = _COUNT.match(plain)
    if count is None:
        raise _unclear("product.stock_unclear", "stock", cell)
    return int(re.sub(r"\D", "", count[1]))


def _invalid(key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=None, **params)


def _unclear(key: str, field: str, cell: str) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, value=cell[:40])
