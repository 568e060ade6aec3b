"""Units that stand by one figure of several, and figures in two units: read once all are known."""

import re
from dataclasses import replace
from decimal import Decimal

from core.suggestions.numerals import SPACE, Figure, Unit

_AND = re.compile(r"\s+(?:и|или|and|or)\s+")
_COMMA_OR_AND = re.compile(rf"{_AND.pattern}|,\s+")
_LEADS = frozenset({"от", "до", "на", "за", "с", "в", "по", "from", "for", "over", "up"})
_ENDS = re.compile(r"\s*(?:[,.;)]|[—–-]\s|$)")
_ELIDED = frozenset({Unit.PIECES, Unit.DURATION, Unit.MONEY, Unit.WEIGHT, Unit.SIZE,
                     Unit.DISTANCE, Unit.VOLUME})  # fmt: skip
_LISTED = frozenset({Unit.SIZE, Unit.WEIGHT, Unit.MEMORY, Unit.VOLUME, Unit.WATTS, Unit.PERCENT})


def completed(found: list[Figure], text: str) -> list[Figure]:
    """The figures of a text, in their order, with what is left out by each filled in."""
    return _enumerated(_elided(_compound(found, text), text), text)


def _compound(found: list[Figure], text: str) -> list[Figure]:
    """«1 час 20 минут» is one."""
    made: list[Figure] = []
    for one in found:
        last = made[-1] if made else None
        if (
            last
            and _goes_on(last, one)
            and re.fullmatch(rf"{SPACE}(?:и{SPACE})?", text[last.end : one.start])
        ):
            both = (last.values[0] + one.values[0],)
            made[-1] = replace(last, text=text[last.start : one.end], values=both, end=one.end)
        else:
            made.append(one)
    return made


def _goes_on(one: Figure, other: Figure) -> bool:
    if not one.unit is other.unit is Unit.DURATION:
        return False
    if not len(one.values) == len(other.values) == len(one.written) == len(other.written) == 1:
        return False
    return (
        bool(other.written[0])
        and one.values[0] / max(one.written[0], Decimal(1)) > (other.values[0] / other.written[0])
        and one.values[0] > other.values[0]
    )


def _elided(found: list[Figure], text: str) -> list[Figure]:
    """«От 100 штук 12 ₽, от 500 — 9 ₽», «на раму 5 лет, на вилку 2»: the unit is said once."""
    for at, one in enumerate(found):
        if one.unit is not Unit.NONE or one.crossed or not _ENDS.match(text, one.end):
            continue
        if len(one.values) > 1:
            # «До 20 минут, обычно хватает 5–7».
            times = [
                o for o in found[:at] if o.unit is Unit.DURATION and o.written and o.written[0]
            ]
            if times:
                scale = times[-1].values[0] / times[-1].written[0]
                values = tuple(value * scale for value in one.values)
                found[at] = replace(one, unit=Unit.DURATION, values=values)
            continue
        leads = _leads(text, one.start, found[at - 1].end if at else 0)
        for other in reversed(found[:at]):
            if (
                len(one.values) == 1
                and other.unit in _ELIDED
                and len(other.written) == 1
                and other.written[0]
            ):
                begun = max((f.end for f in found if f.end <= other.start), default=0)
                if leads & _leads(text, other.start, begun):
                    scale = other.values[0] / other.written[0]
                    found[at] = replace(one, unit=other.unit, values=(one.values[0] * scale,))
                    break
    return found


def _leads(text: str, start: int, begun: int) -> frozenset[str]:
    """The prepositions that begin and end the words before a figure: «при покупке от»."""
    words = re.split(r"[,;:(.]|\s[—–-]\s|\sи\s", text[begun:start])[-1].casefold().split()
    return _LEADS.intersection((*words[:1], *words[-1:]))


def _enumerated(found: list[Figure], text: str) -> list[Figure]:
    """«140, 160 и 180 см»: all of them are."""
    for at in reversed(range(len(found) - 1)):
        one, last = found[at], found[at + 1]
        joint = _COMMA_OR_AND if last.listed else _AND
        listed = joint.fullmatch(text, one.end, last.start) and one.unit is Unit.NONE
        if listed and last.unit in _LISTED and last.written and last.written[0]:
            scale = last.values[0] / last.written[0]
            values = tuple(value * scale for value in one.values)
            found[at] = replace(one, unit=last.unit, values=values, listed=True)
    return found
