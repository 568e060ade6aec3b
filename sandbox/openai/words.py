"""Words made comparable: one alphabet, stems cut short, so that «камри» meets Camry."""

import re
import zlib
from functools import lru_cache

_WORD = re.compile(r"[0-9a-zа-яё]+", re.IGNORECASE)
_TO_LATIN = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh",
        "з": "z", "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c",
        "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu",
        "я": "ia", "c": "k", "y": "i", "w": "v", "q": "k", "x": "ks", "j": "i",
    }
)  # fmt: skip
_SAME = {
    "korob": "akpp", "avtom": "akpp", "gearb": "akpp", "trans": "akpp", "kpp": "akpp",
    "tselo": "price", "stoit": "price", "cena": "price", "kost": "price",
    "vozvr": "return", "retur": "return", "refun": "return",
    "dosta": "deliver", "deliv": "deliver", "shipp": "deliver",
    "garan": "guarantee", "varra": "guarantee", "guara": "guarantee",
    "akpp": "akpp",
}  # fmt: skip
_STOP = frozenset(
    {
        "i",
        "v",
        "na",
        "s",
        "po",
        "do",
        "u",
        "k",
        "o",
        "za",
        "ot",
        "iz",
        "dlia",
        "ne",
        "a",
        "no",
        "li",
        "est",
        "kak",
        "chto",
        "eto",
        "the",
        "is",
        "of",
        "to",
        "for",
        "and",
        "you",
        "have",
        "it",
        "in",
        "on",
        "my",
        "mi",
        "vi",
        "mne",
        "vam",
        "vas",
        "nas",
        "ia",
    }
)
STEM = 5
GRAMS = (3, 4, 5)


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """One word in one alphabet, without its ending."""
    latin = word.lower().translate(_TO_LATIN)
    if any(c.isdigit() for c in latin):
        return latin
    stem = latin[:STEM]
    return _SAME.get(stem, stem)


def stems(text: str) -> list[str]:
    """The telling words of a text, folded, in order."""
    folded = (fold(word) for word in _WORD.findall(text))
    return [word for word in folded if word and word not in _STOP]


def embed(text: str, size: int) -> list[float]:
    """Hashed words and character n-grams, normalised; the same text is the same vector."""
    vector = [0.0] * size
    for word in _WORD.findall(text.lower()):
        latin = word.translate(_TO_LATIN)
        _add(vector, f"#{fold(word)}", 2.0)
        padded = f"<{latin}>"
        for gram in GRAMS:
            for start in range(len(padded) - gram + 1):
                _add(vector, padded[start : start + gram], 1.0)
    norm = sum(x * x for x in vector) ** 0.5
    if norm == 0.0:
        vector[0] = norm = 1.0
    return [x / norm for x in vector]


def _add(vector: list[float], feature: str, weight: float) -> None:
    mark = zlib.crc32(feature.encode())
    vector[(mark >> 1) % len(vector)] += weight if mark & 1 else -weight
