"""The fact ledger: prices are slots filled from the bound row, other figures must be in a source.

A draft writes `{{price:P1}}`; the product's price now stands there when it is shown and again
when it is sent. Every other figure, link, phone or part number must stand in a source the draft
names, said of the same thing; what is bound to nothing is listed, marked on the card, and bars
autosend.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from core.kernel.contacts import Contact, contacts_in
from core.ports.ai import DraftFact
from core.suggestions.company import companies, what_it_counts
from core.suggestions.comparable import REPEATABLE, counts_alike
from core.suggestions.contract import Contract
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.grounds import Claim, Grounds, grounds_of
from core.suggestions.mentions import Ground, Mention, sentences
from core.suggestions.slots import Discounts, fill_slots, money
from core.suggestions.sources import Source, restore
from core.suggestions.wording import stems

__all__ = ["Filled", "Source", "fill", "money", "restore"]

_DISCOUNT = re.compile(
    r"скидк|скидоч|дешевл|уступ|сброс|скин|торг|промокод|акци|снизи|минус|discount|\boff\b|cheaper",
    re.IGNORECASE,
)
_DISCOUNT_IN_WORDS = re.compile(
    r"(?:в\s*двое|в\s*трое|втридешева|в\s+(?:\d+|два|три|пять|десять)\s+раз\w*)\s+дешевле"
    r"|за\s+пол\s*цены|пол\s*цены|половин\w+\s+(?:цен|стоимост)\w+|half\s+(?:the\s+)?price"
    r"|(?:отда|подар)\w+\s+(?:даром|бесплатно)|for\s+free",
    re.IGNORECASE,
)
_AVAILABLE = re.compile(r"(?<!нет )(?<!не )\b(?:в наличии|есть на складе|in stock)", re.IGNORECASE)
_ABSENT = re.compile(
    r"нет в наличии|отсутству|закончил|out of stock|not in stock|под заказ", re.IGNORECASE
)
_LEFT = re.compile(
    r"(?:остал\w+|в наличии(?: есть)?|на складе)(?: всего| только)?[\s:—-]*$", re.IGNORECASE
)
_LEFT_AFTER = re.compile(r"\s+(?:в наличии|на складе|остал\w+|in stock|left)\b", re.IGNORECASE)
_INSTEAD = re.compile(r"(?:вместо|а не|не|instead of|not)\s+$", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z]\s*$")
_GOES_ON = re.compile(r"\s*[\w/]")
_HUNDRED = Decimal(100)
_BOUNDS = frozenset({"от", "до", "from"})  # where a rule of the store's begins or ends
_BEFORE = 0.25  # the question and the sentence before


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure of the draft and what it stands on."""

    text: str
    ref: str
    quote: str
    row: str = ""  # the field of the row, where it is not from a text


@dataclass(frozen=True, slots=True)
class Filled:
    """A draft with its slots filled, and what in it is bound to nothing.

    `over`: discounts beyond what the store allows; `contacts`: links, phones and their like.
    """

    text: str
    unbound: tuple[str, ...]
    bound_refs: tuple[str, ...]
    over: tuple[str, ...] = ()
    bound: tuple[Bound, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.unbound or self.over)


def fill(
    draft: str,
    sources: Sequence[Source],
    *,
    said_by_customer: str = "",
    facts: Sequence[DraftFact] = (),
    used: Collection[str] | None = None,
    discounts: Discounts | None = None,
) -> Filled:
    """Fill the slots and check everything else that can be checked against the sources.

    `used`: refs the draft names; all sources where it names none.
    """
    slots = fill_slots(draft, sources, discounts)
    named = {ref.upper() for ref in used or ()} | set(slots.refs)
    named |= {fact.source_ref for fact in facts if fact.source_ref}
    refs = named & {source.ref for source in sources} or {source.ref for source in sources}
    contract = Contract(facts, sources, figures_in(slots.rest) if facts else ())
    checked = _Checked(sources, refs, said_by_customer, contract, discounts)
    checked.read(slots.rest)
    unbound = [*slots.unbound, *checked.unbound]
    unbound += _stock_denied(slots.text, [s for s in sources if s.ref in refs])
    return Filled(
        slots.text.strip(),
        tuple(dict.fromkeys(unbound)),
        tuple(dict.fromkeys(slots.refs)),
        tuple(dict.fromkeys([*slots.over, *checked.over])),
        tuple(checked.bound),
        tuple(checked.contacts),
    )


class _Checked:
    """One pass over a draft's words; what it finds is in its lists."""

    def __init__(
        self,
        sources: Sequence[Source],
        refs: Collection[str],
        said: str,
        contract: Contract,
        discounts: Discounts | None,
    ) -> None:
        self._sources = [source for source in sources if source.ref in refs]
        self._refs = refs
        self._contract = contract
        self._discounts = discounts
        self._said = said
        self._asked = stems(said)
        self._own = _repeatable(said)
        self._grounds: Grounds = grounds_of([_ground(source) for source in sources])
        self._said_already: list[Mention] = []
        self._prices = [source.price for source in self._sources if source.price]
        self.unbound: list[str] = []
        self.over: list[str] = []
        self.bound: list[Bound] = []
        self.contacts: list[Contact] = []

    def read(self, text: str) -> None:
        known = {c.key for s in self._sources for c in contacts_in(f"{s.title}\n{s.text}")}
        for contact in contacts_in(text):
            self.contacts.append(contact)
            if contact.key not in known:
                self.unbound.append(contact.text)
        before = self._asked
        for sentence in sentences(text):
            self._sentence(sentence, before)
            before = self._asked | stems(sentence)

    def _sentence(self, sentence: str, before: frozenset[str]) -> None:
        cheaper = _DISCOUNT.search(sentence) is not None
        for match in _DISCOUNT_IN_WORDS.finditer(sentence):
            if not any(match[0].casefold() in s.text.casefold() for s in self._sources):
                self.unbound.append(match[0])
        figures = [_counted(one, sentence) for one in _measured(sentence)]
        own = companies(sentence, figures)
        claims = []
        for figure in figures:
            if figure.unit is Unit.CODE:
                if not self._code_stands(figure):
                    self.unbound.append(figure.text.strip())
                continue
            if cheaper:
                self._discount(figure)
            company = own[figure.start].beside(before, _BEFORE)
            claims.append(Claim(figure, company, self._contract.of(figure)))
        found = self._grounds.bound(claims, self._refs, self._said_already)
        self._said_already += [mention for mention in found if mention]
        for claim, mention in zip(claims, found, strict=True):
            shown = claim.figure.text.strip()
            if mention is None or self._is_price(claim.figure):
                if not self._repeats(claim):
                    self.unbound.append(shown)
            else:
                self.bound.append(Bound(shown, mention.ref, mention.sentence[:300], mention.row))

    def _is_price(self, figure: Figure) -> bool:
        """A product's own price is a slot: typed by hand it would not follow the row."""
        return figure.unit is Unit.MONEY and any(value in self._prices for value in figure.values)

    def _repeats(self, claim: Claim) -> bool:
        """The customer's own number, where it says nothing of the store."""
        figure = claim.figure
        if figure.unit not in REPEATABLE or not figure.values:
            return False
        if claim.company.before in _BOUNDS and figure.unit is Unit.NONE:
            return False
        return any(
            set(figure.values) <= set(one.values)
            if figure.unit is one.unit
            else (
                figure.unit is Unit.NONE
                or (one.unit is Unit.NONE and not self._is_name(one))
                or (one.unit, figure.unit) == (Unit.SIZE, Unit.AREA)  # «комната 28 м»
            )
            and set(figure.written or figure.values) <= set(one.written or one.values)
            for one in self._own
            if counts_alike(claim.company.of, what_it_counts(self._said, one, self._own))
        )

    def _is_name(self, own: Figure) -> bool:
        """«Pixel 7» of the customer's is no 7 GB."""
        return _NAME.search(self._said[: own.start]) is not None

    def _code_stands(self, figure: Figure) -> bool:
        """A part's number is that of a source the draft names, or the customer's own."""
        key = figure.code
        if key in {one.code for one in figures_in(self._said) if one.unit is Unit.CODE}:
            return True
        return any(key in self._grounds.codes[source.ref] for source in self._sources)

    def _discount(self, figure: Figure) -> None:
        if self._discounts is None:
            return
        if figure.unit is Unit.PERCENT:
            percents = figure.values
        elif figure.unit is Unit.MONEY and self._prices:
            percents = tuple(value * _HUNDRED / max(self._prices) for value in figure.values)
            if self._sums(figure):
                return
        else:
            return
        if not all(self._discounts.covers(percent) for percent in percents):
            self.over.append(figure.text.strip())

    def _sums(self, figure: Figure) -> bool:
        """A sum that is a condition, not what is taken off: «скидка от 100 000 ₽»."""
        return any(
            re.search(rf"(?:от|свыше|более|дороже|выше)\s+{re.escape(figure.text.strip())}", s.text)
            for s in self._sources
        )


def _ground(source: Source) -> Ground:
    return Ground(source.ref, source.title, source.text, source.sku or "", source.stock)


def _measured(sentence: str) -> list[Figure]:
    """«30 дней вместо 14»: days, both."""
    found: list[Figure] = []
    for figure in figures_in(sentence):
        one, last = figure, found[-1] if found else None
        bare = figure.unit is Unit.NONE and len(figure.values) == 1
        instead = bare and _INSTEAD.search(sentence[: figure.start])
        if instead and last and last.written and last.written[0]:
            scale = last.values[0] / last.written[0]
            one = replace(figure, unit=last.unit, values=(figure.values[0] * scale,))
        found.append(one)
    return found


def _counted(figure: Figure, sentence: str) -> Figure:
    """«Осталось две»: pieces, though nobody says so."""
    if figure.unit is not Unit.NONE or len(figure.values) > 1:
        return figure
    before, after = sentence[: figure.start], sentence[figure.end :]
    if (_LEFT.search(before) and not _GOES_ON.match(after)) or _LEFT_AFTER.match(after):
        return replace(figure, unit=Unit.PIECES)
    return figure


def _repeatable(said: str) -> list[Figure]:
    return [one for one in figures_in(said) if one.unit in REPEATABLE and one.values]


def _stock_denied(text: str, sources: Iterable[Source]) -> list[str]:
    """«В наличии» said of what is sold out."""
    products = [source for source in sources if source.kind == "product"]
    if not products or any(source.stock is None or source.stock > 0 for source in products):
        return []
    match = _AVAILABLE.search(text)
    return [match[0]] if match and not _ABSENT.search(text) else []
