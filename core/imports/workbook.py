"""Reads a sheet of a workbook as rows of text."""

import io
import re
from datetime import date, datetime, time
from typing import Any

import openpyxl

from core.catalog.sheets import Sheet, check_size, telling
from core.kernel.archive import broken_file, check_office
from core.kernel.errors import DomainError, Kind

_PADDED = re.compile(r"0{2,}")
_THREE_DECIMALS = re.compile(r"-?\d+\.\d{3}")


def read_workbook(raw: bytes, wanted: int | None = None) -> Sheet:
    """A sheet of a workbook: the one of this index, or the first that says anything."""
    check_size(raw)
    check_office(raw, "xl/workbook.xml")
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except Exception as broken:  # whatever a broken workbook raises, it is broken
        raise broken_file() from broken
    try:
        return _sheet_of(book, wanted)
    except DomainError:
        raise
    except Exception as broken:
        raise broken_file() from broken
    finally:
        book.close()


def _sheet_of(book: Any, wanted: int | None) -> Sheet:
    names = tuple(str(name) for name in book.sheetnames)
    sheets = [book[name] for name in names]
    if wanted is not None:
        if not 0 <= wanted < len(sheets):
            raise _invalid("import.no_such_sheet")
        order = [wanted]
    else:
        order = [n for n, sheet in enumerate(sheets) if sheet.sheet_state == "visible"]
    for index in order:
        sheet = sheets[index]
        if not hasattr(sheet, "iter_rows"):  # a chart has a sheet of its own
            continue
        sheet.reset_dimensions()  # what a sheet says of its size is not to be believed
        rows = telling([_text(cell) for cell in row] for row in sheet.iter_rows())
        if rows:
            return Sheet(rows, names, index)
    raise _invalid("import.empty")


def _text(cell: Any) -> str:
    """What a person sees in the cell, near enough."""
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "да" if value else "нет"
        case int():
            padded = _PADDED.fullmatch(cell.number_format or "")
            return str(value).zfill(len(padded[0])) if padded else str(value)
        case float():
            shown = f"{value:.12g}"  # 0.1 + 0.2 is 0.3 here, as it is in the sheet
            # In text 1.234 may be a thousand and more; here it is what it says.
            return f"{shown}0" if _THREE_DECIMALS.fullmatch(shown) else shown
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return str(value)


def _invalid(key: str) -> DomainError:
    return DomainError(Kind.INVALID, key)
