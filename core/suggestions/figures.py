"""Numbers as Russian and English write them, read into values with their dimension.

«5 тыс.», «три дня», «полторы тысячи», 45к, 5.000,00, «2–3 недели», 14:00, 2006–2011. Numbers of
parts and models (U250E, 81170-33671) are codes, not quantities.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.kernel.contacts import contacts_in
from core.kernel.look_alikes import LOOK_ALIKES


class Unit(StrEnum):
    """What is counted. Durations are in minutes, times in minutes since midnight."""

    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    PIECES = "pieces"
    DISTANCE = "distance"
    WEIGHT = "weight"
    VOLUME = "volume"
    SIZE = "size"
    POWER = "power"
    TIME = "time"
    DATE = "date"  # month * 100 + day
    YEAR = "year"
    CODE = "code"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Figure:
    """`values`: one, or the two ends of a range; `written`: the same before their unit."""

    text: str
    unit: Unit
    values: tuple[Decimal, ...]
    start: int
    end: int
    code: str = ""  # of a CODE, folded
    currency: str = ""
    written: tuple[Decimal, ...] = ()


_SPACE = "[\u00a0\u202f\u2009 ]"
_NUMBER = (
    rf"(?:\d{{1,3}}(?:{_SPACE}\d{{3}})+(?![\d])(?:[.,]\d{{1,2}}(?!\d))?"
    r"|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d{1,3}(?:,\d{3})+\.\d{1,2}(?!\d)"
    r"|[1-9]\d{0,2}(?:[.,'’]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
)
_ONES = {
    "ноль": 0, "один": 1, "одна": 1, "одно": 1, "одного": 1, "одной": 1, "одну": 1, "одному": 1,
    "два": 2, "две": 2, "двух": 2, "двум": 2, "двумя": 2,
    "три": 3, "трех": 3, "трем": 3, "тремя": 3, "четыре": 4, "четырех": 4, "четырем": 4,
    "пять": 5, "пяти": 5, "пятью": 5, "шесть": 6, "шести": 6, "шестью": 6,
    "семь": 7, "семи": 7, "восемь": 8, "восьми": 8, "девять": 9, "девяти": 9,
    "десять": 10, "десяти": 10, "одиннадцать": 11, "одиннадцати": 11, "двенадцать": 12,
    "двенадцати": 12, "тринадцать": 13, "тринадцати": 13, "четырнадцать": 14,
    "четырнадцати": 14, "пятнадцать": 15, "пятнадцати": 15, "шестнадцать": 16,
    "шестнадцати": 16, "семнадцать": 17, "семнадцати": 17, "восемнадцать": 18,
    "восемнадцати": 18, "девятнадцать": 19, "девятнадцати": 19,
    "двадцать": 20, "двадцати": 20, "тридцать": 30, "тридцати": 30, "сорок": 40, "сорока": 40,
    "пятьдесят": 50, "пятидесяти": 50, "шестьдесят": 60, "шестидесяти": 60,
    "семьдесят": 70, "семидесяти": 70, "восемьдесят": 80, "восьмидесяти": 80,
    "девяносто": 90, "девяноста": 90, "сто": 100, "ста": 100, "двести": 200, "двухсот": 200,
    "триста": 300, "трехсот": 300, "четыреста": 400, "четырехсот": 400, "пятьсот": 500,
    "пятисот": 500, "шестьсот": 600, "шестисот": 600, "семьсот": 700, "семисот": 700,
    "восемьсот": 800, "восьмисот": 800, "девятьсот": 900, "девятисот": 900,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100,
}  # fmt: skip
_HALVES = {"полтора": "1.5", "полторы": "1.5", "полутора": "1.5", "полсотни": "50",
           "пол": "0.5", "пара": "2", "пару": "2", "пары": "2", "дюжина": "12"}  # fmt: skip
_WORD_NUMBER = "|".join(sorted([*_ONES, *_HALVES], key=len, reverse=True))
_WORDS = rf"(?:{_WORD_NUMBER})(?:{_SPACE}(?:{_WORD_NUMBER}))*"
_THOUSANDS = r"(?:к|k|т\.?р\.?|тр|тыс(?:\.|яч[аиу]?)?|thousand|grand)(?![\w])"
_MILLIONS = r"(?:млн\.?|миллион\w*|million)(?!\w)"
_ADJECTIVE = r"(?:рабоч\w+|календарн\w+|банковск\w+|полн\w+|business|working|calendar)"
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10080, "month": 43200, "year": 518400}
_DURATIONS = {
    "minute": r"мин(?:\.|ут\w*)?|minutes?|min",
    "hour": r"час\w*|ч\.?|hours?|hrs?",
    "day": r"день|дня|дней|дню|днем|дням|дни|днями|дн\.?|сутки|суток|дневн\w+|days?",
    "week": r"недел\w*|weeks?",
    "month": r"месяц\w*|мес\.?|months?",
    "year": r"годом|годам|годов\w*|года?|году|лет|летн\w+|years?",
}
_UNITS = {
    Unit.MONEY: r"₽|руб(?:\.|л\w+)?|р\.|р(?!\w)|rub(?:les?)?|\$|usd|доллар\w*|баксов|€|eur|евро"
    r"|₸|kzt|тенге|byn|юан\w+|¥",
    Unit.PERCENT: r"%|процент\w*|percent",
    Unit.PIECES: r"шт\w*\.?|пар[аы]?|комплект\w*|экземпляр\w*|единиц\w*|pcs|pieces?|items?|in stock",
    Unit.DISTANCE: r"км|километр\w*|km",
    Unit.WEIGHT: r"кг|килограмм\w*|тонн\w*|kg",
    Unit.POWER: r"л\.?с\.?|лошад\w+|hp",
    Unit.VOLUME: r"литр\w*|л(?!\w)\.?|см3|куб\w*",
    Unit.SIZE: r"мм|см|метр\w*|дюйм\w*|mm|cm",
}
_UNIT = "|".join(
    [
        *(f"(?P<{unit}>{said})(?!\\w)" for unit, said in _UNITS.items()),
        *(f"(?P<{name}>{said})(?!\\w)" for name, said in _DURATIONS.items()),
    ]
)
_JOIN = rf"{_SPACE}{{0,2}}(?:-|–|—|\.\.|…|до|or|или|to)?{_SPACE}{{0,2}}"
_DASH = rf"{_SPACE}?(?:-|–|—|\.\.\.?|…){_SPACE}?|{_SPACE}(?:до|to|или|or){_SPACE}"
_QUANTITY = re.compile(
    rf"(?<![\w])(?P<sign>[$€])?(?P<low>{_NUMBER}|(?:{_WORDS})(?!\w))"
    rf"(?:{_SPACE}?(?P<lowk>{_THOUSANDS})|{_SPACE}?(?P<lowm>{_MILLIONS}))?"
    rf"(?:(?:{_DASH})(?P<high>{_NUMBER}|(?:{_WORDS})(?!\w)))?"
    rf"(?:-?(?:х|ти|ми|й|я|е|го|му|м|ю|ю-|st|nd|rd|th)(?!\w))?"
    rf"(?:{_SPACE}?(?P<k>{_THOUSANDS})|{_SPACE}?(?P<m>{_MILLIONS}))?"
    rf"(?:{_SPACE}{{0,2}}-?(?:{_ADJECTIVE}{_SPACE})?(?:{_UNIT}))?",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"{_SPACE}?-?(?:{_ADJECTIVE}{_SPACE})?(?:{_THOUSANDS}|{_UNIT})", re.IGNORECASE
)
_BARE_THOUSAND = re.compile(
    rf"(?<!\w)(?P<k>тысяч[аиу])(?!\w)(?:{_SPACE}(?P<money>{_UNITS[Unit.MONEY]}))?", re.IGNORECASE
)
# A unit alone is one of them: «за неделю», «гарантия год».
_ONE = re.compile(
    r"(?<!\w)(?:за|на|через|в течение|гаранти\w+(?: на)?|срок\w*|около|до|within(?: an?| one)?|in an?)"
    r"\s+(?P<unit>неделю|недели|недельку|week|месяц|месяца|month|год|года|year|час|часа|hour"
    r"|сутки|суток|дня|день|day|минуту)(?!\w)(?!\s+(?:выпуск|заказ|оплат))",
    re.IGNORECASE,
)
_HALF_A = re.compile(r"(?<!\w)(?P<unit>полгода|полугода|полмесяца)(?!\w)", re.IGNORECASE)
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-4]):([0-5]\d)(?!\d|:\d)")
_TIMES = re.compile(
    rf"(?<![\d:.,])(?P<fromh>\d{{1,2}})(?::(?P<fromm>[0-5]\d))?{_SPACE}?(?:до|-|–|—|to|till)"
    rf"{_SPACE}?(?P<tillh>\d{{1,2}})(?::(?P<tillm>[0-5]\d))?(?!\d|:\d|[.,]\d)",
    re.IGNORECASE,
)
_DAY = 24 * 60
_MONTHS = ("январ", "феврал", "март", "апрел", "ма[йя]", "июн", "июл", "август", "сентябр",
           "октябр", "ноябр", "декабр")  # fmt: skip
_DAY_OF_MONTH = re.compile(
    rf"(?<![\d.,])(\d{{1,2}}){_SPACE}(?:{'|'.join(f'({m}[а-я]*)' for m in _MONTHS)})(?!\w)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?:20)?\d{2}(?![\d.])")
_CODE = re.compile(r"(?<![\w])[^\W_]+(?:[-/.+][^\W_]+)*(?![\w])")
_MEASURES = re.compile(r"(?<![\w.,])\d+[xхX×*]\d+(?:[.,]\d+)?(?:[xхX×*]\d+)?(?!\w)")
_LONG_NUMBERS = re.compile(r"\d{3,}(?:-\d{2,})+")
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_YEAR = re.compile(r"(?:19[5-9]\d|20[0-4]\d)")
_SHORT_YEARS = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?:[-–—](\d{2}))?(?!\d)")
_SUFFIXED = re.compile(
    rf"\d[\d.,]*(?:-?(?:{_THOUSANDS}|{_MILLIONS}|{'|'.join(_UNITS.values())}"
    rf"|{'|'.join(_DURATIONS.values())}|х|ти|ми|й|я|е|го|му|м|ю|st|nd|rd|th"
    r"|\w*дневн\w+|\w*месячн\w+|\w*летн\w+|\w*часов\w+|\w*ступ\w+|\w*цилиндр\w+|\w*мест\w+)\.?)"
    r"(?:/\w+)?",
    re.IGNORECASE,
)
# Counting what is said next, not what is sold: «есть два варианта», «в двух словах».
_COUNTED = re.compile(
    r"\s*(?:вариант|способ|вопрос|слов|пункт|момент|уточнени|причин|option|question|way)\w*",
    re.IGNORECASE,
)
_THOUSAND, _MILLION = Decimal(1000), Decimal(1_000_000)
_ORDINARY = 2  # codes are longer than this


def folded_code(text: str) -> str:
    """Upper case, one alphabet where letters look alike, letters and digits alone."""
    return "".join(c for c in text.upper() if c.isalnum()).translate(LOOK_ALIKES)


def figures_in(text: str) -> list[Figure]:
    """Every figure of a text in the order they stand; contacts are none of them."""
    text = text.replace("ё", "е").replace("Ё", "Е")
    found: list[Figure] = []
    taken = bytearray(len(text))
    for contact in contacts_in(text):
        _take(taken, contact.start, contact.end)
    for read in (_dates, _times, _codes, _ones, _quantities):
        for figure in read(_left(text, taken)):
            _take(taken, figure.start, figure.end)
            found.append(figure)
    return sorted(found, key=lambda one: one.start)


def _left(text: str, taken: bytearray) -> str:
    """What nobody has read yet; the rest is blanked, so that places stay."""
    return "".join("\x00" if gone else c for c, gone in zip(text, taken, strict=True))


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\x01" * (end - start)


def _dates(text: str) -> list[Figure]:
    found = []
    for match in _DAY_OF_MONTH.finditer(text):
        month = next(n for n, group in enumerate(match.groups()[1:], 1) if group)
        found.append(_figure(match, Unit.DATE, Decimal(month * 100 + int(match[1]))))
    written = [
        _figure(match, Unit.DATE, Decimal(int(match[2]) * 100 + int(match[1])))
        for match in _DATE.finditer(text)
    ]
    return [*found, *written]


def _times(text: str) -> list[Figure]:
    found = []
    for match in _TIMES.finditer(text):
        bare = match["tillm"] is None and match["fromm"] is None
        if bare and not re.search(r"(?:^|\W)(?:с|from)\W*$", text[: match.start()], re.IGNORECASE):
            continue
        if bare and _MEASURED.match(text, match.end()):
            continue  # «с 14 до 30 дней»
        ends = tuple(
            Decimal(int(match[hour]) * 60 + int(match[minute] or 0))
            for hour, minute in (("fromh", "fromm"), ("tillh", "tillm"))
        )
        if all(end <= _DAY for end in ends):
            found.append(Figure(match[0], Unit.TIME, ends, match.start(), match.end()))
    alone = [
        _figure(match, Unit.TIME, Decimal(int(match[1]) * 60 + int(match[2])))
        for match in _TIME.finditer(text)
        if not any(one.start <= match.start() < one.end for one in found)
    ]
    return [*found, *alone]


def _codes(text: str) -> list[Figure]:
    """Words of letters and digits that are no quantity: U250E, V40, 2AZ-FE, 81170-33671."""
    found = []
    for match in _MEASURES.finditer(text):
        code = folded_code(match[0].replace(",", "."))
        found.append(Figure(match[0], Unit.CODE, (), match.start(), match.end(), code=code))
    for match in _CODE.finditer(text):
        word = match[0]
        if any(one.start <= match.start() < one.end for one in found):
            continue
        mixed = _LETTER.search(word) and _DIGIT.search(word)
        if not (mixed or _LONG_NUMBERS.fullmatch(word)) or _SUFFIXED.fullmatch(word):
            continue
        if _years(word) or len(folded_code(word)) < _ORDINARY:
            continue
        found.append(
            Figure(word, Unit.CODE, (), match.start(), match.end(), code=folded_code(word))
        )
    return found


def _years(word: str) -> bool:
    return _SHORT_YEARS.fullmatch(word) is not None


def _ones(text: str) -> list[Figure]:
    found = []
    for match in _ONE.finditer(text):
        said = match["unit"].casefold()
        name = next(n for n, words in _DURATIONS.items() if re.fullmatch(words, said))
        start, minutes = match.start("unit"), Decimal(_MINUTES[name])
        found.append(Figure(match["unit"], Unit.DURATION, (minutes,), start, match.end()))
    for match in _HALF_A.finditer(text):
        days = 15 if "месяц" in match[0].casefold() else 180
        found.append(_figure(match, Unit.DURATION, Decimal(days * _MINUTES["day"])))
    return found


def _quantities(text: str) -> list[Figure]:
    found = [
        Figure(
            match[0],
            Unit.MONEY if match["money"] else Unit.NONE,
            (_THOUSAND,),
            match.start(),
            match.end(),
        )
        for match in _BARE_THOUSAND.finditer(text)
        if not re.search(rf"(?:\d|{_WORD_NUMBER}){_SPACE}?$", text[: match.start()], re.IGNORECASE)
    ]
    for match in _QUANTITY.finditer(text):
        figure = _quantity(match, text)
        if figure is not None:
            found.append(figure)
    return found


def _quantity(match: re.Match[str], text: str) -> Figure | None:
    low, high = _value(match["low"]), _value(match["high"]) if match["high"] else None
    spoken = not match["low"][0].isdigit()
    unit, scale = _unit(match)
    thousands = match["k"] or match["lowk"]
    by = _THOUSAND if thousands else _MILLION if match["m"] or match["lowm"] else Decimal(1)
    if high is not None and (match["lowk"] or match["lowm"]) and not (match["k"] or match["m"]):
        low = low * by
    else:
        low, high = low * by, None if high is None else high * by
    if unit in (Unit.NONE, Unit.DURATION) and _is_year(match["low"], match["high"], match):
        return _year(match)
    if spoken and unit is Unit.NONE and not thousands:
        # «один из них», «пара слов»: a word is a figure when it measures, or counts from two up.
        if low < _ORDINARY or match["low"].casefold() in _HALVES:
            return None
        if _COUNTED.match(text, match.end()):
            return None
    if unit is Unit.NONE and thousands and re.search(r"р", thousands, re.IGNORECASE):
        unit = Unit.MONEY
    if _COUNTED.match(text, match.end()) and unit is Unit.NONE and low < 10:  # noqa: PLR2004
        return None
    values = (low * scale,) if high is None else (low * scale, high * scale)
    shown = match[0].rstrip("\u00a0\u202f\u2009 -")
    return Figure(
        shown, unit, values, match.start(), match.start() + len(shown),
        currency=_currency(match) if unit is Unit.MONEY else "",
        written=(low,) if high is None else (low, high),
    )  # fmt: skip


def _unit(match: re.Match[str]) -> tuple[Unit, Decimal]:
    if match["sign"]:
        return Unit.MONEY, Decimal(1)
    for unit in _UNITS:
        if match[unit]:
            return unit, Decimal(1)
    for name, minutes in _MINUTES.items():
        if match[name]:
            return Unit.DURATION, Decimal(minutes)
    return Unit.NONE, Decimal(1)


def _currency(match: re.Match[str]) -> str:
    said = (match["sign"] or match["money"] or "").casefold()
    if said.startswith(("$", "usd", "долл", "бакс")):
        return "USD"
    if said.startswith(("€", "eur", "евро")):
        return "EUR"
    if said.startswith(("₸", "kzt", "тенге")):
        return "KZT"
    if said.startswith(("¥", "юан")):
        return "CNY"
    return "BYN" if said.startswith("byn") else "RUB"


def _is_year(low: str, high: str | None, match: re.Match[str]) -> bool:
    if match["k"] or match["lowk"] or match["m"] or match["lowm"]:
        return False
    return bool(_YEAR.fullmatch(low)) and (
        high is None or bool(_YEAR.fullmatch(high)) or bool(re.fullmatch(r"\d{2}", high))
    )


def _year(match: re.Match[str]) -> Figure:
    low, high = match["low"], match["high"]
    values = [Decimal(low)]
    if high:
        values.append(Decimal(high if _YEAR.fullmatch(high) else low[:2] + high))
    return Figure(match[0].strip(), Unit.YEAR, tuple(values), match.start(), match.end())


def _value(said: str) -> Decimal:
    """5 000, 5.000,00, 1,5, «двадцать пять», «полторы»."""
    if said[0].isdigit():
        return _digits(said)
    words = re.split(_SPACE, said.casefold())
    total = Decimal(0)
    for word in words:
        half = _HALVES.get(word)
        total += Decimal(half) if half is not None else Decimal(_ONES[word])
    return total


def _digits(said: str) -> Decimal:
    said = re.sub(rf"{_SPACE}|['’]", "", said)
    last = max(said.rfind("."), said.rfind(","))
    if last < 0:
        return Decimal(said)
    whole, rest = re.sub(r"[.,]", "", said[:last]), said[last + 1 :]
    one_mark = sum(c in ".," for c in said) == 1
    grouped = len(rest) == 3 and not said.startswith("0")  # noqa: PLR2004
    if grouped and (one_mark or said[last] in said[:last]):
        return Decimal(whole + rest)
    return Decimal(f"{whole}.{rest}").normalize()


def _figure(match: re.Match[str], unit: Unit, value: Decimal) -> Figure:
    return Figure(match[0], unit, (value,), match.start(), match.end())
