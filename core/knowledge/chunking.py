"""Cuts sources into passages that can be found and read by themselves.

A passage is whole paragraphs, 120 to 180 words of them; a heading or a question stays with what
follows it, and the last sentence of a passage opens the next, so that «это» keeps its meaning.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FULL_WORDS = 120
MOST_WORDS = 180
_OVERLAP_WORDS = 40
_SECTION_WORDS = 60
_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[«\"(A-ZА-ЯЁ0-9–—-])")
_HEADING = re.compile(r"#{1,6}\s")
# A passage is quoted to customers: its headings stay as words, not as Markdown.
_MARKS = re.compile(r"^#{1,6}\s+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage before it is indexed. `fingerprint` changes exactly when it must be re-embedded."""

    title: str
    body: str

    @property
    def fingerprint(self) -> bytes:
        return hashlib.sha256(f"{self.title}\0{self.body}".encode()).digest()

    @property
    def embedded(self) -> str:
        return f"{self.title}\n{self.body}"


def document_pieces(title: str, body: str) -> list[Piece]:
    return [Piece(title, text) for text in _pack(_paragraphs(body))]


def product_piece(product: Mapping[str, Any]) -> Piece:
    """One passage for a product.

    Price and stock are not in it: they change by the hour, are read from the row at the moment of
    the search, and would cost an embedding at each sale.
    """
    lines = [product["name"]]
    if product["sku"]:
        lines.append(f"Артикул: {product['sku']}")
    if product["description"]:
        lines.append(product["description"])
    if product["variants"]:
        lines.append("Варианты: " + "; ".join(_variant(v) for v in product["variants"]))
    if product["delivery"]:
        lines.append(f"Доставка: {product['delivery']}")
    return Piece(product["name"], "\n".join(lines))


def _variant(variant: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in variant.items() if value is not None)


def _words(text: str) -> int:
    return len(text.split())


def _opens(paragraph: str) -> bool:
    """A heading or a question: it says nothing without what follows."""
    short = _words(paragraph) <= _OVERLAP_WORDS
    return short and (
        _HEADING.match(paragraph) is not None or paragraph.endswith((":", "?", "?**"))
    )


def _paragraphs(body: str) -> Iterable[str]:
    for paragraph in _PARAGRAPH.split(body.strip()):
        text = paragraph.strip()
        if not text:
            continue
        if _words(text) <= MOST_WORDS:
            yield text
        else:
            yield from _split(text)


def _split(paragraph: str) -> Iterable[str]:
    """A paragraph too long for a passage, by sentences; a sentence too long, by words."""
    kept: list[str] = []
    for line in paragraph.splitlines():
        for sentence in _SENTENCE.split(line.strip()):
            words = sentence.split()
            if len(words) > MOST_WORDS:
                parts = [
                    " ".join(words[n : n + FULL_WORDS]) for n in range(0, len(words), FULL_WORDS)
                ]
            else:
                parts = [sentence]
            for part in parts:
                if kept and sum(map(_words, kept)) + _words(part) > FULL_WORDS:
                    yield " ".join(kept)
                    kept = []
                kept.append(part)
    if kept:
        yield " ".join(kept)


def _pack(paragraphs: Iterable[str]) -> list[str]:
    passages: list[str] = []
    kept: list[str] = []
    for paragraph in paragraphs:
        size = sum(map(_words, kept))
        heading = _HEADING.match(paragraph) is not None
        ends = size + _words(paragraph) > MOST_WORDS or size >= FULL_WORDS
        if kept and (ends or (heading and size >= _SECTION_WORDS)):
            opening: list[str] = []
            while len(kept) > 1 and _opens(kept[-1]):
                opening.insert(0, kept.pop())
            passages.append("\n\n".join(kept))
            last = _SENTENCE.split(kept[-1])[-1]
            overlaps = not heading and not opening and _words(last) <= _OVERLAP_WORDS
            kept = [last] if overlaps and last != kept[-1] else opening
        kept.append(paragraph)
    if kept:
        passages.append("\n\n".join(kept))
    return [_MARKS.sub("", passage) for passage in passages]
