"""Slots of a draft: prices and discounts the product fills in, so that no model spells them.

`{{price:P1}}` is the price of P1's row; `{{discount:D2:3}}` the three percent that D2 allows;
`{{price:P1:D2:3}}` the price of P1 less them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_symbol

from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.sources import Source

_PRICE = re.compile(
    r"\{\{\s*price\s*:\s*([A-Za-z]+\d+)\s*"
    r"(?::\s*([A-Za-z]+\d+)\s*:\s*(\d{1,2}(?:[.,]\d+)?)\s*)?\}\}"
)
_DISCOUNT = re.compile(
    r"\{\{\s*discount\s*:\s*([A-Za-z]+\d+)\s*:\s*(\d{1,3}(?:[.,]\d+)?)\s*\}\}(?:[\u00a0\u202f ]?%)?"
)
_ANY_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_OWN_SIGN = re.compile(r"^[\u00a0\u202f ]?(?:₽|руб(?:лей|ля|\.)?|р\.)(?!\w)")
_THIN, _NO_BREAK = "\u202f", "\u00a0"
NOTHING = "…"
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Discounts:
    """What the store allows."""

    allowed: bool
    most: Decimal  # percent

    def covers(self, percent: Decimal) -> bool:
        return self.allowed and percent <= self.most


@dataclass(slots=True)
class Slotted:
    """A draft with its slots filled. `rest`: the text with the filled values blanked."""

    text: str
    rest: str
    unbound: list[str] = field(default_factory=list)
    over: list[str] = field(default_factory=list)  # discounts beyond what is allowed
    refs: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)  # ref -> its price as it is written


def money(amount: Decimal, currency: str | None) -> str:
    """45 000 ₽, as customers are written to: thin space, kopecks only where there are any."""
    whole = amount == amount.to_integral_value()
    figure = (f"{amount:,.0f}" if whole else f"{amount:,.2f}").replace(",", _THIN)
    symbol = get_currency_symbol(currency or "RUB", locale="ru")
    return f"{figure.replace('.', ',')}{_NO_BREAK}{symbol}"


def percent(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",") + f"{_NO_BREAK}%"


def fill_slots(
    draft: str, sources: Sequence[Source], discounts: Discounts | None = None
) -> Slotted:
    """Every slot replaced by its value, or by «…» where it is bound to nothing."""
    by_ref = {source.ref: source for source in sources}
    shown, rest, at = [], [], 0
    done = Slotted("", "")
    for match in _ANY_SLOT.finditer(draft):
        value = _value(match[0], by_ref, discounts, done)
        begun = draft[at : match.start()]
        shown += [begun, value or NOTHING]
        rest += [begun, " " * len(value or NOTHING)]
        at = match.end()
        if value is not None and (sign := _OWN_SIGN.match(draft, at) or _sign_after(draft, at)):
            at += len(sign[0])  # the currency or the percent is ours to write
    done.text = "".join([*shown, draft[at:]])
    done.rest = "".join([*rest, draft[at:]])
    return done


def slotted(reply: str, priced: Iterable[tuple[str, str]], sources: Sequence[Source]) -> str:
    """A price typed by hand, but declared and equal to the row's, made the slot it should be.

    `priced`: (ref, value) of the draft's facts that are prices.
    """
    wanted = {
        ref: source.price
        for ref, _ in priced
        for source in sources
        if source.ref == ref and source.price is not None
    }
    for figure in reversed(figures_in(reply)):
        refs = [ref for ref, price in wanted.items() if _says(figure, price)]
        if len(refs) == 1:
            slot = f"{{{{price:{refs[0]}}}}}"
            reply = f"{reply[: figure.start]}{slot}{reply[figure.end :]}"
    return reply


def _says(figure: Figure, price: Decimal) -> bool:
    return figure.unit is Unit.MONEY and figure.values == (price,)


def _sign_after(draft: str, at: int) -> re.Match[str] | None:
    return re.compile(_OWN_SIGN.pattern.removeprefix("^")).match(draft, at)


def _value(
    slot: str, by_ref: Mapping[str, Source], discounts: Discounts | None, done: Slotted
) -> str | None:
    price = _PRICE.fullmatch(slot)
    if price is not None:
        source = by_ref.get(price[1].upper())
        if source is None or source.price is None:
            done.unbound.append(slot)
            return None
        if price[2] is None:
            done.refs.append(source.ref)
            value = money(source.price, source.currency)
            done.values[source.ref] = value
            return value
        off = _discount(price[2], price[3], by_ref, discounts, done, slot)
        if off is None:
            return None
        done.refs.append(source.ref)
        less = (source.price * (_HUNDRED - off) / _HUNDRED).quantize(Decimal(1), ROUND_HALF_UP)
        value = money(less, source.currency)
        done.values[f"{source.ref}-{off}"] = value
        return value
    discount = _DISCOUNT.fullmatch(slot)
    if discount is not None:
        off = _discount(discount[1], discount[2], by_ref, discounts, done, slot)
        return None if off is None else percent(off)
    done.unbound.append(slot)
    return None


def _discount(
    ref: str,
    said: str,
    by_ref: Mapping[str, Source],
    discounts: Discounts | None,
    done: Slotted,
    slot: str,
) -> Decimal | None:
    off = Decimal(said.replace(",", "."))
    source = by_ref.get(ref.upper())
    if source is None or not _stands(off, source):
        done.unbound.append(slot)
        return None
    if discounts is not None and not discounts.covers(off):
        done.over.append(percent(off))
        return None
    done.refs.append(source.ref)
    return off


def _stands(off: Decimal, source: Source) -> bool:
    return any(
        figure.unit is Unit.PERCENT and off in figure.values for figure in figures_in(source.text)
    )
