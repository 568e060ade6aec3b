"""The facts a model would declare of a reply: an honest one, and one that errs all through.

A quote is the whole sentence of a source: the least a quote can tell of which figure is meant.
"""

from collections.abc import Iterator
from functools import lru_cache

from core.ports.ai import DraftFact
from core.suggestions.company import Company
from core.suggestions.comparable import agrees, comparable
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.mentions import Ground, Mention, mentions_of
from core.suggestions.wording import stems
from eval.numbers_sets import SLOT, Answer


@lru_cache(maxsize=1024)
def contract(answer: Answer) -> tuple[DraftFact, ...]:
    """Each figure with the sentence that says it and has most words in common with the answer."""
    return tuple(
        fact
        for one in _spoken(answer.reply)
        if (fact := _declared(answer, answer.reply, one)) is not None
    )


def contract_of(answer: Answer, altered: str) -> Iterator[DraftFact]:
    """What a model that believes the altered reply would declare of it.

    A figure that is not the honest one's has the sentence where its value does stand; should there
    be none, the sentence the honest one had.
    """
    honest = {one.text: fact for one in _spoken(answer.reply)
              if (fact := _declared(answer, answer.reply, one)) is not None}  # fmt: skip
    places = list(honest.values())
    for at, one in enumerate(_spoken(altered)):
        told = _declared(answer, altered, one)
        if told is None and at < len(places):
            told = DraftFact("other", one.text, places[at].source_ref, places[at].quote)
        if told is not None:
            yield told


def _declared(answer: Answer, reply: str, figure: Figure) -> DraftFact | None:
    near = stems(f"{answer.question} {_around(reply, figure)}")
    held = [m for m in _mentions(answer) if _holds(m, figure)]
    if not held:
        return None
    best = max(held, key=lambda m: len(near & stems(m.sentence)))
    quote = best.sentence or str(best.figure.values[0])
    return DraftFact("other", figure.text, best.ref, quote)


def _around(reply: str, figure: Figure) -> str:
    return reply[max(0, figure.start - 60) : figure.end + 30]


def _holds(mention: Mention, figure: Figure) -> bool:
    if mention.row:  # «двигателей 2 в наличии»: pieces, though nobody says so
        return figure.unit in (Unit.PIECES, Unit.NONE) and figure.values == mention.figure.values
    return comparable(figure, Company({}), mention) and agrees(figure, mention.figure)


@lru_cache(maxsize=1024)
def _mentions(answer: Answer) -> tuple[Mention, ...]:
    return tuple(
        mention
        for source in answer.given
        if source.ref in answer.used
        for mention in mentions_of(
            Ground(source.ref, source.title, source.text, source.sku or "", source.stock)
        )[0]
    )


def _spoken(reply: str) -> list[Figure]:
    slots = [match.span() for match in SLOT.finditer(reply)]
    return [
        one
        for one in figures_in(reply)
        if one.unit is not Unit.CODE and not any(a <= one.start < b for a, b in slots)
    ]
