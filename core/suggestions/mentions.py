"""Every figure of the sources, with the words it keeps company with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.suggestions.company import OWN, Company, companies
from core.suggestions.figures import Figure, Unit, figures_in, folded_code
from core.suggestions.tables import is_row, read_aloud
from core.suggestions.wording import stems

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^a-zа-я])|\n+|(?<=[!?…;])\s+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:шт|руб|тыс|дн|мин|мес|ул|д|р|т|п|стр|ч)|(?<!\d )(?<!\d)\bг|\d{4} ?г)\.$",
    re.IGNORECASE,
)
_SHORT = 3
_PLAIN = str.maketrans("ёЁ–—−«»“”„", "еЕ---" + '"' * 5)
_TITLE = 0.3
_STOCK = stems("наличии наличие остаток остатке складе штук осталось есть")


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure in a source."""

    ref: str
    figure: Figure
    company: Company
    sentence: str = ""
    row: str = ""  # the field of the product's row, where it is not from the text
    place: tuple[int, int] = (-9, -9)  # its line and its sentence, counted through the source
    order: int = -9  # which of the source's figures it is


@dataclass(frozen=True, slots=True)
class Ground:
    """A text a draft may stand on."""

    ref: str
    title: str
    text: str
    sku: str = ""
    stock: int | None = None


@lru_cache(maxsize=1024)
def mentions_of(source: Ground) -> tuple[tuple[Mention, ...], frozenset[str]]:
    """The same passages are found again and again: each is read once."""
    mentions: list[Mention] = []
    codes, title = _begun(source.sku), stems(source.title)
    for place, head, quote, text in _read(source):
        figures = figures_in(text)
        around = title | (stems(head) if head != text else frozenset())
        own = companies(text, figures, source=True)
        for figure in figures:
            if figure.unit is Unit.CODE:
                codes |= _begun(figure.text)
                continue
            company = own[figure.start].beside(around, _TITLE)
            mentions.append(
                Mention(source.ref, figure, company, quote, place=place, order=len(mentions))
            )
    if source.stock is not None:
        stock = Figure(str(source.stock), Unit.PIECES, (Decimal(source.stock),), 0, 0)
        words = dict.fromkeys(_STOCK, OWN)
        company = Company(words).beside(title, _TITLE)
        mentions.append(Mention(source.ref, stock, company, row="stock"))
    return tuple(mentions), frozenset(codes)


def plain(text: str) -> str:
    """For comparing quotes: one space, one dash, one quotation mark, no case."""
    return re.sub(r"[\s\u00a0\u202f\u2009]+", " ", text.translate(_PLAIN)).casefold().strip()


def sentences(text: str) -> list[str]:
    """Sentences and lines; an abbreviation's full stop ends none."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part.strip():
            parts.append(part)
    return parts


def _begun(code: str) -> set[str]:
    """A code and its beginnings up to a hyphen: U250E of U250E-CAM40, 2AZ of 2AZ-FE."""
    if len(code) < _SHORT - 1:
        return set()
    cuts = [m.start() for m in re.finditer(r"[-/ ]", code)] + [len(code)]
    whole = {folded_code(code[:cut]) for cut in cuts}
    return {one for one in whole if len(one) > 1} | {
        folded_code(part) for part in re.split(r"[/ ]", code) if part
    }


def _read(source: Ground) -> Iterator[tuple[tuple[int, int], str, str, str]]:
    """(line and sentence, heading above it, its own words, what is read of them).

    The title is before them all.
    """
    head, count = "", 1
    yield (-2, -2), source.title, source.title, source.title
    for number, lines in _lines(source.text):
        text = lines[0]
        if is_row(text):
            for row, cells in read_aloud(lines):
                for cell in cells:
                    yield (number, count), head, row, cell
                count += 1
        elif text.lstrip().startswith("#"):
            head = text.lstrip("# ")
            yield (number, count), head, head, head
            count += 1
        else:
            for sentence in sentences(text):
                yield (number, count), head, sentence, sentence
                count += 1


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines with their numbers; those of one table together."""
    table: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if is_row(line):
            table.append(line)
            continue
        if table:
            yield number - 1, table
            table = []
        yield number, [line]
    if table:
        yield text.count("\n"), table
