"""Numbers as Russian and English write them, read into values with their dimension.

«5 тыс.», «три дня», «полторы тысячи», 45к, 5.000,00, «2–3 недели», 14:00, 2006–2011. Numbers of
parts and models (U250E, 81170-33671) are codes, not quantities.
"""

import re
from decimal import Decimal

from core.kernel.contacts import contacts_in
from core.kernel.look_alikes import LOOK_ALIKES
from core.suggestions.moments import about, dates, ones, times
from core.suggestions.numerals import (
    ADJECTIVE,
    DURATIONS,
    HALVES,
    MILLIONS,
    MINUTES,
    NUMBER,
    SCALES,
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
from core.suggestions.said_once import completed

__all__ = ["Figure", "Unit", "figures_in", "folded_code"]


_DASH = rf"{SPACE}?(?:-|–|—|\.\.\.?|…){SPACE}?|{SPACE}(?:до|to|или|or){SPACE}"
_QUANTITY = re.compile(
    rf"(?<![\w])(?P<sign>[$€£₾₴֏₺])?(?P<low>{NUMBER}|(?:{WORDS})(?!\w))"
    rf"(?:{SPACE}?(?P<lowk>{THOUSANDS})|{SPACE}?(?P<lowm>{MILLIONS}))?"
    rf"(?:(?:{_DASH})(?P<high>{NUMBER}|(?:{WORDS})(?!\w)))?"
    rf"(?:-?(?:х|ти|ми|й|я|е|го|му|м|ю|ю-|st|nd|rd|th)(?!\w))?"
    rf"(?:{SPACE}?(?P<k>{THOUSANDS})|{SPACE}?(?P<m>{MILLIONS}))?"
    rf"(?:{SPACE}{{0,2}}-?(?:{ADJECTIVE}{SPACE})?(?:{UNIT}))?",
    re.IGNORECASE,
)
_BARE_THOUSAND = re.compile(
    rf"(?<!\w)(?P<k>тысяч[аиу])(?!\w)(?:{SPACE}(?P<money>{UNITS[Unit.MONEY]}))?", re.IGNORECASE
)
_CODE = re.compile(r"(?<![\w])[^\W_]+(?:[-/.+][^\W_]+)*(?![\w])")
_CROSS = rf"{SPACE}?[xхX×*]{SPACE}?"
_ONE_SIDE = r"\d+(?:[.,]\d+)?"
_MEASURES = re.compile(
    rf"(?<![\w.,]){_ONE_SIDE}(?:{_CROSS}{_ONE_SIDE}){{1,2}}(?!\w)"
    rf"(?:{SPACE}?(?P<size>{UNITS[Unit.SIZE]})(?!\w))?",
    re.IGNORECASE,
)
_UNITED = re.compile(rf"^\d{{2,}}(?:{_CROSS}\d{{2,}}){{1,2}}$", re.IGNORECASE)
_SPACED = re.compile(rf"{SPACE}[-–—]{SPACE}")
_MINUS = re.compile(r"(?:(?<![\w%°])[−–-]|минус\s)$", re.IGNORECASE)
_FROST = re.compile(r"\s+(?:мороз|ниже нуля|below)", re.IGNORECASE)
_NAMED = re.compile(rf"[A-Za-z]{SPACE}$")  # a model: its number is part of a name
_FROM = re.compile(r"(?<!\w)(?:от|до|свыше|более|больше|from|over|up to)\s+$", re.IGNORECASE)
_WIDEST = 20
_CURRENCIES = {
    "USD": ("$", "usd", "долл", "бакс"), "EUR": ("€", "eur", "евро"), "KZT": ("₸", "kzt", "тенге"),
    "CNY": ("¥", "юан"), "BYN": ("byn",), "GBP": ("£", "gbp"), "GEL": ("₾", "лари"),
    "UAH": ("₴", "uah", "грив", "грн"), "AMD": ("֏", "драм"), "UZS": ("uzs", "сум"),
    "TRY": ("₺",), "AED": ("aed", "дирхам"),
}  # fmt: skip
_LONG_NUMBERS = re.compile(r"\d{3,}(?:-\d{2,})+")
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_POWERED = re.compile(r"(?:[мmс]|см|cm)[23]", re.IGNORECASE)  # «20 м2»
_YEAR = re.compile(r"(?:19[5-9]\d|20[0-4]\d)")
_SHORT_YEARS = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?:[-–—](\d{2}))?(?!\d)")
_SUFFIXED = re.compile(
    rf"\d[\d.,]*(?:-?(?:{THOUSANDS}|{MILLIONS}|{'|'.join(UNITS.values())}"
    rf"|{'|'.join(DURATIONS.values())}|х|ти|ми|й|я|е|го|му|м|ю|st|nd|rd|th"
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
    for read in (dates, times, _measures, _codes, ones, about, _quantities):
        for figure in read(_left(text, taken)):
            _take(taken, figure.start, figure.end)
            found.append(figure)
    return completed(sorted(found, key=lambda one: one.start), text)


def _left(text: str, taken: bytearray) -> str:
    """What nobody has read yet; the rest is blanked, so that places stay."""
    return "".join("\x00" if gone else c for c, gone in zip(text, taken, strict=True))


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\x01" * (end - start)


def _measures(text: str) -> list[Figure]:
    """220×95 см: values in the order they stand."""
    found = []
    for match in _MEASURES.finditer(text):
        if not match["size"] and _UNITED.search(match[0]) is None:
            # 5x114,3: a part's own number
            code = folded_code(match[0].replace(",", "."))
            found.append(Figure(match[0], Unit.CODE, (), match.start(), match.end(), code=code))
            continue
        sides = match[0][: match.start("size") - match.start()] if match["size"] else match[0]
        written = tuple(value_of(one) for one in re.findall(_ONE_SIDE, sides))
        unit = Unit.SIZE if match["size"] else Unit.NONE
        by = _scale(unit, match["size"] or "")
        values = tuple(one * by for one in written)
        found.append(
            Figure(
                match[0], unit, values, match.start(), match.end(), written=written, crossed=True
            )
        )
    return found


def _codes(text: str) -> list[Figure]:
    """Words of letters and digits that are no quantity: U250E, V40, 2AZ-FE, 81170-33671."""
    found = []
    for match in _CODE.finditer(text):
        word = match[0]
        mixed = _LETTER.search(word) and _DIGIT.search(word)
        if not (mixed or _LONG_NUMBERS.fullmatch(word)) or _SUFFIXED.fullmatch(word):
            continue
        if _years(word) or _POWERED.fullmatch(word) or len(folded_code(word)) < _ORDINARY:
            continue
        found.append(
            Figure(word, Unit.CODE, (), match.start(), match.end(), code=folded_code(word))
        )
    return found


def _years(word: str) -> bool:
    return _SHORT_YEARS.fullmatch(word) is not None


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
        if not re.search(rf"(?:\d|{WORD_NUMBER}){SPACE}?$", text[: match.start()], re.IGNORECASE)
    ]
    at = 0
    while match := _QUANTITY.search(text, at):
        if match["high"] and not _is_range(match, text):
            match = _QUANTITY.match(text, match.start(), match.end("low")) or match
        if _NAMED.search(text[: match.start()]) and (gap := re.search(SPACE, match["low"])):
            match = _QUANTITY.match(text, match.start(), match.start() + gap.start()) or match
        figure, at = _quantity(match, text), match.end()
        if figure is not None:
            found.append(figure)
    return found


def _is_range(match: re.Match[str], text: str) -> bool:
    """«iPhone 12 — 4 300 ₽» is none: a dash with spaces may stand for «costs»."""
    dash = text[match.end("low") : match.start("high")]
    if not _SPACED.search(dash):
        return True
    if "—" in dash and _FROM.search(text[: match.start()]):
        return False  # «от 5 — 8 %»
    low, high = value_of(match["low"]), value_of(match["high"])
    return low < high <= _WIDEST * low and not _NAMED.search(text[: match.start()])


def _quantity(match: re.Match[str], text: str) -> Figure | None:
    low, high = value_of(match["low"]), value_of(match["high"]) if match["high"] else None
    spoken = not match["low"][0].isdigit()
    unit, scale = _unit(match)
    thousands = match["k"] or match["lowk"]
    by = _THOUSAND if thousands else _MILLION if match["m"] or match["lowm"] else Decimal(1)
    if high is not None and (match["lowk"] or match["lowm"]) and not (match["k"] or match["m"]):
        low = low * by
    else:
        low, high = low * by, None if high is None else high * by
    if unit in (Unit.NONE, Unit.DURATION, Unit.WEIGHT) and _is_year(
        match["low"], match["high"], match
    ):
        return _year(match)
    if spoken and unit is Unit.NONE and not thousands:
        # «один из них», «пара слов»: a word is a figure when it measures, or counts from two up.
        if low < _ORDINARY or match["low"].casefold() in HALVES:
            return None
        if _COUNTED.match(text, match.end()):
            return None
    if unit is Unit.NONE and thousands and re.search(r"р", thousands, re.IGNORECASE):
        unit = Unit.MONEY
    if _COUNTED.match(text, match.end()) and unit is Unit.NONE and low < 10:  # noqa: PLR2004
        return None
    if unit is Unit.DEGREES and (
        _MINUS.search(text[: match.start()]) or _FROST.match(text, match.end())
    ):
        scale = -scale
    values: tuple[Decimal, ...] = (low * scale,) if high is None else (low * scale, high * scale)
    if unit is Unit.DURATION and scale < 1:
        values = tuple(round(value, 4) for value in values)
    shown = match[0].rstrip("\u00a0\u202f\u2009 -")
    return Figure(
        shown, unit, values, match.start(), match.start() + len(shown),
        currency=_currency(match) if unit is Unit.MONEY else "",
        written=(low,) if high is None else (low, high),
    )  # fmt: skip


def _unit(match: re.Match[str]) -> tuple[Unit, Decimal]:
    if match["sign"]:
        return Unit.MONEY, Decimal(1)
    for unit in UNITS:
        if match[unit]:
            return unit, _scale(unit, match[unit])
    for name, minutes in MINUTES.items():
        if match[name]:
            return Unit.DURATION, minutes
    return Unit.NONE, Decimal(1)


def _scale(unit: Unit, said: str) -> Decimal:
    begins = [one for one in SCALES.get(unit, ()) if said.casefold().startswith(one)]
    return Decimal(SCALES[unit][max(begins, key=len)]) if begins else Decimal(1)


def _currency(match: re.Match[str]) -> str:
    said = (match["sign"] or match["money"] or "").casefold()
    others = (code for code, begins in _CURRENCIES.items() if said.startswith(begins))
    return next(others, "RUB")


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
