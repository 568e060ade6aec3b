"""Honest answers, and the same with one number altered.

An altered number must be marked, an honest answer must not. Ways of altering: the value (one
more, one less, twice, half, a digit, two digits changed about), and the worst ones: another value
of the same dimension from the very sources of the answer, two of the answer's own exchanged, and
what was written by hand.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from core.ports.ai import DraftFact
from core.suggestions.facts import Filled, fill
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.slots import Discounts
from eval.numbers_sets import Answer, answers, names
from eval.table import Line

DISCOUNTS = Discounts(allowed=True, most=Decimal(5))  # of the demo store
_NEARLY = Decimal("1.02")
_MORE = Discounts(allowed=True, most=Decimal(50))


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
    for reply in (*_exchanged(answer), *answer.wrong):
        yield "by hand" if reply in answer.wrong else "two exchanged", reply


def judged(answer: Answer, reply: str, *, contract: bool) -> Filled:
    return fill(
        reply,
        answer.given,
        said_by_customer=answer.question,
        facts=_contract(answer) if contract else (),
        used=answer.used,
        discounts=_MORE if answer.wrong else DISCOUNTS,
    )


async def lines() -> list[Line]:
    """The table's lines for these sets."""
    return [line for name in names() for contract in (True, False)
            for line in _lines(name, contract=contract)]  # fmt: skip


def _lines(set_: str, *, contract: bool) -> Iterator[Line]:
    name = f"{set_}, {'with the facts contract' if contract else 'without a contract'}"
    all_, caught = {"": 0}, {"": 0}
    honest = [
        answer for answer in answers(set_) if judged(answer, answer.reply, contract=contract).clean
    ]
    for answer in answers(set_):
        for how, reply in altered(answer):
            hit = not judged(answer, reply, contract=contract).clean
            for key in ("", how):
                all_[key] = all_.get(key, 0) + 1
                caught[key] = caught.get(key, 0) + hit
    total = len(answers(set_))
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


def _exchanged(answer: Answer) -> Iterator[str]:
    """Two of the answer's own figures, of one dimension, in each other's place."""
    reply = answer.reply
    own = [
        one for one in figures_in(reply) if not _in_slot(reply, one) and one.unit is not Unit.CODE
    ]
    for at, one in enumerate(own):
        for other in own[at + 1 :]:
            if one.unit is other.unit and _differ(one, other):
                between = reply[one.end : other.start]
                yield (f"{reply[: one.start]}{other.text}{between}{one.text}{reply[other.end :]}")


def _differ(one: Figure, other: Figure) -> bool:
    """Whether they would be false in each other's place: not «год» and «365 дней», nor 4 and 2.0."""
    if one.unit is Unit.NONE and one.text.isdigit() != other.text.isdigit():
        return False
    low, high = sorted((one.values[0], other.values[0]))
    return not set(one.values) & set(other.values) and high > low * _NEARLY


def _says_otherwise(figure: Figure, reply: str) -> bool:
    """Whether the altered figure is another one indeed."""
    for one in figures_in(reply):
        if one.start <= figure.start < one.end or one.start == figure.start:
            return (one.values, one.code) != (figure.values, figure.code)
    return True
