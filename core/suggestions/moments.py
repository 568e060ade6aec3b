"""Dates, hours and durations that are written otherwise than as a number before its unit."""

import re
from decimal import Decimal

from core.suggestions.numerals import (
    ADJECTIVE,
    DURATIONS,
    MINUTES,
    SPACE,
    THOUSANDS,
    UNIT,
    UNITS,
    WORD_NUMBER,
    WORDS,
    Figure,
    Unit,
    value_of,
)

# A unit alone is one of them: «за неделю», «гарантия год».
_ONE = re.compile(
    r"(?<!\w)(?:за|на|через|в течение|перв\w+|гаранти\w+(?: на)?|срок\w*|около|до|меньше|больше|дольше|раньше|позже|within(?: an?| one)?|in an?)"
    r"\s+(?P<unit>неделю|недели|недельку|week|месяц|месяца|month|год|года|year|час|часа|hour"
    r"|сутки|суток|дня|день|day|минуту)(?!\w)(?!\s+(?:выпуск|заказ|оплат|рожден))",
    re.IGNORECASE,
)
# «Час-два», «день-другой».
_OR_TWO = re.compile(
    r"(?<!\w)(?P<unit>час|день|денек|неделю|неделька|недельку|месяц|год)-(?:два|две|другой|другую)(?!\w)",
    re.IGNORECASE,
)
_RATE = re.compile(rf"(?:{UNITS[Unit.MONEY]}|\bраз|дважды|трижды)\s*$", re.IGNORECASE)
_PRICED = re.compile(rf"\s+[\d\s]+(?:{UNITS[Unit.MONEY]})", re.IGNORECASE)
_EACH = re.compile(
    r"(?<!\w)(?P<unit>час|сутки|день|неделя|месяц|год)(?=\s+\d)"
    r"|(?:^|[.;:]\s)(?P<first>неделя|сутки|месяц|год|час)(?=\s)",
    re.IGNORECASE,
)
_HALF_A = re.compile(
    r"(?<!\w)(?P<unit>полгода|полугода|полмесяца|полчаса|получаса|полдня)(?!\w)", re.IGNORECASE
)
_HALVED = {"год": "year", "месяц": "month", "час": "hour", "дня": "day"}
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?!\d|:\d)")
_TIMES = re.compile(
    rf"(?<![\d:.,])(?P<fromh>\d{{1,2}})(?::(?P<fromm>[0-5]\d))?{SPACE}?(?:до|-|–|—|to|till)"
    rf"{SPACE}?(?P<tillh>\d{{1,2}})(?::(?P<tillm>[0-5]\d))?(?!\d|:\d|[.,]\d)",
    re.IGNORECASE,
)
_HALF_DAYS = re.compile(
    rf"(?<![\d:.,])(?:(?P<fromh>\d{{1,2}})(?::(?P<fromm>[0-5]\d))?(?:{SPACE}?(?P<fromp>[ap]\.?m\.?))?"
    rf"{SPACE}?(?:to|till|until|-|–|—){SPACE}?)?"
    rf"(?P<tillh>\d{{1,2}})(?::(?P<tillm>[0-5]\d))?{SPACE}?(?P<tillp>[ap]\.?m\.?)(?!\w)",
    re.IGNORECASE,
)
_NOON = 12
_DAY = 24 * 60
_1, _2 = Decimal(1), Decimal(2)
_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр",
           "октябр", "ноябр", "декабр")  # fmt: skip
_DAY_OF_MONTH = re.compile(
    rf"(?<![\d.,])(\d{{1,2}}){SPACE}(?:{'|'.join(f'({m}[а-я]*)' for m in _MONTHS)})(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?:20)?\d{2}(?![\d.])")
# «Часа за три», «минут двадцать»: about so many.
_ABOUT = re.compile(
    rf"(?<![\w-])(?:{'|'.join(f'(?P<{name}>{said})' for name, said in DURATIONS.items())})"
    rf"{SPACE}(?:(?:за|через|на|в|около){SPACE})?"
    rf"(?P<many>(?:{WORDS})(?!\w)|\d+(?=\s*(?:[.,;!?)]|$)))",
    re.IGNORECASE,
)
_COUNT_ENDS = re.compile(
    rf"(?:\d|(?<!\w)(?:{WORD_NUMBER}))(?:{SPACE}(?:{ADJECTIVE}))?{SPACE}?$", re.IGNORECASE
)
_MEASURED = re.compile(rf"{SPACE}?-?(?:{ADJECTIVE}{SPACE})?(?:{THOUSANDS}|{UNIT})", re.IGNORECASE)


def dates(text: str) -> list[Figure]:
    found = []
    for match in _DAY_OF_MONTH.finditer(text):
        month = next(n for n, group in enumerate(match.groups()[1:], 1) if group)
        found.append(figure_at(match, Unit.DATE, Decimal(month * 100 + int(match[1]))))
    written = [
        figure_at(match, Unit.DATE, Decimal(int(match[2]) * 100 + int(match[1])))
        for match in _DATE.finditer(text)
    ]
    return [*found, *written]


def times(text: str) -> list[Figure]:
    found = [
        Figure(match[0], Unit.TIME, ends, match.start(), match.end())
        for match in _HALF_DAYS.finditer(text)
        if (ends := _ends(match)) is not None
    ]
    for match in _TIMES.finditer(text):
        bare = match["tillm"] is None and match["fromm"] is None
        if bare and not re.search(r"(?:^|\W)(?:с|from)\W*$", text[: match.start()], re.IGNORECASE):
            continue
        if bare and _MEASURED.match(text, match.end()):
            continue  # «с 14 до 30 дней»
        if _within(match, found):
            continue
        ends = tuple(
            Decimal(int(match[hour]) * 60 + int(match[minute] or 0))
            for hour, minute in (("fromh", "fromm"), ("tillh", "tillm"))
        )
        if all(end <= _DAY for end in ends):
            found.append(Figure(match[0], Unit.TIME, ends, match.start(), match.end()))
    alone = [
        figure_at(match, Unit.TIME, Decimal(int(match[1]) * 60 + int(match[2])))
        for match in _TIME.finditer(text)
        if not _within(match, found)
    ]
    return [*found, *alone]


def _within(match: re.Match[str], found: list[Figure]) -> bool:
    return any(one.start < match.end() and match.start() < one.end for one in found)


def _ends(match: re.Match[str]) -> tuple[Decimal, ...] | None:
    """9 am, 9–11 am, from 9 am to 6:30 pm."""
    ends = []
    for hour, minute, half in (("fromh", "fromm", "fromp"), ("tillh", "tillm", "tillp")):
        if match[hour] is None:
            continue
        said = match[half] or match["tillp"]
        if int(match[hour]) > _NOON:
            return None
        later = _NOON if said.casefold().startswith("p") else 0
        ends.append(Decimal((int(match[hour]) % _NOON + later) * 60 + int(match[minute] or 0)))
    return tuple(ends)


def ones(text: str) -> list[Figure]:
    found: list[Figure] = []
    each = (m for m in _EACH.finditer(text) if not _COUNT_ENDS.search(text[: m.start()]))
    for match in (*_ONE.finditer(text), *each):
        group = "unit" if match["unit"] else "first"
        name = next(
            n for n, words in DURATIONS.items() if re.fullmatch(words, match[group], re.IGNORECASE)
        )
        start, minutes = match.start(group), MINUTES[name]
        if any(one.start == start for one in found):
            continue
        rate = bool(_RATE.search(text[: match.start()]) or _PRICED.match(text, match.end()))
        found.append(Figure(match[group], Unit.DURATION, (minutes,), start, match.end(), rate=rate))
    for match in _HALF_A.finditer(text):
        half = next(name for end, name in _HALVED.items() if end in match[0].casefold())
        found.append(figure_at(match, Unit.DURATION, MINUTES[half] / 2))
    for match in _OR_TWO.finditer(text):
        said = match["unit"].casefold().replace("денек", "день").replace("ньку", "ню")
        name = next(n for n, words in DURATIONS.items() if re.match(words, said))
        ends = (MINUTES[name], 2 * MINUTES[name])
        found.append(
            Figure(match[0], Unit.DURATION, ends, match.start(), match.end(), written=(_1, _2))
        )
    return found


def about(text: str) -> list[Figure]:
    found = []
    for match in _ABOUT.finditer(text):
        if _COUNT_ENDS.search(text[: match.start()]):
            continue
        name = next(name for name in DURATIONS if match[name])
        many = value_of(match["many"])
        value = many * MINUTES[name]
        found.append(
            Figure(match[0], Unit.DURATION, (value,), match.start(), match.end(), written=(many,))
        )
    return found


def figure_at(match: re.Match[str], unit: Unit, value: Decimal) -> Figure:
    return Figure(match[0], unit, (value,), match.start(), match.end())
