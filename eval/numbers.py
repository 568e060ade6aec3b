"""Honest answers over the demo store, and the same with one number altered.

An altered number must be marked, an honest answer must not. Ways of altering: the value (one
more, one less, twice, half, a digit, two digits changed about), and the worst one: another value
of the same dimension from the very sources of the answer.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from core.ports.ai import DraftFact
from core.suggestions.facts import Filled, Source, fill
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.slots import Discounts
from eval.demo_sources import sources
from eval.table import Line

_SET = Path(__file__).parent / "sets" / "numbers.txt"
_DISTRACTORS = 5
_SEED = 7
DISCOUNTS = Discounts(allowed=True, most=Decimal(5))


@dataclass(frozen=True)
class Answer:
    """One honest answer; `given` are all sources of the prompt, `used` the refs it stands on."""

    question: str
    reply: str
    given: tuple[Source, ...]
    used: tuple[str, ...]


def answers() -> list[Answer]:
    known, dice = sources(), random.Random(_SEED)  # noqa: S311 - a set, not a secret
    made = []
    for block in re.split(r"^\? ", _SET.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        question, reply, names = re.split(r"\n[>@] ", block.strip())
        mine = [one for name in names.split() for one in known[name]]
        others = [one for name, some in known.items() if name not in names.split() for one in some]
        given = _named([*mine, *dice.sample(others, _DISTRACTORS)])
        refs = {source.sku: source.ref for source in given if source.sku}
        reply = re.sub(
            r"\{\{price:([^}]+)\}\}", lambda m, r=refs: f"{{{{price:{r[m[1]]}}}}}", reply
        )
        made.append(Answer(question, reply, given, tuple(s.ref for s in given[: len(mine)])))
    return made


def altered(answer: Answer) -> Iterator[tuple[str, str]]:
    """(how, the reply with one number that is not the source's any more)."""
    for figure in figures_in(answer.reply):
        if _in_slot(answer.reply, figure):
            continue
        seen: set[str] = set()
        for how, text in (*_changed(figure), *_swapped(figure, answer)):
            reply = f"{answer.reply[: figure.start]}{text}{answer.reply[figure.end :]}"
            if text != figure.text and text not in seen and _says_otherwise(figure, reply):
                seen.add(text)
                yield how, reply


def judged(answer: Answer, reply: str, *, contract: bool) -> Filled:
    return fill(
        reply,
        answer.given,
        said_by_customer=answer.question,
        facts=_contract(answer) if contract else (),
        used=answer.used,
        discounts=DISCOUNTS,
    )


async def lines() -> list[Line]:
    """The table's lines for this set."""
    return [line for contract in (True, False) for line in _lines(contract=contract)]


def _lines(*, contract: bool) -> Iterator[Line]:
    name = "numbers, with the facts contract" if contract else "numbers, without a contract"
    all_, caught = {"": 0}, {"": 0}
    honest = [
        answer for answer in answers() if judged(answer, answer.reply, contract=contract).clean
    ]
    for answer in answers():
        for how, reply in altered(answer):
            hit = not judged(answer, reply, contract=contract).clean
            for key in ("", how):
                all_[key] = all_.get(key, 0) + 1
                caught[key] = caught.get(key, 0) + hit
    total = len(answers())
    yield Line(name, "honest answers flagged", 1 - len(honest) / total, "<= 0.01", total)
    yield Line(name, "altered numbers caught", caught[""] / all_[""], ">= 0.99", all_[""])
    for how in sorted(key for key in all_ if key):
        yield Line(name, f"caught: {how}", caught[how] / all_[how], "", all_[how])


def _contract(answer: Answer) -> list[DraftFact]:
    """What an honest model would declare: each figure with the sentence it is from."""
    return [
        DraftFact("other", bound.text, bound.ref, bound.quote or None)
        for bound in judged(answer, answer.reply, contract=False).bound
    ]


def _named(given: list[Source]) -> tuple[Source, ...]:
    return tuple(
        replace(source, ref=f"{source.kind[0].upper()}{n}") for n, source in enumerate(given, 1)
    )


def _in_slot(reply: str, figure: Figure) -> bool:
    return any(m.start() <= figure.start < m.end() for m in re.finditer(r"\{\{.*?\}\}", reply))


def _changed(figure: Figure) -> Iterator[tuple[str, str]]:
    digits = list(re.finditer(r"\d+(?:[\u00a0\u202f ]\d{3})*", figure.text))
    if not digits:
        words = {
            "две": "три",
            "два": "четыре",
            "три": "пять",
            "трёх": "шести",
            "трех": "шести",
            "двух": "пяти",
            "пять": "семь",
            "неделю": "месяц",
            "полторы": "две",
            "один": "три",
        }
        for word, other in words.items():
            if re.search(rf"\b{word}\b", figure.text):
                yield "in words", re.sub(rf"\b{word}\b", other, figure.text, count=1)
        return
    for match in digits:
        value = int(re.sub(r"\D", "", match[0]))
        step = 10 ** max(0, len(str(value)) - 2)
        others = {
            "more": value + step,
            "less": value - step,
            "twice": value * 2,
            "half": value // 2,
            "digit lost": value // 10,
            "digit added": value * 10,
        }
        text = str(value)
        if len(set(text[:2])) > 1:
            others["digits changed about"] = int(text[1] + text[0] + text[2:])
        for how, other in others.items():
            if other > 0 and other != value:
                shown = f"{other:,}".replace(",", " ") if " " in match[0] else str(other)
                if text.startswith("0"):
                    shown = shown.zfill(len(text))
                yield how, f"{figure.text[: match.start()]}{shown}{figure.text[match.end() :]}"


def _swapped(figure: Figure, answer: Answer) -> list[tuple[str, str]]:
    """True of something else in the same sources."""
    mine = [s for s in answer.given if s.ref in answer.used]
    others = {
        one.text
        for source in mine
        for one in figures_in(source.text)
        if one.unit is figure.unit
        and not set(one.values) & set(figure.values)
        and one.unit not in (Unit.CODE, Unit.NONE)
    }
    return [("swapped for another of the sources", text) for text in sorted(others)][:4]


def _says_otherwise(figure: Figure, reply: str) -> bool:
    """Whether the altered figure is another one indeed."""
    for one in figures_in(reply):
        if one.start <= figure.start < one.end or one.start == figure.start:
            return (one.values, one.code) != (figure.values, figure.code)
    return True
