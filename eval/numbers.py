"""Honest answers, and the same with one number altered.

An altered number must be marked, an honest number must not: the bars stand at numbers, as the
figure «altered numbers caught / honest ones flagged» says; drafts with a mark on an honest number
are printed too, with a bar for the demo store's only. Ways of altering: the value (one more, one
less, twice, half, a digit, two digits changed about), and the worst ones: another value of the same
dimension from the very sources of the answer, two of the answer's own exchanged, and what was
written by hand. Each is judged three times: no facts declared; the honest draft's facts beside the
altered text, where the model slipped while it wrote; facts altered with the text, where it erred.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.ports.ai import DraftFact
from core.suggestions.facts import Filled, fill
from core.suggestions.figures import Figure, Unit, figures_in
from core.suggestions.slots import Discounts
from eval.numbers_contract import contract, contract_of
from eval.numbers_sets import DEMO, SLOT, Answer, answers, names
from eval.table import Line

DISCOUNTS = Discounts(allowed=True, most=Decimal(5))  # of the demo store
WITHOUT = "without a contract"
HONEST = "the text altered, its contract honest"
ALTERED = "the contract altered with the text"
MODES = (WITHOUT, HONEST, ALTERED)
_NEARLY = Decimal("1.02")
_MORE = Discounts(allowed=True, most=Decimal(50))  # of the others: nothing here is over it


def altered(answer: Answer) -> Iterator[tuple[str, str]]:
    """(how, the reply with one number that is not the source's any more)."""
    for figure in spoken(answer.reply):
        seen: set[str] = set()
        for how, text in (*_changed(figure), *_swapped(figure, answer)):
            reply = f"{answer.reply[: figure.start]}{text}{answer.reply[figure.end :]}"
            if text == figure.text or text in seen or reply in answer.true:
                continue
            if _says_otherwise(figure, reply):
                seen.add(text)
                yield how, reply
    for reply in (*_exchanged(answer), *answer.wrong):
        if reply not in answer.true:
            yield "by hand" if reply in answer.wrong else "two exchanged", reply


def judged(answer: Answer, reply: str, facts: Sequence[DraftFact] = ()) -> Filled:
    return fill(
        reply,
        answer.given,
        said_by_customer=answer.question,
        facts=facts,
        used=answer.used,
        discounts=DISCOUNTS if answer.demo else _MORE,
    )


async def lines() -> list[Line]:
    """The table's lines for these sets."""
    return [line for name in names() for mode in MODES for line in _lines(name, mode)]


def _lines(set_: str, mode: str) -> Iterator[Line]:
    name = f"{set_}, {mode}"
    all_, caught = Counter[str](), Counter[str]()
    drafts = numbers = undeclared = 0
    flags = Counter[str]()
    for answer in answers(set_):
        facts = () if mode == WITHOUT else tuple(contract(answer))
        amiss = flagged(judged(answer, answer.reply, facts))
        drafts += 1
        numbers += len(spoken(answer.reply))
        flags.update(drafts=bool(amiss), numbers=len(amiss))
        for at in range(len(facts)):
            undeclared += 1
            less = judged(answer, answer.reply, (*facts[:at], *facts[at + 1 :]))
            flags.update(undeclared=bool(flagged(less) - amiss))
        for how, reply in altered(answer):
            told = tuple(contract_of(answer, reply)) if mode == ALTERED else facts
            # What is marked in the honest draft as well has not found the altered number.
            all_.update(("", how))
            if flagged(judged(answer, reply, told)) - amiss:
                caught.update(("", how))
    bar = "<= 0.01"
    yield Line(name, "honest numbers flagged", flags["numbers"] / numbers, bar, numbers)
    yield Line(name, "honest drafts with a flag", flags["drafts"] / drafts,
               bar if set_ == DEMO else "", drafts)  # fmt: skip
    if undeclared and mode == HONEST:
        yield Line(name, "honest, one number not declared",
                   flags["undeclared"] / undeclared, "", undeclared)  # fmt: skip
    yield Line(name, "altered numbers caught", caught[""] / all_[""], ">= 0.99", all_[""])
    for how in sorted(key for key in all_ if key):
        yield Line(name, f"caught: {how}", caught[how] / all_[how], "", all_[how])


def flagged(filled: Filled) -> frozenset[str]:
    return frozenset((*filled.unbound, *filled.over))


def spoken(reply: str) -> list[Figure]:
    """The figures of a reply that are no slots."""
    return [one for one in figures_in(reply) if not _in_slot(reply, one)]


def _in_slot(reply: str, figure: Figure) -> bool:
    return any(m.start() <= figure.start < m.end() for m in SLOT.finditer(reply))


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
        and one.rate is figure.rate  # «за минуту» is no duration
        # «На 2008 год подойдёт» and «на 2006–2011 подойдёт» are true both.
        and not (one.unit is Unit.YEAR and one.values[0] <= figure.values[0] <= one.values[-1])
    }
    return [("swapped for another of the sources", text) for text in sorted(others)][:4]


def _exchanged(answer: Answer) -> Iterator[str]:
    """Two of the answer's own figures, of one dimension, in each other's place."""
    reply = answer.reply
    own = [one for one in spoken(reply) if one.unit is not Unit.CODE]
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
