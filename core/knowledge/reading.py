"""Reads a document from a text or Markdown file."""

import codecs
import re
from dataclasses import replace

from core.kernel.errors import DomainError, Kind
from core.knowledge.models import DocumentType
from core.knowledge.service import DocumentFields

LARGEST = 5_000_000
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n", re.DOTALL)
_TITLE = re.compile(r"\A\s*#\s+(.+)\n?")
_TYPES = {
    DocumentType.DELIVERY: ("доставк", "самовывоз", "отправк", "deliver", "shipping"),
    DocumentType.RETURNS: ("возврат", "обмен", "return", "refund"),
    DocumentType.POLICY: ("гаранти", "оплат", "политик", "правил", "услови", "warrant", "policy",
                          "payment", "terms"),
}  # fmt: skip


def read_document(raw: bytes, name: str) -> DocumentFields:
    """Of UTF-8 or cp1251. The title is the first heading, or the file's name.

    Lines between two `---` at the top may say `type:`, `category:` and `tags:`; without them the
    type is guessed from the title.
    """
    if len(raw) > LARGEST:
        raise DomainError(Kind.INVALID, "import.too_large", most_megabytes=LARGEST // 1_000_000)
    text = _decoded(raw).replace("\r\n", "\n")
    said: dict[str, str] = {}
    front = _FRONT.match(text)
    if front:
        pairs = (line.partition(":") for line in front[1].splitlines())
        said = {key.strip().lower(): value.strip() for key, _, value in pairs}
        text = text[front.end() :]
    fields = document_of(text, name)
    tags = tuple(filter(None, (tag.strip() for tag in said.get("tags", "").split(","))))
    return replace(
        fields,
        type=said.get("type") or fields.type,
        category=said.get("category") or None,
        tags=tags,
    )


def document_of(text: str, name: str) -> DocumentFields:
    """A document of Markdown: the title is its first heading, or the file's name."""
    heading = _TITLE.match(text)
    title = heading[1].strip() if heading else name.replace("_", " ").strip()
    body = text[heading.end() :] if heading else text
    return DocumentFields(title=title, body=body, type=_guessed(title))


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw:
        raise DomainError(Kind.INVALID, "import.not_text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1251", errors="replace")


def _guessed(title: str) -> DocumentType:
    plain = title.casefold()
    fitting = (kind for kind, marks in _TYPES.items() if any(mark in plain for mark in marks))
    return next(fitting, DocumentType.FAQ)
