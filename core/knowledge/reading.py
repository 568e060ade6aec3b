"""Reads a document from a text or Markdown file."""

import re
from typing import Any

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
    if b"\0" in raw:
        raise DomainError(Kind.INVALID, "import.not_text")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1251", errors="replace")
    text = text.replace("\r\n", "\n")
    said: dict[str, str] = {}
    front = _FRONT.match(text)
    if front:
        pairs = (line.partition(":") for line in front[1].splitlines())
        said = {key.strip().lower(): value.strip() for key, _, value in pairs}
        text = text[front.end() :]
    heading = _TITLE.match(text)
    title = heading[1].strip() if heading else name.replace("_", " ").strip()
    body = text[heading.end() :] if heading else text
    values: dict[str, Any] = {
        "type": said.get("type") or _guessed(title),
        "category": said.get("category") or None,
        "tags": tuple(filter(None, (tag.strip() for tag in said.get("tags", "").split(",")))),
    }
    return DocumentFields(title=title, body=body, **values)


def _guessed(title: str) -> DocumentType:
    plain = title.casefold()
    fitting = (kind for kind, marks in _TYPES.items() if any(mark in plain for mark in marks))
    return next(fitting, DocumentType.FAQ)
