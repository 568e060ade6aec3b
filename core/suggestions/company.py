"""The words a figure keeps company with, in a draft and in a source, by how near they stand.

«Ширина 200 см, глубина 60 см»: what stands between two figures is divided at commas and «и», what
comes before the last of them is the second one's, what comes after the first is the first one's.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from core.suggestions.figures import Figure, Unit
from core.suggestions.wording import root, stems, telling

_NEAREST, _LISTED, OWN, _NEXT, _SENTENCE = 1.0, 1.0, 0.7, 0.45, 0.3
# What stands by another figure of the same kind in the sentence: a draft says of each what is its
# own, a source leaves out what it has said of the first. Or by one of another kind.
_OTHERS, _LEFT_OUT, _ELSEWHERE = 0.07, 0.55, 0.6
_UNPARTED = 0.85  # «Палатка на 4 человек 700 ₽»: no comma between them
_TOPIC = 0.1  # what stood by an earlier figure may be what the whole sentence is about
_HEAD = 0.9  # what stands before a colon, if no figure is there
_CARRIED, _CARRIED_BESIDE = 1.0, 0.35  # what a figure has of the one before it, if it has its own
_TRAILED = 0.4
_GAPPED = 0.65  # «розы стоят 5 дней, тюльпаны — 3»: what is left out after a dash
_FIRST = 0.5
_NEIGHBOUR, _BEYOND = 1.0, 0.5  # a figure right before or after it, or one beyond a comma
_DIVIDES = re.compile(
    r",\s+|;\s*|[()]|:\s+|\s[—–-]\s(?=[^\W\d])|\s\+\s|\s(?:но|а|и|или|иначе|and|but|or)\s"
)
_ASIDE_WORDS = re.compile(r"\(([^()]*)\)")
_NAMED = re.compile(r"(?<!\w)[A-Za-z]*[A-Z][A-Za-z]*[\s«-]*$")
_DASHED = re.compile(r"[—–-]\s*(?:(?:около|примерно|до|от|за|не \w+|уже)\s+)?$", re.IGNORECASE)
_COLON = re.compile(r":\s")
_LEADS = frozenset(
    """на до с со в во к ко по за от при для без из между через у
    in on at to for from of by with within up over per above under""".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Company:
    """Words by how near they stand, 0..1, stemmed; those at `OWN` are this figure's alone.

    `of`: what a bare number counts; `before`: the word right before it; `keys`: the figures of
    other kinds right beside it, by how near («80 л — 4 500 ₽»).
    """

    words: Mapping[str, float]
    of: frozenset[str] = frozenset()
    before: str = ""
    keys: tuple[tuple[Figure, float], ...] = ()
    named: bool = False  # part of a name: iPhone 15

    @cached_property
    def own(self) -> frozenset[str]:
        return frozenset(word for word, weight in self.words.items() if weight >= OWN)

    def beside(self, words: Mapping[str, float] | frozenset[str], weight: float) -> "Company":
        """The same among other words, farther away."""
        farther = dict.fromkeys(words, weight)
        return Company({**farther, **self.words}, self.of, self.before, self.keys, self.named)


def companies(
    sentence: str, figures: Sequence[Figure], *, source: bool = False
) -> dict[int, Company]:
    """Of every figure of a sentence but its codes, by where it starts."""
    counted = [one for one in figures if one.unit is not Unit.CODE]
    words: list[dict[str, float]] = [{} for _ in counted]
    ends = [0, *(one.end for one in counted)]
    starts = [*(one.start for one in counted), len(sentence)]
    for at, (begin, end) in enumerate(zip(ends, starts, strict=True)):
        parts = [telling(part) for part in _parts(sentence[begin:end])]
        if at > 0:
            _add(words[at - 1], _as_left(parts, last=at == len(counted)))
        if at < len(counted):
            _add(words[at], _as_right(parts, first=at == 0))
    _inherit(sentence, counted, words)
    _trail(sentence, counted, words)
    divides = [match.span() for match in _DIVIDES.finditer(sentence)]
    return {
        one.start: Company(
            _among(sentence, counted, words, divides, at, source=source),
            what_it_counts(sentence, one, figures),
            _before(sentence, counted[0] if source and _dashed(sentence, counted, at) else one),
            _keys(sentence, counted, at),
            _NAMED.search(sentence[: one.start]) is not None,
        )
        for at, one in enumerate(counted)
    }


def _parts(between: str) -> list[str]:
    return _DIVIDES.split(_ASIDE_WORDS.sub(r" \1 ", between))


def _as_left(parts: Sequence[Sequence[str]], *, last: bool) -> Iterator[tuple[str, float]]:
    """What the figure before this text takes of it."""
    for at, part in enumerate(parts):
        weight = _NEAREST if at == 0 else OWN if last else _NEXT
        yield from ((word, weight) for word in part)


def _as_right(parts: Sequence[Sequence[str]], *, first: bool) -> Iterator[tuple[str, float]]:
    """What the figure after this text takes of it: what is not of the figure before."""
    nearest = True
    for at, part in reversed(list(enumerate(parts))):
        theirs = at == 0 and len(parts) > 1 and not first
        weight = _NEXT if theirs else _NEAREST if nearest else _LISTED
        yield from ((word, weight) for word in part)
        nearest = nearest and not part


def _add(words: dict[str, float], more: Iterator[tuple[str, float]]) -> None:
    for word, weight in more:
        if weight > words.get(word, 0.0):
            words[word] = weight


def _inherit(sentence: str, counted: Sequence[Figure], words: list[dict[str, float]]) -> None:
    """«До 30 км — 690 ₽»: with no words of its own a figure has those of the one before it.

    «Гарантия на шкафы 24 месяца, на диваны — 18»: what stood before the first «на» is said of both.
    """
    for at in range(1, len(counted)):
        between = sentence[counted[at - 1].end : counted[at].start]
        if not telling(between):
            after = counted[at + 1].start if at + 1 < len(counted) else len(sentence)
            own = "," in between and telling(_parts(sentence[counted[at].end : after])[0])
            carried = _CARRIED_BESIDE if own else _CARRIED
            _add(words[at], ((word, carried * its) for word, its in words[at - 1].items()))
            continue
        head = _head(sentence, counted, at)
        _add(words[at], ((word, OWN) for word in telling(head)))


def _trail(sentence: str, counted: Sequence[Figure], words: list[dict[str, float]]) -> None:
    """«Газель — 1 200 ₽, манипулятор — 5 500 ₽ за рейс»: what ends a list is said of all of it."""
    if len(counted) < 2:  # noqa: PLR2004
        return
    tail = _parts(sentence[counted[-1].end :])[0].strip()
    if _lead(tail) not in _LEADS:
        return
    for at in range(len(counted) - 1):
        if counted[at].unit is counted[-1].unit:
            after = _parts(sentence[counted[at].end : counted[at + 1].start])
            if len(after) > 1 and not telling(after[0]):
                _add(words[at], ((word, _TRAILED) for word in telling(tail)))


def _head(sentence: str, counted: Sequence[Figure], at: int) -> str:
    label = _label(sentence, counted, at)
    lead = _lead(label)
    if lead not in _LEADS:
        return ""
    for earlier in reversed(range(at)):
        if counted[earlier].unit is not counted[at].unit:
            continue
        first = _label(sentence, counted, earlier)
        found = re.search(rf"(?:^|\s){lead}\s", first, re.IGNORECASE)
        if found and found.start() > 0:
            return first[: found.start()]
    return ""


def _lead(label: str) -> str:
    return label.split(" ", 1)[0].casefold()


def _label(sentence: str, counted: Sequence[Figure], at: int) -> str:
    """The words of the last part before a figure."""
    begin = counted[at - 1].end if at else 0
    parts = [part.strip() for part in _parts(sentence[begin : counted[at].start])]
    return next((part for part in reversed(parts) if telling(part)), "")


def _among(
    sentence: str,
    counted: Sequence[Figure],
    words: Sequence[Mapping[str, float]],
    divides: Sequence[tuple[int, int]],
    at: int,
    *,
    source: bool,
) -> dict[str, float]:
    """With what else the sentence says, and the figures of other kinds on either side.

    `divides`: where the sentence is divided. Each pair of figures is looked at: were each to search
    the sentence, one of hundreds of figures would hold up the process for minutes.
    """
    rest = dict.fromkeys(stems(sentence), _SENTENCE)
    mine = dict(words[at])
    for other, its in enumerate(words):
        if other == at:
            continue
        alike = counted[other].unit is counted[at].unit
        first, second = sorted((other, at))
        parted = _divided(divides, counted[first].end, counted[second].start)
        beside = _ELSEWHERE if parted else _UNPARTED
        for word, weight in its.items():
            if weight >= OWN:
                left_out = _OTHERS
                if other < at:
                    gapped = source and other == 0 and _gapped(sentence, counted, at)
                    left_out = _GAPPED if gapped else _LEFT_OUT if source else _TOPIC
                rest[word] = left_out if alike else max(rest.get(word, 0.0), beside)
                if alike and mine.get(word, 0.0) <= _NEXT:
                    mine.pop(word, None)
    colon = _COLON.search(sentence, 0, counted[at].start)
    if colon and colon.start() <= counted[0].start:
        _add(mine, ((word, _HEAD) for word in telling(sentence[: colon.start()])))
    return {**rest, **mine}


def _divided(divides: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    at = bisect_left(divides, (begin, begin))
    return at < len(divides) and divides[at][1] <= end


def _gapped(sentence: str, counted: Sequence[Figure], at: int) -> bool:
    """What was said before the first is left out here: a dash stands for it, or a shorter label."""
    if not _DASHED.search(sentence, 0, counted[at].start):
        whole = telling(_label(sentence, counted, 0))
        return 0 < len(telling(_label(sentence, counted, at))) < len(whole)
    return _dashed(sentence, counted, at)


def _dashed(sentence: str, counted: Sequence[Figure], at: int) -> bool:
    if at == 0 or not _DASHED.search(sentence, 0, counted[at].start):
        return False
    if counted[0].unit is not counted[at].unit:
        return False
    lead, first = _lead(_label(sentence, counted, at)), sentence[: counted[0].start]
    parallel = lead in _LEADS and re.search(rf"(?:^|\s){lead}\s", first, re.IGNORECASE)
    return not (parallel or _DASHED.search(sentence, 0, counted[0].start))


def _keys(sentence: str, counted: Sequence[Figure], at: int) -> tuple[tuple[Figure, float], ...]:
    between = {
        beside: sentence[counted[min(beside, at)].end : counted[max(beside, at)].start]
        for beside in (at - 1, at + 1)
        if 0 <= beside < len(counted)
    }
    parted = {beside for beside, words in between.items() if _DIVIDES.search(words)}
    found = []
    for beside, words in between.items():
        # «..., от 10 — 12 %»: of two figures beside it the one no comma parts from it is its key.
        alone = beside < at and not telling(words) and parted >= between.keys()
        divided = beside in parted and not alone
        if not divided or counted[beside].unit is not counted[at].unit:
            found.append((counted[beside], _BEYOND if divided else _NEIGHBOUR))
    units = {counted[at].unit, *(one.unit for one, _ in found)}
    if at > 1 and counted[0].unit not in units:
        found.append((counted[0], _FIRST))  # «Печать 10×15 — 15 ₽, от 100 штук 12 ₽»
    return tuple(found)


def what_it_counts(sentence: str, figure: Figure, figures: Sequence[Figure]) -> frozenset[str]:
    """The two words after a bare number: what it counts."""
    if figure.unit is not Unit.NONE:
        return frozenset()
    after = min((one.start for one in figures if one.start >= figure.end), default=len(sentence))
    part = _DIVIDES.split(sentence[figure.end : after], maxsplit=1)[0]
    counted: list[str] = []
    for word in re.findall(r"[\w-]+|[^\w\s]", part)[:2]:
        if not word[0].isalpha() or word.casefold() in _LEADS:
            break
        counted += telling(word)
    return frozenset(counted)


def _before(sentence: str, figure: Figure) -> str:
    found = re.search(r"([^\W\d_]\w*)[\s«№#-]*$", sentence[: figure.start])
    if not found:
        return ""
    word = found[1].casefold()
    return root(word) or (word if word in _LEADS or word.isascii() else "")
