"""What a file says, as plain values; run in a process of its own (`apart`).

It imports little: whoever waits for a file waits for its start as well.
"""

import resource
import sys
from typing import Any

import orjson

from core.catalog.sheets import Sheet, read_csv
from core.imports.reasons import kept
from core.kernel.errors import DomainError, Kind

MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 120


def read(raw: bytes, form: str, sheet: int | None) -> dict[str, Any]:
    """A table as {rows, names, index}, a document as {text, notes}."""
    match form:
        case "csv":
            return _table(read_csv(raw))
        case "xlsx":
            from core.imports.workbook import read_workbook  # noqa: PLC0415 - heavy, not for all

            return _table(read_workbook(raw, sheet))
        case "pdf":
            from core.imports.pdf import read_pdf  # noqa: PLC0415 - as above

            text, empty = read_pdf(raw)
            pages = ", ".join(map(str, empty[:20]))
            note = DomainError(Kind.INVALID, "import.pdf_empty_pages", pages=pages)
            return {"text": text, "notes": [kept(note)] if empty else []}
        case "docx":
            from core.imports.word import read_word  # noqa: PLC0415 - as above

            return {"text": read_word(raw), "notes": []}
    raise ValueError(form)


def _table(sheet: Sheet) -> dict[str, Any]:
    if not sheet.rows:
        raise DomainError(Kind.INVALID, "import.empty")
    return {"rows": sheet.rows, "names": sheet.names, "index": sheet.index}


def main() -> None:
    """Bytes in, JSON out: what the file says, or why it says nothing."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    form, sheet, longest = orjson.loads(sys.argv[1])
    try:
        found = read(sys.stdin.buffer.read(), form, sheet)
        if len(found.get("text", "")) > longest:
            too_long = DomainError(Kind.INVALID, "document.body_too_long", most=longest)
            answer = {"refused": kept(too_long)}
        else:
            answer = {"found": found}
    except DomainError as error:
        answer = {"refused": kept(error)}
    except (MemoryError, RecursionError):
        answer = {"refused": {"code": "import.too_complex", "params": {}, "field": None}}
    sys.stdout.buffer.write(orjson.dumps(answer))
