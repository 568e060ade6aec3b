"""Turns what a customer wrote into a question for the market: pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.kernel.look_alikes import LOOK_ALIKES
from core.ports.prices import PriceQuestion
from core.pricing.vocabulary import car_in, condition_in, part_in

# Taken out before anything is read: they name a person or a very car, or look like a code.
_PERSONAL = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|@\w+"  # links, mail, handles
    r"|(?<!\w)[a-hj-npr-z0-9]{17}(?!\w)"  # VIN
    r"|(?<!\w)[авекмнорстухabekmhopctyx]\s?\d{3}\s?[авекмнорстухabekmhopctyx]{2}\s?\d{0,3}(?!\w)"
    r"|\+?\d(?:[\s()-]*\d){9,}",  # phones, cards, passports
    re.IGNORECASE,
)
# U250E, A4CF1, 2AZ-FE, RE0F10A, 6HP26, 09G, 722.9: short runs, letters and digits both.
_CODE = re.compile(r"(?<![\w.-])[a-z0-9]+(?:[-.][a-z0-9]+)*(?![\w-])", re.IGNORECASE)
_MOST_LETTERS, _MOST_DIGITS = re.compile(r"[A-Z]{4,}"), re.compile(r"\d{5,}")
_SHORTEST_CODE, _LONGEST_CODE = 3, 12
_BODY = re.compile(r"[A-Z]\d{1,3}")  # V40, T31, J10: says which car, not which part
_NOT_CODES = re.compile(
    r"\d+(?:[.-]\d+)*|\d+(?:K|L|KM|RUB|T|WD)|\d+[.]\d+L?|[24]X[24]|CX-?\d+|RAV4|PAB4|R\d\d"
)
_YEAR = re.compile(r"(?<![\w.])(?:19[89]\d|20[0-4]\d)(?!\d)")
_GENERATION = re.compile(r"[а-я]*\s*-?\s*([a-z]?\d{1,3})(?!\d|[.,]\d|\s*(?:тыс|руб|₽|км|[кk]\b))")
_SIMILAR = re.compile(r"[АВЕКМНОРСТУХавекмнорстух0-9.-]+")
_HAS_BOTH = re.compile(r"(?=.*[A-Z])(?=.*\d)", re.ASCII)
_LONGEST_HINT = 60
_EARLIER = 5


@dataclass(frozen=True, slots=True)
class Hint:
    """What a draft's structured output says of the question; each empty if it says nothing."""

    part: str = ""
    car: str = ""
    year: str = ""
    condition: str = ""


def question_of(
    turn: Sequence[str], earlier: Sequence[str] = (), hint: Hint | None = None
) -> PriceQuestion | None:
    """What to look for; None where neither a part nor a code is named.

    «А сколько стоит?» is understood by what the customer wrote before it. A model's hint is read
    by the same rules as the customer's words: it may only say what they might have said.
    """
    said = "\n".join(turn)
    hinted = _hinted(hint) if hint is not None else ""
    for text in (said, f"{hinted}\n{said}", _with_earlier(earlier, f"{hinted}\n{said}")):
        question = _read(text)
        if question is not None and (question.car or question.code or text is not said):
            return question
    return _read(said)


def _hinted(hint: Hint) -> str:
    words = (hint.part, hint.car, hint.year, hint.condition)
    return " ".join(word[:_LONGEST_HINT] for word in words if word)


def _with_earlier(earlier: Sequence[str], said: str) -> str:
    return "\n".join([said, *reversed(earlier[-_EARLIER:])])


def _read(text: str) -> PriceQuestion | None:
    text = _PERSONAL.sub(" ", text)
    folded = text.casefold().replace("ё", "е")
    code = _code(text)
    part = part_in(folded)
    if not part and not code:
        return None
    car, end = car_in(folded)
    if car:
        generation = _GENERATION.match(folded[end:])
        if generation is not None and not _YEAR.fullmatch(generation[1]):
            car = f"{car} {generation[1].upper()}"
    year = _YEAR.search(text)
    return PriceQuestion(
        part=part or "Запчасть",
        code=code,
        car=car,
        year=year[0] if year else "",
        condition=condition_in(folded),
    )


def _code(text: str) -> str:
    """The first that looks like one, in Latin capitals however it was typed."""
    latin = _SIMILAR.sub(lambda m: m[0].upper().translate(LOOK_ALIKES), text)
    for match in _CODE.finditer(latin):
        code = match[0].upper()
        if (
            _SHORTEST_CODE <= len(code) <= _LONGEST_CODE
            and _HAS_BOTH.match(code)
            and not _MOST_LETTERS.search(code)
            and not _MOST_DIGITS.search(code)
            and not _BODY.fullmatch(code)
            and not _NOT_CODES.fullmatch(code)
        ):
            return code
    return ""
