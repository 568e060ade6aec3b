"""Cuts words down to what their forms share.

Russian by Porter's algorithm for it (snowballstem.org describes it), as Postgres's own dictionary
does; English by the endings that matter in a store.
"""

from functools import lru_cache

_VOWELS = frozenset("аеиоуыэюя")
_GERUND_AFTER_A = ("вшись", "вши", "в")
_GERUND = ("ившись", "ывшись", "ивши", "ывши", "ив", "ыв")
_ADJECTIVE = (
    "ими", "ыми", "его", "ого", "ему", "ому", "ее", "ие", "ые", "ое", "ей", "ий", "ый", "ой",
    "ем", "им", "ым", "ом", "их", "ых", "ую", "юю", "ая", "яя", "ою", "ею",
)  # fmt: skip
_PARTICIPLE_AFTER_A = ("ем", "нн", "вш", "ющ", "щ")
_PARTICIPLE = ("ивш", "ывш", "ующ")
_VERB_AFTER_A = (
    "ешь", "нно", "ете", "йте", "ла", "на", "ли", "ем", "ло", "но", "ет", "ют", "ны", "ть",
    "й", "л", "н",
)  # fmt: skip
_VERB = (
    "ейте", "уйте", "ила", "ыла", "ена", "ите", "или", "ыли", "ило", "ыло", "ено", "ует", "уют",
    "ены", "ить", "ыть", "ишь", "ей", "уй", "ил", "ыл", "им", "ым", "ен", "ят", "ит", "ыт", "ую",
    "ю",
)  # fmt: skip
_NOUN = (
    "иями", "ями", "ами", "ией", "иям", "ием", "иях", "ев", "ов", "ие", "ье", "еи", "ии", "ей",
    "ой", "ий", "ям", "ем", "ам", "ом", "ах", "ях", "ию", "ью", "ия", "ья", "а", "е", "и", "й",
    "о", "у", "ы", "ь", "ю", "я",
)  # fmt: skip
_LATIN_VOWELS = frozenset("aeiouy")
_SHORTEST_ENGLISH = 4


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Of a word in lower case, ё written as е; in other alphabets it stays."""
    if word.isascii():
        return _english(word)
    return _russian(word)


def _russian(word: str) -> str:
    first = next((at for at, letter in enumerate(word) if letter in _VOWELS), None)
    if first is None:
        return word
    start, second = first + 1, _region(word, _region(word, 0))
    head, tail = word[:start], word[start:]
    cut = _cut(tail, _GERUND_AFTER_A, _GERUND)
    if cut is None:
        tail = _without(tail, ("ся", "сь"))
        cut = _adjectival(tail)
        if cut is None:
            cut = _cut(tail, _VERB_AFTER_A, _VERB)
        if cut is None:
            cut = _without(tail, _NOUN)
    tail = cut.removesuffix("и")
    if (head + tail).endswith(("ость", "ост")):
        shorter = _without(tail, ("ость", "ост"))
        if len(head) + len(shorter) >= second:
            tail = shorter
    if tail.endswith("нн"):
        return head + tail[:-1]
    superlative = _without(tail, ("ейше", "ейш"))
    if superlative != tail:
        return head + (superlative[:-1] if superlative.endswith("нн") else superlative)
    return head + tail.removesuffix("ь")


def _region(word: str, start: int) -> int:
    """Where what follows the first consonant after a vowel begins."""
    for at in range(start + 1, len(word)):
        if word[at] not in _VOWELS and word[at - 1] in _VOWELS:
            return at + 1
    return len(word)


def _cut(tail: str, after_a: tuple[str, ...], anywhere: tuple[str, ...]) -> str | None:
    """The tail without the longest of these endings; the first kind must follow а or я."""
    longest = max((e for e in (*after_a, *anywhere) if tail.endswith(e)), key=len, default=None)
    if longest is None:
        return None
    left = tail[: -len(longest)]
    if longest in anywhere or left.endswith(("а", "я")):
        return left
    return None


def _adjectival(tail: str) -> str | None:
    cut = _without(tail, _ADJECTIVE)
    if cut == tail:
        return None
    return _cut(cut, _PARTICIPLE_AFTER_A, _PARTICIPLE) or cut


def _without(tail: str, endings: tuple[str, ...]) -> str:
    longest = max((e for e in endings if tail.endswith(e)), key=len, default="")
    return tail[: len(tail) - len(longest)]


def _english(word: str) -> str:
    if len(word) < _SHORTEST_ENGLISH or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= 3 and _LATIN_VOWELS & set(left):  # noqa: PLR2004
            word = left
            if word[-1] == word[-2] and word[-1] not in "lsz":
                word = word[:-1]
            break
    for ending in ("ation", "ment", "ness", "ably", "able", "ly"):
        left = word.removesuffix(ending)
        if left != word and len(left) >= _SHORTEST_ENGLISH:
            word = left
            break
    if word.endswith("e") and len(word) >= _SHORTEST_ENGLISH:
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") else word


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
