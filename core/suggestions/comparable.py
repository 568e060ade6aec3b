"""Which figures may stand for each other, and which say the same."""

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from core.suggestions.company import Company
from core.suggestions.figures import Figure, Unit
from core.suggestions.mentions import Mention
from core.suggestions.wording import likeness, stems

# Dimensions in which a customer's own number may be repeated: it says nothing of the store.
REPEATABLE = frozenset({Unit.NONE, Unit.YEAR, Unit.CODE, Unit.VOLUME, Unit.POWER, Unit.DATE,
                        Unit.TIME, Unit.DISTANCE, Unit.SIZE, Unit.MEMORY, Unit.WATTS, Unit.PIXELS,
                        Unit.FREQUENCY, Unit.CHARGE, Unit.DEGREES, Unit.AREA, Unit.VOLTS,
                        Unit.AMPERES, Unit.SPEED})  # fmt: skip
# A figure that stands in a source without its unit may have one in the draft, and the reverse.
_EXACT = frozenset({Unit.MONEY, Unit.PERCENT, Unit.PIECES, Unit.DURATION, Unit.DISTANCE,
                    Unit.WEIGHT, Unit.WATTS, Unit.MEMORY, Unit.PIXELS, Unit.FREQUENCY,
                    Unit.CHARGE, Unit.DEGREES})  # fmt: skip
_FIRST = frozenset(("от", "с", "со", "from", "since"))
_LAST = frozenset(("до", "по", "to", "till", "until"))
_OPENS = stems("открываемся открыты начинаем open start")
_CLOSES = stems("закрываемся заканчиваем последний close last")
_FRACTION = re.compile(r"\d[.,]\d")
_MONTH, _MONTHS_ARE = Decimal(43_200), Decimal("0.015")


def comparable(said: Figure, company: Company, mention: Mention) -> bool:
    stands = mention.figure
    if said.crossed and (stands.crossed or stands.unit is Unit.SIZE):
        return True
    if said.rate is not stands.rate:
        return False
    if said.unit is stands.unit:
        if said.unit is Unit.NONE:
            ours, theirs = _names(said, company), _names(stands, mention.company)
            # «iPhone 15» and «4 раза» never are one.
            return not (ours and mention.company.of and not theirs) and not (
                theirs and company.of and not ours
            )
        return said.unit is not Unit.MONEY or said.currency == stands.currency
    if Unit.NONE not in (said.unit, stands.unit):
        return False
    if stands.unit is Unit.PIECES and not mention.row:
        return bool(company.of)  # «10 образцов» of «образцы: 10 штук»
    if said.unit is Unit.PIECES and mention.company.of:
        # And the reverse, where it is said: without a word of it, it is what there is in stock.
        return any(likeness(one, known) for one in company.own for known in mention.company.of)
    # A bare number may leave out the unit of its source, where it could mean nothing else.
    bare, its = (said, company) if said.unit is Unit.NONE else (stands, mention.company)
    if its.of or _names(bare, its):
        return False  # it counts something else, or is part of a name: iPhone 15
    return (stands.unit if said.unit is Unit.NONE else said.unit) not in _EXACT


def _names(bare: Figure, its: Company) -> bool:
    """«iPhone 15»; but not «F310 20 ладов»."""
    return its.named and whole(bare)


def counts_alike(ours: Collection[str], theirs: Collection[str]) -> bool:
    """«3 ящика» are no three shelves; what one of them leaves unsaid keeps nobody apart."""
    if not (ours and theirs) or _latin(ours) is not _latin(theirs):
        return True
    return any(likeness(one, other) for one in ours for other in theirs)


def _latin(words: Collection[str]) -> bool:
    """Words of two languages say nothing of each other."""
    return all(word.isascii() for word in words)


def of_one_kind(one: Mention, other: Mention) -> bool:
    """Figures of one kind: 4.0 and 120 in the name of a car never stand for each other."""
    if one.row != other.row or one.figure.unit is not other.figure.unit:
        return one.figure.crossed and other.figure.unit is Unit.SIZE
    if one.figure.unit is Unit.NONE:
        alike = one.figure.crossed is other.figure.crossed
        return alike and whole(one.figure) == whole(other.figure)
    return True


def whole(figure: Figure) -> bool:
    """Whether it may count something: 4, «четыре», 2–3; but not 4.0."""
    return not _FRACTION.search(figure.text)


def agrees(said: Figure, stands: Figure) -> bool:
    """The draft's range is the source's, its single value one of the source's ends."""
    ours, theirs = said.values, stands.values
    if said.unit is not stands.unit:
        ours, theirs = said.written or ours, stands.written or theirs
        if Unit.TIME in (said.unit, stands.unit):
            return False
    if len(ours) > 1:
        return ours == theirs
    if ours[0] in theirs:
        return True
    return (
        said.unit is Unit.DURATION and _scale(said) != _scale(stands) and _calendar(ours[0], theirs)
    )


def at_its_end(said: Figure, company: Company, stands: Figure) -> bool:
    """«До 19:00» of «8:00–19:00» is its last, «с 8:00» its first."""
    if len(said.values) > 1 or len(stands.values) == 1 or stands.crossed:
        return True
    first, last = stands.values[0], stands.values[-1]
    ends = {first} if company.before in _FIRST else {last} if company.before in _LAST else set()
    if stands.unit is Unit.TIME and not ends:
        ends = {first} if company.own & _OPENS else {last} if company.own & _CLOSES else set()
    return not ends or said.values[0] in ends


def _scale(figure: Figure) -> Decimal:
    """What its unit is in minutes."""
    return (
        figure.values[0] / figure.written[0] if figure.written and figure.written[0] else Decimal(0)
    )


def _calendar(ours: Decimal, theirs: Sequence[Decimal]) -> bool:
    """A year is 365 days as well as twelve months."""
    return any(
        min(ours, one) >= _MONTH and abs(ours - one) <= _MONTHS_ARE * max(ours, one)
        for one in theirs
    )
