"""Reads the text of a PDF: paragraphs put together again, running heads left out."""

import io
import re
from collections import Counter
from collections.abc import Sequence

import pypdf
from pypdf.errors import FileNotDecryptedError, PyPdfError

from core.kernel.archive import broken_file
from core.kernel.errors import DomainError, Kind

MOST_PAGES = 500
_LEAST_LETTERS = 20
_FEW_PAGES = 3
_PAGE_NUMBER = re.compile(
    r"(?:(?:стр\.?|страница|page)\s*)?\d{1,4}(?:\s*(?:/|из|of)\s*\d{1,4})?", re.IGNORECASE
)
_ENDS = re.compile(r"[.!?…:;»\")]$")
_GOES_ON = re.compile(r"^[a-zа-яё,(]")


def read_pdf(raw: bytes) -> tuple[str, list[int]]:
    """The text, and the numbers of pages that have none.

    INVALID if it is encrypted, has too many pages, or has no text at all (a scan).
    """
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        _check(reader)
        pages = [page.extract_text().splitlines() for page in reader.pages]
    except DomainError:
        raise
    except FileNotDecryptedError as locked:
        raise DomainError(Kind.INVALID, "import.pdf_encrypted") from locked
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        AssertionError,
        ArithmeticError,
        NotImplementedError,
    ) as broken:
        raise broken_file() from broken  # fmt: skip
    pages = [[" ".join(line.split()) for line in page] for page in pages]
    if sum(letter.isalpha() for page in pages for line in page for letter in line) < _LEAST_LETTERS:
        raise DomainError(Kind.INVALID, "import.pdf_no_text")
    empty = [number for number, page in enumerate(pages, 1) if not any(page)]
    return _joined([line for page in _without_heads(pages) for line in page]), empty


def _check(reader: pypdf.PdfReader) -> None:
    # Many are encrypted against printing alone: the empty password opens them.
    if reader.is_encrypted and not reader.decrypt(""):
        raise DomainError(Kind.INVALID, "import.pdf_encrypted")
    if len(reader.pages) > MOST_PAGES:
        raise DomainError(Kind.INVALID, "import.pdf_too_long", most=MOST_PAGES)


def _without_heads(pages: Sequence[list[str]]) -> list[list[str]]:
    """First and last lines that most pages share, and numbers of pages, are no part of the text."""
    edges = Counter(line for page in pages for line in {*page[:1], *page[-1:]} if line)
    often = max(_FEW_PAGES, len(pages) // 2)
    running = {line for line, times in edges.items() if times >= often}
    found = []
    for page in pages:
        lines = list(page)
        while lines and (not lines[0] or lines[0] in running or _PAGE_NUMBER.fullmatch(lines[0])):
            del lines[0]
        while lines and (
            not lines[-1] or lines[-1] in running or _PAGE_NUMBER.fullmatch(lines[-1])
        ):
            del lines[-1]
        found.append(lines)
    return found


def _joined(lines: Sequence[str]) -> str:
    """Lines broken by the width of the page are one paragraph, words broken by it one word."""
    text: list[str] = []
    for line in lines:
        last = text[-1] if text else ""
        if line and last.endswith("-") and last[-2:-1].isalpha() and line[0].islower():
            text[-1] = last[:-1] + line
        elif line and last and not _ENDS.search(last) and _GOES_ON.match(line):
            text[-1] = f"{last} {line}"
        else:
            text.append(line)
    return "\n".join(text)
