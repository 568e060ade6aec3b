"""Which column of a table is what: guessed from its heading, in Russian and in English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.kernel.errors import DomainError, Kind

FIELDS = ("sku", "name", "description", "price", "currency", "stock", "delivery", "variants")
_HEADINGS = {
    "sku": ("артикул", "sku", "код", "код товара", "номер", "oem", "part number", "article",
            "код детали", "номер детали", "vendor code"),
    "name": ("название", "наименование", "товар", "name", "title", "product", "product name"),
    "description": ("описание", "description", "details", "комментарий", "примечание"),
    "price": ("цена", "стоимость", "price", "цена руб", "цена ₽", "розничная цена", "cost"),
    "currency": ("валюта", "currency"),
    "stock": ("остаток", "остатки", "количество", "кол-во", "наличие", "в наличии", "stock",
              "quantity", "qty"),
    "delivery": ("доставка", "delivery", "shipping"),
    "variants": ("варианты", "variants", "модификации"),
}  # fmt: skip
_FIELD_OF = {heading: field for field, names in _HEADINGS.items() for heading in names}
# «Цена розничная», «Наименование товара»: the first word tells, unless it tells too little.
_BY_FIRST_WORD = {
    heading: field
    for heading, field in _FIELD_OF.items()
    if " " not in heading and heading not in {"код", "номер", "товар", "product", "article"}
}
_FIRST_ROWS = 20
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the headings are (0: there are none) and which column holds which field."""

    header_row: int
    headings: tuple[str, ...]
    mapping: Mapping[str, int]
    repeated: str | None = None  # a heading that means what another one means already

    @property
    def headed(self) -> int:
        """How many columns there are under headings; 0 if there are no headings at all."""
        return max((at for at, heading in enumerate(self.headings, 1) if heading), default=0)


def guess(rows: Sequence[Row]) -> Layout:
    """By the row, of the first twenty, that most columns are known by."""
    best = max(rows[:_FIRST_ROWS], key=lambda row: len(_known(row[1])[0]), default=(0, []))
    return laid_out(rows, best[0])


def laid_out(
    rows: Sequence[Row], header_row: int, mapping: Mapping[str, int] | None = None
) -> Layout:
    """The layout with these headings; a mapping that is given replaces the guess whole.

    INVALID names the field whose column is not there or is taken twice.
    """
    headings = next((cells for number, cells in rows if number == header_row), None)
    if headings is None and header_row != 0:
        raise DomainError(Kind.INVALID, "import.no_such_row", field="header_row", row=header_row)
    width = max((len(cells) for _, cells in rows), default=0)
    guessed, repeated = _known(headings or ())
    if mapping is None:
        return Layout(header_row, _padded(headings or (), width), guessed, repeated)
    for field, at in mapping.items():
        if field not in FIELDS:
            raise DomainError(Kind.INVALID, "import.unknown_field", field="mapping", name=field)
        if not 0 <= at < width:
            raise DomainError(Kind.INVALID, "import.no_such_column", field="mapping", name=field)
    if len(set(mapping.values())) < len(mapping):
        raise DomainError(Kind.INVALID, "import.column_of_two", field="mapping")
    return Layout(header_row, _padded(headings or (), width), dict(mapping))


def _padded(headings: Sequence[str], width: int) -> tuple[str, ...]:
    return (*headings, *([""] * (width - len(headings))))


def _known(headings: Sequence[str]) -> tuple[dict[str, int], str | None]:
    found: dict[str, int] = {}
    repeated = None
    plain = [_plain(heading) for heading in headings]
    for at, heading in enumerate(plain):
        field = _FIELD_OF.get(heading)
        if field and field in found:
            repeated = repeated or headings[at].strip()
        elif field:
            found[field] = at
    for at, heading in enumerate(plain):
        field = _BY_FIRST_WORD.get(heading.split(" ")[0])
        if field and field not in found and at not in found.values():
            found[field] = at
    return found, repeated


def _plain(heading: str) -> str:
    return " ".join(heading.replace("ё", "е").lower().replace(",", " ").split()).strip(".:")
