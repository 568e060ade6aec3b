"""Honest answers to questions, what they stand on, and, by hand, what would be false of them."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

from core.catalog.checking import ProductFields
from core.knowledge.chunking import document_pieces
from core.suggestions.sources import Source
from eval.demo_sources import document_source, product_source, sources

_SETS = Path(__file__).parent / "sets"
DEMO = "numbers"  # the set over the demo store
_DISTRACTORS = 5
_SEED = 7
SLOT = re.compile(r"\{\{.*?\}\}")
_PRICE = re.compile(r"\{\{price:([^}]+)\}\}")


@dataclass(frozen=True)
class Answer:
    """One honest answer; `given` are all sources of the prompt, `used` the refs it stands on."""

    question: str
    reply: str
    given: tuple[Source, ...]
    used: tuple[str, ...]
    demo: bool  # of the demo store, whose rules are known
    wrong: tuple[str, ...] = ()  # the same with a figure that is not true
    true: tuple[str, ...] = ()  # with a figure altered and still true: the source says it of both


def names() -> list[str]:
    """Of the sets; the first stands on the demo store, the others bring sources of their own."""
    return sorted(
        (file.stem for file in _SETS.glob("numbers*.txt")), key=lambda name: (len(name), name)
    )


@cache
def answers(name: str) -> list[Answer]:
    text = (_SETS / f"{name}.txt").read_text(encoding="utf-8")
    given, _, asked = text.partition("\n? ")
    own = _own(given)
    known = own or sources()
    dice = random.Random(_SEED)  # noqa: S311 - a set, not a secret
    blocks = re.split(r"^\? ", asked, flags=re.MULTILINE)
    return [_answer(block, known, dice, demo=not own) for block in blocks]


def _answer(
    block: str, known: Mapping[str, Sequence[Source]], dice: random.Random, *, demo: bool
) -> Answer:
    question, *rest = block.strip().split("\n")
    lines: dict[str, list[str]] = {}
    for line in rest:
        mark, said = line.split(" ", 1)
        lines.setdefault(mark, []).append(said)
    meant = lines["@"][0].split()
    mine = [one for name in meant for one in known[name]]
    others = [one for name, some in known.items() if name not in meant for one in some]
    given = _named([*mine, *dice.sample(others, _DISTRACTORS)])
    refs = {source.sku: source.ref for source in given if source.sku}

    def slotted(reply: str) -> str:
        return _PRICE.sub(lambda slot: f"{{{{price:{refs[slot[1]]}}}}}", reply)

    return Answer(
        question,
        slotted(lines[">"][0]),
        given,
        tuple(source.ref for source in given[: len(mine)]),
        demo,
        tuple(map(slotted, lines.get("!", ()))),
        tuple(map(slotted, lines.get("=", ()))),
    )


def _own(text: str) -> dict[str, list[Source]]:
    """Sources written in the set itself: `% name` a document, `$ SKU | stock | price` a product."""
    found: dict[str, list[Source]] = {}
    for mark, head, title, body in _blocks(text):
        if mark == "%":
            found[head] = [
                document_source(f"{head}{n}", piece.title, piece.body)
                for n, piece in enumerate(document_pieces(title, body))
            ]
            continue
        sku, stock, price = (part.strip() for part in head.split("|"))
        fields = ProductFields(title, sku, body, price=Decimal(price), stock=int(stock))
        found[sku] = [product_source(fields)]
    return found


def _blocks(text: str) -> Iterator[tuple[str, str, str, str]]:
    for block in re.split(r"^(?=[%$] )", text, flags=re.MULTILINE)[1:]:
        head, title, body = block.split("\n", 2)
        yield head[0], head[2:], title, body.strip()


def _named(given: list[Source]) -> tuple[Source, ...]:
    return tuple(
        replace(source, ref=f"{source.kind[0].upper()}{n}") for n, source in enumerate(given, 1)
    )
