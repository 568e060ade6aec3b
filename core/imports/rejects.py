"""Rejected rows as a table to mend and bring again; harmless to whoever opens it."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

from core.imports.queries import Rejected

# A spreadsheet runs what begins so (facts of CSV injection): an apostrophe makes it text.
_RUN = ("=", "+", "-", "@", "\t", "\r")
Say = Callable[[Mapping[str, Any]], str]


def as_csv(rejected: Rejected, row_heading: str, reason_heading: str, say: Say) -> bytes:
    """As Excel reads it in Russian: UTF-8 with its mark, semicolons. `say` words a reason."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";")
    width = len(rejected.headings)
    table.writerow([row_heading, *map(harmless, rejected.headings), reason_heading])
    for number, cells, reason in rejected.rows:
        padded = [*cells, *[""] * (width - len(cells))]
        table.writerow([number, *map(harmless, padded), harmless(say(reason))])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUN) else cell
