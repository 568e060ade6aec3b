"""What numbers and their units look like in Russian and in English."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What is counted.

    Durations are in minutes, times in minutes since midnight, sizes in millimetres, weights in
    grams, volumes in millilitres.
    """

    MONEY = "money"
    PERCENT = "percent"
    DURATION = "duration"
    PIECES = "pieces"
    DISTANCE = "distance"
    WEIGHT = "weight"
    VOLUME = "volume"
    SIZE = "size"
    POWER = "power"
    WATTS = "watts"
    MEMORY = "memory"  # megabytes
    PIXELS = "pixels"  # millions
    FREQUENCY = "frequency"  # hertz
    CHARGE = "charge"  # milliampere-hours
    DEGREES = "degrees"
    AREA = "area"  # square metres
    ENERGY = "energy"  # watt-hours
    CALORIES = "calories"
    VOLTS = "volts"
    AMPERES = "amperes"
    NOISE = "noise"  # decibels
    PRESSURE = "pressure"  # bars
    LIGHT = "light"  # lumens, lux, nits
    SPEED = "speed"  # kilometres an hour
    TURNS = "turns"  # a minute
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
    crossed: bool = False  # 220×95: not a range
    listed: bool = False  # its unit stands by the last of several
    rate: bool = False  # the minute of «15 ₽ за минуту», which is no duration


SPACE = "[\u00a0\u202f\u2009 ]"
NUMBER = (
    rf"(?:\d{{1,3}}(?:{SPACE}\d{{3}})+(?![\d])(?:[.,]\d{{1,2}}(?!\d))?"
    r"|\d{1,3}(?:\.\d{3})+,\d{1,2}(?!\d)|\d{1,3}(?:,\d{3})+\.\d{1,2}(?!\d)"
    r"|[1-9]\d{0,2}(?:[.,'’]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)"
)
ONES = {
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
HALVES = {"полтора": "1.5", "полторы": "1.5", "полутора": "1.5", "полсотни": "50",
           "пол": "0.5", "пара": "2", "пару": "2", "пары": "2", "дюжина": "12"}  # fmt: skip
SPOKEN = frozenset({*ONES, *HALVES})
WORD_NUMBER = "|".join(sorted([*ONES, *HALVES], key=len, reverse=True))
WORDS = rf"(?:{WORD_NUMBER})(?:{SPACE}(?:{WORD_NUMBER}))*"
THOUSANDS = r"(?:к|k|т\.?р\.?|тр|тыс(?:\.|яч[аиу]?)?|thousand|grand)(?![\w])"
MILLIONS = r"(?:млн\.?|миллион\w*|million)(?!\w)"
ADJECTIVE = r"(?:рабоч\w+|календарн\w+|банковск\w+|полн\w+|business|working|calendar)"
# A unit of time in minutes; seconds are rounded where they are read.
MINUTES = {
    "second": Decimal("0.0166666667"), "minute": Decimal(1), "hour": Decimal(60),
    "day": Decimal(1440), "week": Decimal(10080), "month": Decimal(43200), "year": Decimal(518400),
}  # fmt: skip
DURATIONS = {
    "second": r"сек(?:\.|унд\w*)?|seconds?|sec",
    "minute": r"мин(?:\.|ут\w*)?|minutes?|min",
    "hour": r"час\w*|ч\.?|hours?|hrs?",
    "day": r"день|дня|дней|дню|днем|дням|дни|днями|дн\.?|сутки|суток|дневн\w+|days?",
    "week": r"недел\w*|weeks?",
    "month": r"месяц\w*|мес\.?|months?",
    "year": r"годом|годам|годов\w*|года?|году|лет|летн\w+|years?",
}
UNITS = {
    Unit.MONEY: r"₽|руб(?:\.|л\w+)?|р\.|р(?!\w)|rub(?:les?)?|\$|usd|доллар\w*|баксов|€|eur|евро"
    r"|₸|kzt|тенге|byn|юан\w+|¥|£|gbp|₾|лари|₴|uah|гривен|гривн\w+|грн\.?|֏|драм\w*|uzs|сум(?!\w)"
    r"|₺|aed|дирхам\w*",
    Unit.PERCENT: r"%|процент\w*|percent",
    Unit.PIECES: r"шт\w*\.?|пар[аы]?|комплект\w*|экземпляр\w*|единиц\w*|pcs|pieces?|items?|in stock",
    Unit.SPEED: r"км/ч|километр\w* в час|km/h|kmh|mph",
    Unit.TURNS: r"об\.?/мин|оборот\w* в минуту|rpm",
    Unit.AREA: r"м²|м2|кв\.? ?м\w*\.?|квадратн\w+ метр\w*|квадрат(?:а|ов)?|сот(?:ка|ки|ок)|m²|m2"
    r"|sq\.? ?m|square met\w+",
    Unit.ENERGY: r"к?вт[·⋅*.-]?ч\w*|k?wh",
    Unit.CALORIES: r"к?кал|калори\w*|kcal|calories",
    Unit.VOLTS: r"(?-i:[ВV])(?=\s*(?:[,.;:)]|$))|вольт\w*|volts?",
    Unit.NOISE: r"дб|децибел\w*|db",
    Unit.PRESSURE: r"атм\w*\.?|бара?|бар|bars?",
    Unit.LIGHT: r"лм|люмен\w*|лк|люкс|нит|кд|lm|lumens?|lux|nits?",
    Unit.DISTANCE: r"км|километр\w*|km|miles?",
    Unit.WEIGHT: r"мкг|кг|килограмм\w*|тонн\w*|kg|мг|грамм\w*|гр?(?!\w)|g",
    Unit.POWER: r"л\.?с\.?|лошад\w+|hp",
    Unit.WATTS: r"к?вт\.?|ватт\w*|k?w",
    Unit.MEMORY: r"[гтм]б|[гтм]игабайт\w*|[gtm]b",
    Unit.PIXELS: r"мп|мегапиксел\w*|mp",
    Unit.FREQUENCY: r"[кмг]?гц|герц\w*|[kmg]?hz",
    Unit.CHARGE: r"мач|ма·ч|mah|а[·⋅*.-]?ч|ah",
    Unit.AMPERES: r"(?-i:[АA])(?=\s*(?:[,.;:)]|$))|ампер\w*|amps?",
    Unit.DEGREES: r"°\s?[cс]|°|градус\w*",
    Unit.VOLUME: r"м³|м3|литр\w*|л(?!\w)\.?|мл|миллилитр\w*|см3|куб\w*|ml|lit(?:re|er)s?",
    Unit.SIZE: r"мкм|микрон\w*|мм|см|метр\w*|м(?![\w²³/])|дюйм\w*|сантиметр\w*|миллиметр\w*|[\"″”](?!\w)|mm|cm|inch\w*",
}
# What a unit is of the first of its kind, by how it begins; the longest beginning counts.
SCALES = {
    Unit.WEIGHT: {"кг": "1000", "килогр": "1000", "kg": "1000", "тонн": "1000000", "мг": "0.001",
                  "мкг": "0.000001"},
    Unit.CHARGE: {"а": "1000", "ah": "1000"},
    Unit.ENERGY: {"квт": "1000", "kw": "1000"},
    Unit.CALORIES: {"кал": "0.001"},
    Unit.AREA: {"сот": "100"},
    Unit.DISTANCE: {"mile": "1.609"},
    Unit.SPEED: {"mph": "1.609"},
    Unit.WATTS: {"квт": "1000", "kw": "1000"},
    Unit.MEMORY: {"г": "1024", "g": "1024", "т": "1048576", "t": "1048576"},
    Unit.FREQUENCY: {"к": "1000", "k": "1000", "мгц": "1e6", "mhz": "1e6", "ггц": "1e9",
                     "ghz": "1e9"},
    Unit.VOLUME: {"л": "1000", "lit": "1000", "м³": "1e6", "м3": "1e6",
                  "куб": "1e6"},
    Unit.SIZE: {"мкм": "0.001", "микрон": "0.001", "см": "10", "cm": "10", "сант": "10", "метр": "1000", "м": "1000", "мм": "1",
                "милл": "1", "дюйм": "25.4", "inch": "25.4", '"': "25.4", "″": "25.4",
                "”": "25.4"},
}  # fmt: skip
UNIT = "|".join(
    [
        *(f"(?P<{unit}>{said})(?!\\w)" for unit, said in UNITS.items()),
        *(f"(?P<{name}>{said})(?!\\w)" for name, said in DURATIONS.items()),
    ]
)


def value_of(said: str) -> Decimal:
    """5 000, 5.000,00, 1,5, «двадцать пять», «полторы»."""
    if said[0].isdigit():
        return _digits(said)
    words = re.split(SPACE, said.casefold())
    total = Decimal(0)
    for word in words:
        half = HALVES.get(word)
        total += Decimal(half) if half is not None else Decimal(ONES[word])
    return total


def _digits(said: str) -> Decimal:
    said = re.sub(rf"{SPACE}|['’]", "", said)
    last = max(said.rfind("."), said.rfind(","))
    if last < 0:
        return Decimal(said)
    whole, rest = re.sub(r"[.,]", "", said[:last]), said[last + 1 :]
    one_mark = sum(c in ".," for c in said) == 1
    grouped = len(rest) == 3 and not said.startswith("0")  # noqa: PLR2004
    if grouped and (one_mark or said[last] in said[:last]):
        return Decimal(whole + rest)
    return Decimal(f"{whole}.{rest}").normalize()
