"""Article numbers made comparable, however they were typed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from core.kernel.look_alikes import LOOK_ALIKES
from core.knowledge.words import on_the_other_layout

SHORTEST = 3
SHORTEST_PREFIX = 4
_GLUED = re.compile(r"[./,:;()\[\]#№«»\"'?!]+")
_LONGEST_JOIN = 4
_MOST_WORDS = 60
_MOST_MEANT = 200
# As many digits may be a year, a size or a sum of money.
_SHORTEST_NUMBER = 5
_NUMBERED = re.compile(r"(?:арт(?:икул\w*)?|sku|код\w*|номер\w*|oem|№|#)\W*$", re.IGNORECASE)
_MONEY = re.compile(r"\s*(?:₽|руб|р\b|р\.|k\b|к\b|тыс|\$|€|usd|eur|rub)", re.IGNORECASE)
# What the eye takes for one another in a number read off a part.
_CONFUSED = {"O": "0", "0": "O", "I": "1", "1": "I"}
_MOST_CONFUSED = 8


@dataclass(frozen=True, slots=True)
class Keys:
    """What a question may name: keys met exactly, keys that may be meant, beginnings."""

    exact: list[str]
    meant: list[str]
    begun: list[str]


def sku_key(sku: str) -> str:
    """Upper case, letters and digits alone, Latin and Cyrillic look-alikes folded.

    Digits are left alone: 0 and O are told apart by catalogues.
    """
    plain = unicodedata.normalize("NFKC", sku).upper()
    return "".join(c for c in plain if c.isalnum()).translate(LOOK_ALIKES)


def keys_in(text: str) -> Keys:
    """Keys a question may name.

    Neighbouring words are tried joined, since people type «35100 60D50» for `35100-60D50`.
    A word without a digit counts only if it is shouted, or is the whole question.
    """
    words = text.split()[:_MOST_WORDS]
    whole = sku_key(text) if len(words) <= _LONGEST_JOIN else ""
    exact: dict[str, None] = {}
    begun: dict[str, None] = {}
    for at, word in enumerate(words):
        before, behind = " ".join(words[max(0, at - 2) : at]), " ".join(words[at + 1 : at + 2])
        for piece in (word, *_GLUED.split(word)):
            key = sku_key(piece)
            if not _may_be_one(key, piece, before, behind):
                continue
            exact[key] = None
            if len(key) >= SHORTEST_PREFIX and any(c.isdigit() for c in key):
                begun[key] = None
        for end in range(at + 2, min(at + _LONGEST_JOIN, len(words)) + 1):
            key = sku_key("".join(words[at:end]))
            if len(key) >= SHORTEST_PREFIX and any(c.isdigit() for c in key):
                exact[key] = None
    if whole:
        exact[whole] = None
        if len(whole) >= SHORTEST_PREFIX and any(c.isdigit() for c in whole):
            begun[whole] = None
    meant = {key: None for one in exact for key in _misread(one)}
    meant |= {sku_key(on_the_other_layout(w.lower())): None for w in words if _mixed(w)}
    return Keys(list(exact), [key for key in meant if key not in exact][:_MOST_MEANT], list(begun))


def _may_be_one(key: str, piece: str, before: str, behind: str) -> bool:
    if len(key) < SHORTEST:
        return False
    if key.isdigit() and len(key) < _SHORTEST_NUMBER:
        return _NUMBERED.search(before) is not None
    if key.isdigit() and _MONEY.match(behind):
        return False
    return any(c.isdigit() for c in key) or piece.strip(".,?!").isupper()


def _mixed(word: str) -> bool:
    """Letters beside digits: a number whose letters may be of the wrong layout."""
    return any(c.isdigit() for c in word) and any(c.isalpha() for c in word)


def _misread(key: str) -> Iterator[str]:
    """The key with O for 0, I for 1 and the other way round, where there are few of them."""
    if not any(c.isdigit() for c in key) or len(key) < SHORTEST_PREFIX:
        return
    places = [at for at, c in enumerate(key) if c in _CONFUSED]
    if len(places) > _MOST_CONFUSED:
        return
    yield from (key[:at] + _CONFUSED[key[at]] + key[at + 1 :] for at in places)
    for letters in ("OI", "01", "O", "0", "I", "1"):
        yield key.translate({ord(letter): _CONFUSED[letter] for letter in letters})


def after(key: str) -> str:
    """The first string, by code point, past everything that begins with the key."""
    return key[:-1] + chr(ord(key[-1]) + 1)
