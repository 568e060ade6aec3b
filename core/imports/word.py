"""Reads a Word document as Markdown: headings, lists and tables stay what they are."""

import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

from core.kernel.archive import broken_file, check_office
from core.kernel.errors import DomainError, Kind

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


def read_word(raw: bytes) -> str:
    """INVALID if it is locked, broken, or has no text."""
    check_office(raw, "word/document.xml")
    try:
        text = "\n\n".join(_blocks(docx.Document(io.BytesIO(raw))))
    except Exception as broken:  # whatever a broken document raises, it is broken
        raise broken_file() from broken
    if not any(letter.isalnum() for letter in text):
        raise DomainError(Kind.INVALID, "import.no_text")
    return text


def _blocks(document: Document) -> Iterator[str]:
    listed: list[str] = []
    for block in document.iter_inner_content():
        text = _table(block) if isinstance(block, Table) else _paragraph(block)
        if text.startswith("- "):
            listed.append(text)
            continue
        if listed:
            yield "\n".join(listed)
            listed = []
        if text:
            yield text
    if listed:
        yield "\n".join(listed)


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text.strip()
    style = paragraph.style.name if paragraph.style is not None else None
    style = style or ""
    heading = _HEADING.match(style)
    if text and (heading or style == "Title"):
        return f"{'#' * int(heading[1]) if heading else '#'} {' '.join(text.split())}"
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None  # noqa: SLF001 - no public way
    return f"- {text}" if text and (numbered or style.startswith("List")) else text


def _table(table: Table) -> str:
    rows = []
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:  # a merged cell comes once for each column it covers
            if id(cell._tc) not in seen:  # noqa: SLF001 - what tells merged cells apart
                seen.add(id(cell._tc))  # noqa: SLF001 - as above
                cells.append(" ".join(cell.text.split()))
        if any(cells):
            rows.append(" | ".join(cells))
    return "\n".join(rows)
