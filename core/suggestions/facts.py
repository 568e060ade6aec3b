"""The fact ledger: prices are slots filled from the bound row, other figures must be in a source.

A draft writes `{{price:P1}}`; the product's price now stands there when it is shown and again
when it is sent. A figure that no source holds is listed as unbound: the card marks it, and it
bars autosend.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_symbol

_SLOT = re.compile(r"\{\{\s*price\s*:\s*([A-Za-z]+\d+)\s*\}\}")
_ANY_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# A figure with its unit where it has one: «14 дней», «45 000 ₽», «10 %», +7 900 …, 120к.
_FIGURE = re.compile(
    r"\+?\d(?:[\d\u00a0\u202f .,:/-]*\d)?"
    r"(?:[\u00a0\u202f ]?(?:%|₽|руб\w*|р\.|\$|€|USD|EUR|км|шт\w*|дн\w*|день|час\w*|мин\w*|мес\w*"
    r"|недел\w*|лет|год\w*|к\b|тыс\w*))?",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:ru|com|org|net|рф|su)\b(?:/\S*)?", re.IGNORECASE
)
_NOT_DIGITS = re.compile(r"\D+")
_THIN, _NO_BREAK = "\u202f", "\u00a0"


@dataclass(frozen=True, slots=True)
class Source:
    """A row or chunk a draft may stand on, as it was when the brief was gathered."""

    ref: str
    kind: str
    source_id: UUID
    chunk_id: UUID | None
    title: str
    text: str
    sku: str | None
    price: Decimal | None
    currency: str | None
    stock: int | None
    version: int

    def kept(self, *, used: bool) -> dict[str, Any]:
        """What a suggestion keeps of it."""
        return {
            "ref": self.ref,
            "kind": self.kind,
            "id": str(self.source_id),
            "chunk_id": str(self.chunk_id) if self.chunk_id else None,
            "title": self.title,
            "quote": self.text[:300],
            "sku": self.sku,
            "price": None if self.price is None else str(self.price),
            "currency": self.currency,
            "stock": self.stock,
            "version": self.version,
            "used": used,
        }


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft with its slots filled, and what in it is bound to nothing."""

    text: str
    unbound: tuple[str, ...]
    bound_refs: tuple[str, ...]


def money(amount: Decimal, currency: str | None) -> str:
    """45 000 ₽, as customers are written to: thin space, kopecks only where there are any."""
    whole = amount == amount.to_integral_value()
    figure = (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace(",", _THIN)
    symbol = get_currency_symbol(currency or "RUB", locale="ru")
    return f"{figure.replace('.', ',')}{_NO_BREAK}{symbol}"


def fill(draft: str, sources: Sequence[Source], *, said_by_customer: str = "") -> Filled:
    """Fill the slots and check every other figure and link against the sources."""
    by_ref = {source.ref: source for source in sources}
    unbound: list[str] = []
    bound: list[str] = []
    filled_values: list[str] = []

    def put(match: re.Match[str]) -> str:
        source = by_ref.get(match[1].upper())
        if source is None or source.price is None:
            unbound.append(match[0])
            return "…"
        bound.append(source.ref)
        value = money(source.price, source.currency)
        filled_values.append(value)
        return value

    text = _SLOT.sub(put, draft)
    for leftover in _ANY_SLOT.findall(text):
        unbound.append(leftover)
        text = text.replace(leftover, "…")
    checked = text
    for value in filled_values:
        checked = checked.replace(value, " ", 1)
    unbound += _unbound_figures(checked, sources, said_by_customer)
    return Filled(text.strip(), tuple(dict.fromkeys(unbound)), tuple(dict.fromkeys(bound)))


def _unbound_figures(text: str, sources: Sequence[Source], said: str) -> list[str]:
    """Figures and links that stand in no source.

    What the customer wrote may be repeated, but never as a price: prices are slots alone.
    """
    grounds = " ".join(f"{source.title} {source.text} {source.sku or ''}" for source in sources)
    known = {_NOT_DIGITS.sub("", match[0]) for match in _FIGURE.finditer(grounds)}
    known |= set(re.findall(r"\d+", grounds))
    repeatable = {_NOT_DIGITS.sub("", match[0]) for match in _FIGURE.finditer(said)}
    repeatable |= set(re.findall(r"\d+", said))
    stock = {str(source.stock) for source in sources if source.stock is not None}
    unbound = []
    linkless = text
    for match in _LINK.finditer(text):
        linkless = linkless.replace(match[0], " ")
        if match[0].rstrip(".,;)").casefold() not in grounds.casefold():
            unbound.append(match[0])
    for match in _FIGURE.finditer(linkless):
        figure = match[0].strip()
        digits = _NOT_DIGITS.sub("", figure)
        is_money = re.search(r"₽|руб|р\.|\$|€|USD|EUR|%", figure, re.IGNORECASE) is not None
        if is_money:
            if not _money_in(digits, figure, grounds):
                unbound.append(figure)
        elif digits not in known and digits not in repeatable and digits not in stock:
            unbound.append(figure)
    return unbound


def _money_in(digits: str, figure: str, grounds: str) -> bool:
    """A sum or a percentage must stand in a source as such, not merely as the same digits."""
    sign = "%" if "%" in figure else r"(?:₽|руб|р\.|\$|€|USD|EUR)"
    spaced = r"[\u00a0\u202f .,]*".join(digits)
    return re.search(rf"(?<!\d){spaced}[\u00a0\u202f ]*{sign}", grounds, re.IGNORECASE) is not None


def restore(kept: Sequence[Mapping[str, Any]]) -> list[Source]:
    """Sources as a suggestion has kept them."""
    return [
        Source(
            ref=row["ref"],
            kind=row["kind"],
            source_id=UUID(row["id"]),
            chunk_id=UUID(row["chunk_id"]) if row["chunk_id"] else None,
            title=row["title"],
            text=row["quote"],
            sku=row["sku"],
            price=None if row["price"] is None else Decimal(row["price"]),
            currency=row["currency"],
            stock=row["stock"],
            version=row["version"],
        )
        for row in kept
    ]
