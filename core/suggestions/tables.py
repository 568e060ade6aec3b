"""Tables of a source, read aloud: what stands in a cell is said of its row and of its column."""

import re
from collections.abc import Iterator, Sequence

from core.suggestions.figures import figures_in

_RULE = re.compile(r"[\s|:-]+")


def is_row(line: str) -> bool:
    """Whether a line is one of a table: «| Пальто | 1 900 ₽ |»."""
    return line.strip().startswith("|") and line.count("|") > 1


def read_aloud(rows: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each row and a sentence for each of its cells: «Пальто: срочная — 2 850 ₽».

    The first row names the columns, the first cell of each other one says what it is of.
    """
    kept = [row for row in rows if not _RULE.fullmatch(row)]
    if not kept:
        return
    names, *rest = [_cells(row) for row in kept]
    if not rest:
        yield kept[0], (" — ".join(names),)
    for row, (label, *cells) in zip(kept[1:], rest, strict=True):
        columns = [*names[1:], *[""] * len(cells)]
        said = (
            _said(names[0], label, column, cell)
            for column, cell in zip(columns, cells, strict=False)
        )
        yield row, tuple(said)


def _said(first: str, label: str, column: str, cell: str) -> str:
    column = column.replace(", ", " ")  # «Срочная, 24 часа» are one
    if figures_in(label):
        # A size or an amount heads no list, it is a key: «Размер 36, длина стопы — 23 см».
        return f"{first} {label}, {column} — {cell}"
    return f"{label}: {column} — {cell}"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]
