"""Where a figure of a draft comes from: the mention in a source that says the same of the same.

A number is bound by its value and by its company: «14 дней» said of the guarantee is not bound by
fourteen days of delivery. Every mention of the same dimension competes by the words around it;
the draft's figure must not disagree with the one that fits it best.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from core.suggestions.figures import Figure, Unit, figures_in, folded_code

_WORD = re.compile(r"[^\W\d_][\w]*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^a-zа-я])|\n+|(?<=[!?…;])\s+")
_CLAUSE_END = re.compile(r",\s+|;\s*|[()]|:\s+|\s[—–]\s(?=[^\W\d])|\s(?:но|а|иначе)\s")
_ABBREVIATION = re.compile(r"\b(?:шт|руб|тыс|дн|мин|мес|ул|г|д|р|т|п|стр|ч)\.$", re.IGNORECASE)
_STEM = 4
_SHORT = 3
_STOP = frozenset(
    """и в во на с со по до у к ко о об за от из для не ни а но ли есть как что это вы мы вам вас
    нас наш наша наши ваш ваша ваши он она оно они его ее их если или же бы то так там тут уже еще
    при чем через можно нужно будет были был быть только также тоже здравствуйте добрый день
    привет пожалуйста спасибо да нет свой своя своего этого этот эта эти того the a an and of to
    for in on at is are be we you your our it this that with from or if can will
    дней дня день недели неделю недель месяц месяца месяцев час часа часов минут сутки год года лет
    рублей рубля руб шт штук штуки процент процента процентов тысяч тысячи тыс км
    составляет равна равен около примерно всего сейчас обычно цена стоит стоимость
    """.split()  # noqa: SIM905 - a list would be 90 lines
)
# Dimensions in which a customer's own number may be repeated: it says nothing of the store.
REPEATABLE = frozenset({Unit.NONE, Unit.YEAR, Unit.CODE, Unit.VOLUME, Unit.POWER, Unit.DATE,
                        Unit.TIME, Unit.DISTANCE, Unit.SIZE})  # fmt: skip
# A figure that stands in a source without its unit may have one in the draft, and the reverse.
_EXACT = frozenset({Unit.MONEY, Unit.PERCENT, Unit.PIECES, Unit.DURATION, Unit.DISTANCE})
_NEAR, _IN_SENTENCE, _AROUND = 1.0, 0.4, 0.3
_FEW = 3
_QUOTED = 0.35  # what the draft's own reference to the very words is worth
_MARGIN = 0.3
_PIECES_WORDS = "наличии наличие остаток остатке складе штук осталось есть"
# Said one way and written another: the reader of a source knows these to be one.
_SAME = {
    "питер": "пете", "спб": "пете", "санкт": "пете", "екб": "екат", "мск": "моск", "нск": "ново",
    "kazan": "каза", "moscow": "моск", "warranty": "гара", "delivery": "дост", "gearbox": "коро",
    "движок": "двиг", "движка": "двиг", "мотор": "двиг", "мотора": "двиг", "акпп": "коро",
    "автомат": "коро", "вернуть": "возв", "верните": "возв", "вернем": "возв", "вернут": "возв",
    "вернула": "возв", "вернулась": "возв", "назад": "возв", "поменять": "заме", "поставить": "уста",
    "будням": "поне", "будни": "поне", "будние": "поне", "рабочим": "поне",
    "упаковка": "обре", "упаковки": "обре", "ящик": "обре", "безнал": "счет", "безналу": "счет",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    """Words around a figure, stemmed: nearest first."""

    near: frozenset[str]  # up to the figures and commas on either side
    sentence: frozenset[str]
    around: frozenset[str] = frozenset()  # the title above it, or the question before it


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure in a source."""

    ref: str
    figure: Figure
    company: Company
    sentence: str = ""
    row: str = ""  # the field of the product's row, where it is not from the text


@dataclass(frozen=True, slots=True)
class Ground:
    """A text a draft may stand on."""

    ref: str
    title: str
    text: str
    sku: str = ""
    stock: int | None = None


@dataclass(slots=True)
class Grounds:
    """All mentions of some sources; made once for a draft."""

    mentions: list[Mention]
    codes: dict[str, frozenset[str]]  # by ref
    _rarity: dict[Unit, "_Rarity"] = field(default_factory=dict)

    def bound(
        self, figure: Figure, company: Company, refs: Collection[str], quoted: Iterable[str] = ()
    ) -> Mention | None:
        """The mention a draft's figure stands on, None if there is none or a better one differs.

        `refs`: the sources the draft may stand on; `quoted`: the very words it refers to.
        """
        fitting = [m for m in self.mentions if m.ref in refs and _comparable(figure, m.figure)]
        same = [m for m in fitting if _agrees(figure, m.figure)]
        if not same:
            return None
        rarity = self._weights(figure.unit, fitting)
        quotes = [_plain(quote) for quote in quoted]

        def worth(mention: Mention) -> float:
            fit = rarity.fit(company, mention.company)
            held = _plain(mention.figure.text), _plain(mention.sentence)
            return fit + _QUOTED * any(held[0] in q and q in held[1] for q in quotes)

        best = max(same, key=worth)
        least = worth(best) + _MARGIN
        beside = bool(company.near & best.company.near)
        for rival in fitting:
            if _agrees(figure, rival.figure) or not _rivals(best, rival):
                continue
            closer = not beside and rarity.telling(company.near & rival.company.near)
            if closer or (figure.unit is not Unit.NONE and worth(rival) > least):
                return None
        return best

    def _weights(self, unit: Unit, mentions: Sequence[Mention]) -> "_Rarity":
        if unit not in self._rarity:
            self._rarity[unit] = _Rarity(mentions)
        return self._rarity[unit]


class _Rarity:
    """What each word tells: one that stands beside every figure of a kind tells none apart."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        near: Counter[str] = Counter()
        far: Counter[str] = Counter()
        for mention in mentions:
            near.update(mention.company.near)
            far.update(mention.company.sentence | mention.company.around)
        self._total = len(mentions)
        self._near, self._far = near, far

    def fit(self, said: Company, stands: Company) -> float:
        total = 0.0
        for stem in said.near | said.sentence | said.around:
            ours = _weight(stem, said)
            if stem in stands.near:
                total += ours * self._worth(self._near[stem])
            elif stem in stands.sentence or stem in stands.around:
                total += ours * _IN_SENTENCE * self._worth(self._far[stem])
        return total

    def telling(self, shared: frozenset[str]) -> bool:
        """Whether a word they share tells one figure from the others."""
        return any(self._near[stem] * 2 <= self._total or self._total < _FEW for stem in shared)

    def _worth(self, times: int) -> float:
        return 0.1 + math.log((1.5 + self._total) / (0.5 + times))


def _weight(stem: str, company: Company) -> float:
    if stem in company.near:
        return _NEAR
    return _IN_SENTENCE if stem in company.sentence else _AROUND


def grounds_of(sources: Sequence[Ground]) -> Grounds:
    """Read every figure of the sources, with its company."""
    mentions: list[Mention] = []
    codes: dict[str, frozenset[str]] = {}
    for source in sources:
        found, codes[source.ref] = _read(source)
        mentions += found
    return Grounds(mentions, codes)


@lru_cache(maxsize=1024)
def _read(source: Ground) -> tuple[tuple[Mention, ...], frozenset[str]]:
    """The same passages are found again and again: each is read once."""
    mentions: list[Mention] = []
    codes, title = _begun(source.sku), stems(source.title)
    for whole, text in ((source.title, source.title), *_sentences_with_heads(source.text)):
        figures = figures_in(text)
        sentence = stems(text) | (stems(whole) if whole != text else frozenset())
        for figure in figures:
            if figure.unit is Unit.CODE:
                codes |= _begun(figure.text)
                continue
            company = Company(near(text, figure, figures), sentence, title)
            mentions.append(Mention(source.ref, figure, company, text))
    if source.stock is not None:
        stock = Figure(str(source.stock), Unit.PIECES, (Decimal(source.stock),), 0, 0)
        company = Company(stems(_PIECES_WORDS), frozenset(), title)
        mentions.append(Mention(source.ref, stock, company, row="stock"))
    return tuple(mentions), frozenset(codes)


def sentences(text: str) -> list[str]:
    """Sentences and lines; an abbreviation's full stop ends none."""
    parts: list[str] = []
    for part in _SENTENCE_END.split(text):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part.strip():
            parts.append(part)
    return parts


def near(sentence: str, figure: Figure, figures: Sequence[Figure]) -> frozenset[str]:
    """The words that are this figure's own: back to the figure before it, on to the next comma."""
    counted = [one for one in figures if one.unit is not Unit.CODE]
    before = max((one.end for one in counted if one.end <= figure.start), default=0)
    after = min((one.start for one in counted if one.start >= figure.end), default=len(sentence))
    comma = _CLAUSE_END.search(sentence, figure.end, after)
    left = sentence[before : figure.start]
    right = sentence[figure.end : comma.start() if comma else after]
    cuts = [m.end() for m in _CLAUSE_END.finditer(left)]
    own = left[cuts[-1] :] if cuts and _telling(left[cuts[-1] :]) else left
    return _telling(own) | _telling(right)


def _begun(code: str) -> set[str]:
    """A code and its beginnings up to a hyphen: U250E of U250E-CAM40, 2AZ of 2AZ-FE."""
    if len(code) < _SHORT - 1:
        return set()
    cuts = [m.start() for m in re.finditer(r"[-/ ]", code)] + [len(code)]
    whole = {folded_code(code[:cut]) for cut in cuts}
    return {one for one in whole if len(one) > 1} | {
        folded_code(part) for part in re.split(r"[/ ]", code) if part
    }


def _telling(text: str) -> frozenset[str]:
    codes = (one.code for one in figures_in(text) if one.unit is Unit.CODE)
    return stems(text) | frozenset(codes)


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The telling words, cut short: «гарантию» meets «гарантии»."""
    words = (w.casefold().replace("ё", "е") for w in _WORD.findall(text))
    return frozenset(_SAME.get(w, w[:_STEM]) for w in words if len(w) >= _SHORT and w not in _STOP)


def _sentences_with_heads(text: str) -> list[tuple[str, str]]:
    """(heading above it, sentence)."""
    head, found = "", []
    for line in text.split("\n"):
        if line.lstrip().startswith("#"):
            head = line.lstrip("# ")
            found.append((head, head))
            continue
        found += [(head, sentence) for sentence in sentences(line)]
    return found


def _comparable(said: Figure, stands: Figure) -> bool:
    if said.unit is stands.unit:
        return said.unit is not Unit.MONEY or said.currency == stands.currency
    if Unit.NONE not in (said.unit, stands.unit):
        return False
    # A bare number may leave out the unit of its source, where it could mean nothing else.
    return (stands.unit if said.unit is Unit.NONE else said.unit) not in _EXACT


def _rivals(one: Mention, other: Mention) -> bool:
    """Figures of one kind: 4.0 and 120 in the name of a car never stand for each other."""
    if one.row != other.row or one.figure.unit is not other.figure.unit:
        return False
    if one.figure.unit is Unit.NONE:
        return _whole(one.figure) == _whole(other.figure)
    return True


def _whole(figure: Figure) -> bool:
    return figure.text.strip().isdigit()


def _agrees(said: Figure, stands: Figure) -> bool:
    """The draft's range is the source's, its single value one of the source's ends."""
    ours, theirs = said.values, stands.values
    if said.unit is not stands.unit:
        ours, theirs = said.written or ours, stands.written or theirs
        if Unit.TIME in (said.unit, stands.unit):
            return False
    return ours == theirs if len(ours) > 1 else ours[0] in theirs


def _plain(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u2009]+", " ", text).casefold().replace("ё", "е").strip()
