"""The product's own embedder: needs no key, no network and no model.

Words, the groups of names and likes they belong to, and their letters three at a time, hashed into
512 dimensions with a sign, of unit length. Letters are taken as they sound, in one alphabet, so
that «камри» meets Camry and an ending or a typo costs little. Beyond the lists of `names` it knows
no meanings: the text leg and, with a key, a real model know more.
"""

import asyncio
import math
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from core.kernel.transaction import refuse_inside_transaction
from core.knowledge.models import DIMENSIONS
from core.knowledge.names import likes_of, names_of
from core.knowledge.stems import stem
from core.knowledge.words import sound, terms_of, tokens
from core.ports.ai import Embedded, Usage

OFFLINE = "offline-2"  # another name whenever a vector would be another
_MARKS = ".,!?;:()«»\"'…-–—"
_GRAM = 3
_STEM, _LETTERS, _CODE, _PART_OF_CODE, _NAME, _LIKE = 1.0, 1.2, 1.5, 0.75, 1.0, 0.6
_IN_TITLE = 2.0
_TEXTS_A_SLICE = 32
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
    большое огромное благодарю ок окей ладно хорошо понял поняла понятно ясно алло доброе утро добрый
    вечер чем через что чтобы эта эти это этот эту я
    """.split()  # noqa: SIM905 - a list would be 170 lines
)


def telling(text: str) -> str:
    """The question without the words any question has; whole, if it has no others."""
    kept = [w for w in text.split() if w.strip(_MARKS).lower().replace("ё", "е") not in ASKING]
    return " ".join(kept) if any(any(c.isalnum() for c in word) for word in kept) else text


def vector(text: str) -> list[float]:
    """A unit vector; the zero vector if there is no telling word in the text.

    The first of several lines is the title, and counts for more.
    """
    first, _, rest = text.partition("\n")
    title, body = tokens(first), tokens(rest)
    counts = Counter(title + body)
    titled = set(title) if body else set()
    sums = [0.0] * DIMENSIONS
    for word, times in counts.items():
        if word in ASKING:
            continue
        weight = (1.0 + math.log(times)) * (_IN_TITLE if word in titled else 1.0)
        for slot, worth in _features(word):
            sums[slot] += weight * worth
    norm = math.sqrt(math.fsum(value * value for value in sums))
    return [value / norm for value in sums] if norm else sums


@lru_cache(maxsize=50_000)
def _features(word: str) -> tuple[tuple[int, float], ...]:
    """Where a word is added to, and how much of it."""
    found: Counter[int] = Counter()
    for feature, worth in _named(word):
        mark = zlib.crc32(feature.encode())
        found[(mark >> 1) % DIMENSIONS] += worth if mark & 1 else -worth  # type: ignore[assignment]
    return tuple(found.items())


def _named(word: str) -> Iterator[tuple[str, float]]:
    terms = terms_of(word)
    if not terms:
        return
    if any(c.isdigit() for c in word):
        yield f"={terms[0]}", _CODE
        yield from ((f"={term}", _PART_OF_CODE) for term in terms[1:])
        return
    for part in word.replace("-", " ").replace(".", " ").replace("/", " ").split():
        root = stem(part)
        yield f"={root}", _STEM
        edged = f"<{sound(part) or root}"
        letters = [edged[at : at + _GRAM] for at in range(len(edged) - _GRAM + 1)]
        # A long word has more letters: each word brings the same share, whatever its length.
        yield from ((one, _LETTERS / math.sqrt(len(letters))) for one in letters)
        yield from ((f"@{group}", _NAME) for group in names_of(part))
        yield from ((f"@{group}", _LIKE) for group in likes_of(root))


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
