"""Sums as people write them, and one currency for all of them."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

# Roubles for one, rounded from the Bank of Russia's rates of that day. They set listings side by
# side in one range; nobody is charged by them.
RATES_OF = date(2025, 7, 1)
ROUBLES = {
    "RUB": Decimal(1),
    "USD": Decimal("78.5"),
    "EUR": Decimal("92.3"),
    "CNY": Decimal("10.9"),
    "BYN": Decimal("26.4"),
    "KZT": Decimal("0.151"),
    "JPY": Decimal("0.545"),
}
_SIGNS = {
    "RUB": r"₽|руб(?:\.|лей|ля|ль|)|р\.?|rub|rur",
    "USD": r"\$|usd|долл\w*",
    "EUR": r"€|eur|евро",
    "CNY": r"cny|юан\w*",
    "BYN": r"byn|бел\.? ?руб\w*",
    "KZT": r"₸|kzt|тенге|тг\.?",
    "JPY": r"¥|jpy|иен\w*|йен\w*",
}
_SIGN = re.compile(
    "|".join(f"(?P<{code}>{signs})" for code, signs in reversed(_SIGNS.items())), re.IGNORECASE
)
_FIGURE = re.compile(r"\d+(?:[ .,']\d+)*")
_THOUSANDS = re.compile(r"\s*(?:тыс\w*\.?|т\.? ?р\.?|[кk](?![\w]))", re.IGNORECASE)
_AROUND = re.compile(r"(?:цена|price|стоимость|торг|за|шт\.?|[:~≈/—–\s-])*", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
_GROUP = 3
_WIDEST = 10  # times: a wider range says nothing
_LEAST, _MOST = Decimal(100), Decimal(50_000_000)  # roubles: what a part may cost at all


def read_sum(written: str, otherwise: str = "RUB") -> tuple[Decimal, str] | None:
    """«45 000 ₽», «45к», «$500», «45,5 тыс. руб.» as an amount and its currency.

    None for «по запросу», for a range, for two sums, for what no part costs: a price that needs
    guessing is no price.
    """
    text = _SPACES.sub(" ", written.strip())
    figures = list(_FIGURE.finditer(text))
    if len(figures) != 1:
        return None
    figure = figures[0]
    amount = _amount(figure[0])
    before, after = text[: figure.start()], text[figure.end() :]
    thousand = _THOUSANDS.match(after)
    in_roubles = False
    if thousand is not None:
        in_roubles = "р" in thousand[0].casefold()
        after = after[thousand.end() :]
    signs = [match for part in (before, after) for match in _SIGN.finditer(part)]
    left = _SIGN.sub("", before) + _SIGN.sub("", after)
    if amount is None or len(signs) > 1 or _AROUND.fullmatch(left) is None:
        return None
    currency = (signs[0].lastgroup if signs else None) or ("RUB" if in_roubles else otherwise)
    amount *= 1000 if thousand is not None else 1
    roubles = convert(amount, currency, "RUB")
    if roubles is None or not _LEAST <= roubles <= _MOST:
        return None
    return amount, currency


def convert(amount: Decimal, currency: str, into: str) -> Decimal | None:
    """By the table; None for a currency it does not know."""
    if currency == into:
        return amount
    if currency not in ROUBLES or into not in ROUBLES:
        return None
    return amount * ROUBLES[currency] / ROUBLES[into]


def is_sensible(lowest: Decimal, highest: Decimal, currency: str) -> bool:
    """A range some part may have, and narrow enough to say anything."""
    low, high = convert(lowest, currency, "RUB"), convert(highest, currency, "RUB")
    if low is None or high is None:
        return False
    return _LEAST <= low <= high <= _MOST and high <= low * _WIDEST


def _amount(figure: str) -> Decimal | None:
    """45 000, 45.000, 45,5, 45 000.50."""
    parts = re.split(r"([ .,'])", figure)
    digits, marks = parts[::2], parts[1::2]
    whole, kopecks = digits, ""
    if marks and marks[-1] in ".," and len(digits[-1]) != _GROUP:
        whole, kopecks = digits[:-1], digits[-1]
    if len(whole) > 1 and (
        len(whole[0]) > _GROUP or any(len(group) != _GROUP for group in whole[1:])
    ):
        return None
    try:
        return Decimal("".join(whole) + (f".{kopecks}" if kopecks else ""))
    except InvalidOperation:
        return None
