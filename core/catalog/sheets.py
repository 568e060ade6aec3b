"""A table as rows of text, and CSV of Excel's make read as one."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.kernel.errors import DomainError, Kind

LARGEST = 20_000_000
MOST_ROWS = 50_000
MOST_COLUMNS = 200
_FIRST_LINES = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that say anything, each with its number as Excel counts."""

    rows: list[tuple[int, list[str]]]
    names: tuple[str, ...] = ()  # of all the sheets of a workbook
    index: int = 0


def read_csv(raw: bytes) -> Sheet:
    """UTF-8, UTF-16 or cp1251; semicolons, tabs or commas. INVALID if it is no table."""
    check_size(raw)
    text = decoded(raw)
    if "\0" in text:
        raise _invalid("import.not_text")
    # An unclosed quote would swallow the rest of the table as one cell.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        return Sheet(telling(lines))
    except csv.Error as error:
        raise _invalid("import.broken_table", line=lines.line_num) from error


def decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def delimiter_of(text: str) -> str:
    """By the first line that has any: a title may stand above the table."""
    first = text.lstrip().splitlines()[:_FIRST_LINES]
    line = next((line for line in first if any(mark in line for mark in ";\t,")), "")
    return max(";\t,", key=line.count)


def telling(lines: Iterable[Sequence[str]]) -> list[tuple[int, list[str]]]:
    """The lines that say anything, numbered; INVALID if they are more than we take."""
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(lines, start=1):
        cells = [_plain(cell.strip()) for cell in line]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise _invalid("import.too_many_columns", most=MOST_COLUMNS)
        if cells:
            rows.append((number, cells))
        if len(rows) > MOST_ROWS + _FIRST_LINES:
            raise _invalid("import.too_many_rows", most=MOST_ROWS)
    return rows


def _plain(cell: str) -> str:
    """Without the apostrophe our own tables of rejects put before what a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell


def check_size(raw: bytes) -> None:
    if len(raw) > LARGEST:
        raise _invalid("import.too_large", most_megabytes=LARGEST // 1_000_000)


def _invalid(key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=None, **params)
