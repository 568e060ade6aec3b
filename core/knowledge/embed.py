"""The product's own embedder: needs no key, no network and no model.

Words and their character 3- to 5-grams, hashed into 512 dimensions with a sign, of unit length.
Both alphabets are folded into one, so that «камри» meets Camry and an ending or a typo costs
little. It knows no synonyms: the text leg and, with a key, a real model know more.
"""

import asyncio
import math
import re
import unicodedata
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from core.kernel.transaction import refuse_inside_transaction
from core.knowledge.models import DIMENSIONS
from core.ports.ai import Embedded, Usage

OFFLINE = "offline-1"
_WORD = re.compile(r"[^\W_]+")
_MARKS = ".,!?;:()«»\"'…-–—"
_GRAMS = (3, 4, 5)
_WHOLE_WORD, _PAIR, _GRAM, _IN_TITLE = 1.0, 0.5, 1.0, 2.0
_TEXTS_A_SLICE = 32
_SOUNDS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z",
        "и": "i", "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
        "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "4", "ш": "w", "щ": "w",
        "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a",
        "y": "i", "c": "k", "q": "k", "w": "v", "x": "h",
    }
)  # fmt: skip
# What any question has and no answer is found by.
ASKING = frozenset(
    """
    a an and are at be by can could do does for from have hello hi how i in is it me much my
    need of on or our please sell thanks that the this to want was we what with you your а без
    бы был была были было в вам вас ваш ваша ваше ваши вы да день для до добрый его ее если есть
    еще же за здравствуйте и из или им имеется интересует их к как какая какие какой какую ко
    купить куплю ли меня мне можно мой моя мы на над наличии нам нас не него нее нет но ну нужен
    нужна нужно нужны о об он она они оно от по под подскажите пожалуйста почем при привет про
    продаете с себя скажите сколько со спасибо стоит так там то тоже только ты у уже хотел хочу
    чем через что чтобы эта эти это этот эту я
    """.split()  # noqa: SIM905 - a list would be 170 lines
)


def telling(text: str) -> str:
    """The question without the words any question has; whole, if it has no others."""
    kept = [
        w for w in text.split() if w.strip(_MARKS).lower().replace("ё", "е") not in ASKING
    ]
    return " ".join(kept) if any(_WORD.search(word) for word in kept) else text


def _fold(word: str) -> str:
    return word.translate(_SOUNDS)


def _slot(feature: str) -> int:
    """1..DIMENSIONS with a sign: where the feature is added or taken away."""
    mark = zlib.crc32(feature.encode())
    slot = (mark >> 1) % DIMENSIONS + 1
    return slot if mark & 1 else -slot


@lru_cache(maxsize=50_000)
def _grams(word: str) -> "array[int]":
    bounded = f"<{word}>"
    return array(
        "h",
        (
            _slot(bounded[at : at + size])
            for size in _GRAMS
            for at in range(len(bounded) - size + 1)
        ),
    )


def vector(text: str) -> list[float]:
    """A unit vector; the zero vector if there is no telling word in the text.

    The first of several lines is the title, and counts for more.
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    first, _, rest = plain.partition("\n")
    title, body = _folded(first), _folded(rest)
    counts = Counter(title + body)
    titled = set(title) if body else set()
    sums = [0.0] * (DIMENSIONS + 1)
    for word, times in counts.items():
        weight = (1.0 + math.log(times)) * (_IN_TITLE if word in titled else 1.0)
        slots = _grams(word)
        # A long word has more grams: each word brings the same share, whatever its length.
        share = weight * _GRAM / math.sqrt(len(slots) or 1)
        for slot in slots:
            if slot > 0:
                sums[slot] += share
            else:
                sums[-slot] -= share
        _add(sums, f"={word}", weight * _WHOLE_WORD)
    for pair in {*pairwise(title), *pairwise(body)}:
        _add(sums, " ".join(pair), _PAIR)
    norm = math.sqrt(math.fsum(value * value for value in sums))
    return [value / norm for value in sums[1:]] if norm else sums[1:]


def _folded(plain: str) -> list[str]:
    words = (_fold(word) for word in _WORD.findall(plain) if word not in ASKING)
    return [word for word in words if word]


def _add(sums: list[float], feature: str, weight: float) -> None:
    slot = _slot(feature)
    sums[abs(slot)] += weight if slot > 0 else -weight


class OfflineEmbedder:
    """The embedder of a product without a key; its vectors depend on the text alone."""

    name = OFFLINE
    model = "offline"

    async def embed(self, texts: Sequence[str]) -> Embedded:
        refuse_inside_transaction("the embedder")
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _TEXTS_A_SLICE):
            vectors.extend(vector(text) for text in texts[start : start + _TEXTS_A_SLICE])
            await asyncio.sleep(0)  # live replies of this process get their turn
        return Embedded(vectors, self.name, Usage(self.model, 0, 0))

    async def close(self) -> None:
        """It holds nothing."""
