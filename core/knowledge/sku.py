"""Article numbers made comparable, however they were typed."""

import re
import unicodedata

from core.kernel.look_alikes import LOOK_ALIKES

_GLUED = re.compile(r"[./,:;()\[\]#№«»\"'?!]+")
SHORTEST = 3
SHORTEST_PREFIX = 4
_LONGEST_JOIN = 4
_MOST_WORDS = 60


def sku_key(sku: str) -> str:
    """Upper case, letters and digits alone, Latin and Cyrillic look-alikes folded.

    Digits are left alone: 0 and O are told apart by catalogues.
    """
    plain = unicodedata.normalize("NFKC", sku).upper()
    return "".join(c for c in plain if c.isalnum()).translate(LOOK_ALIKES)


def keys_in(text: str) -> tuple[list[str], list[str]]:
    """Keys a question may name: those to be met exactly, and those to be met as a beginning.

    Neighbouring words are tried joined, since people type «35100 60D50» for `35100-60D50`.
    A word without a digit counts only if it is shouted, or is the whole question.
    """
    words = text.split()[:_MOST_WORDS]
    whole = sku_key(text) if len(words) <= _LONGEST_JOIN else ""
    exact: dict[str, None] = {}
    begun: dict[str, None] = {}
    for at, word in enumerate(words):
        for piece in (word, *_GLUED.split(word)):
            key = sku_key(piece)
            numbered = any(c.isdigit() for c in key)
            if len(key) >= SHORTEST and (numbered or piece.strip(".,?!").isupper()):
                exact[key] = None
                if numbered and len(key) >= SHORTEST_PREFIX:
                    begun[key] = None
        for end in range(at + 2, min(at + _LONGEST_JOIN, len(words)) + 1):
            key = sku_key("".join(words[at:end]))
            if len(key) >= SHORTEST_PREFIX and any(c.isdigit() for c in key):
                exact[key] = None
    if whole:
        exact[whole] = None
        if len(whole) >= SHORTEST_PREFIX and any(c.isdigit() for c in whole):
            begun[whole] = None
    return list(exact), list(begun)


def after(key: str) -> str:
    """The first string, by code point, past everything that begins with the key."""
    return key[:-1] + chr(ord(key[-1]) + 1)
