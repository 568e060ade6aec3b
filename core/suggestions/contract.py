"""What a draft itself says of its figures: each declared with a quote of the source it is from.

Evidence, not proof: a quote that stands in its source and holds the value speaks for that mention;
a figure that nothing declares must be plain by its words; one declared with a quote that is none,
or written otherwise than declared, speaks against itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from core.ports.ai import DraftFact
from core.suggestions.comparable import agrees
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.mentions import Mention, plain
from core.suggestions.sources import Source


class Word(Enum):
    """What the contract says of a figure."""

    NONE = auto()  # the draft has no contract
    QUOTED = auto()
    FALSE = auto()  # its quote stands nowhere, or holds another value
    MISSING = auto()
    SLIPPED = auto()  # missing, while another of its kind is declared that the draft does not say


@dataclass(frozen=True, slots=True)
class Declared:
    """`quotes`: (ref, words of that source), plain."""

    word: Word
    quotes: tuple[tuple[str, str], ...] = ()

    def speaks_for(self, mention: Mention) -> bool:
        if mention.row:
            held = str(mention.figure.values[0])
            return any(ref == mention.ref and held in quote.split() for ref, quote in self.quotes)
        figure, sentence = plain(mention.figure.text), plain(mention.sentence)
        return any(
            ref == mention.ref and figure in quote and (quote in sentence or sentence in quote)
            for ref, quote in self.quotes
        )


NONE_DECLARED = Declared(Word.NONE)


@dataclass(frozen=True, slots=True)
class _Fact:
    figures: tuple[Figure, ...]
    quote: tuple[str, str] | None  # only where it stands in its source and holds the value
    of_row: bool


class Contract:
    """The facts of a draft against its sources and its own figures."""

    def __init__(
        self, facts: Sequence[DraftFact], sources: Sequence[Source], said: Sequence[Figure]
    ) -> None:
        by_ref = {source.ref: source for source in sources}
        self._facts = [
            _read(fact, by_ref.get(fact.source_ref or "")) for fact in facts if fact.quote
        ]
        self._said = said
        self._unsaid = {
            one.unit
            for fact in self._facts
            if fact.quote and not fact.of_row
            for one in fact.figures
            if not any(_same(one, figure) for figure in said)
        }

    def of(self, figure: Figure) -> Declared:
        if not self._facts:
            return NONE_DECLARED
        facts = [fact for fact in self._facts if any(_same(one, figure) for one in fact.figures)]
        slipped = figure.unit in self._unsaid
        if not facts:
            return Declared(Word.SLIPPED if slipped else Word.MISSING)
        if slipped and sum(_same(figure, one) for one in self._said) > len(facts):
            return Declared(Word.SLIPPED)  # said twice, declared once, and another not said at all
        quotes = tuple(fact.quote for fact in facts if fact.quote)
        return Declared(Word.QUOTED, quotes) if quotes else Declared(Word.FALSE)


def _read(fact: DraftFact, source: Source | None) -> _Fact:
    figures = tuple(figures_in(f"{fact.value} {fact.unit or ''}"))
    quote = plain(fact.quote or "")
    if source is None:
        return _Fact(figures, None, of_row=False)
    of_row = any(
        value is not None and value in one.values
        for one in figures
        for value in (source.price, source.stock)
    )
    stands = quote in plain(f"{source.title}\n{source.text}") or (of_row and _is_number(quote))
    holds = any(_same(one, held) for one in figures for held in figures_in(fact.quote or ""))
    return _Fact(figures, (source.ref, quote) if stands and holds else None, of_row)


def _is_number(quote: str) -> bool:
    return quote.replace(" ", "").replace(".", "").replace(",", "").isdigit()


def _same(one: Figure, other: Figure) -> bool:
    if not (one.values and other.values):
        return False
    if one.unit is not other.unit and Unit.NONE not in (one.unit, other.unit):
        return False
    one, other = _unsigned(one), _unsigned(other)
    return agrees(one, other) or agrees(other, one)


def _unsigned(figure: Figure) -> Figure:
    """A model leaves out the minus of «−25 °C» as easily as not."""
    if figure.unit is not Unit.DEGREES:
        return figure
    return replace(figure, values=tuple(map(abs, figure.values)))
