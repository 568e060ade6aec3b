"""The words of a text, as they are indexed and asked for.

A word in lower case is a stem, one in capitals a code (a part number, a size: «Т31» and T31 are
one), one after `~` the sound of a Latin word, by which «камри» meets Camry.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from core.kernel.look_alikes import LOOK_ALIKES
from core.knowledge.stems import stem

ANALYSER = 1  # another number has every passage's words made again
SHORTEST_SOUND = 3
_LONGEST_WORD = 60
_MOST_POSITIONS = 16_000
_THOUSANDS = re.compile(r"(?<![\w.,-])(\d{1,3})((?:[   ]\d{3})+)(?![\d])")
_SHORT_THOUSANDS = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d)?)\s?(?:к|k|тыс\.?|т\.р\.?|тр)(?!\w)")
_TOKEN = re.compile(r"\d+[.,]\d+(?![\w-]|[.,]\d)|[^\W_]+(?:[-./]?[^\W_]+)*")
_PARTS = re.compile(r"[^\W_]+")
_MEASURE = re.compile(r"(\d+(?:[.,]\d+)?)([a-zа-я]{1,4})")
_APOSTROPHES = re.compile(r"(?<=\w)['’](?=\w)")
_STARS = re.compile(r"(?<=\d)\s?[*x×х]\s?(?=\d)")
# Never indexed: they stand in every passage and every question.
_PARTICLES = frozenset(
    [
        "а",
        "в",
        "во",
        "и",
        "или",
        "к",
        "ко",
        "на",
        "не",
        "но",
        "о",
        "об",
        "от",
        "по",
        "с",
        "со",
        "у",
        "из",
        "за",
        "до",
        "же",
        "ли",
        "бы",
        "что",
        "это",
        "как",
        "то",
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
    ]
)
_READ_AS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("tsch|tch", "4"), ("sch|sh", "8"), ("ch", "4"), ("zh", "j"), ("kh", "h"), ("ph", "f"),
        ("th", "t"), ("ck", "k"), ("qu", "kv"), ("ya", "a"), ("yu|ju", "u"), ("oo|ou", "u"), ("ee|ea", "i"), ("ts|tz", "c"),
        ("c(?=[eiy])", "s"), ("c|q", "k"), ("x", "ks"), ("w", "v"), ("y", "i"),
    )
)  # fmt: skip
_SOUNDS = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "j", "з": "z", "и": "i",
        "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
        "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "4", "ш": "8", "щ": "8", "ъ": "",
        "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a",
    }
)  # fmt: skip
_LETTERS = (
    ("sch", "щ"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("kh", "х"), ("ph", "ф"), ("ts", "ц"),
    ("yu", "ю"), ("ya", "я"), ("yo", "е"), ("ck", "к"), ("qu", "кв"), ("oo", "у"), ("ee", "и"),
)  # fmt: skip
_LETTER = str.maketrans("abcdefghijklmnopqrstuvwyz", "абкдефгхижклмнопкрстувви" + "з")
_TWINS = str.maketrans("abcehkmoptxy", "авсенкмортху")
_TYPED_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_TYPED_RUSSIAN = "йцукенгшщзхъфывапролджэячсмитьбюё"
_TO_RUSSIAN = str.maketrans(_TYPED_LATIN, _TYPED_RUSSIAN)
_TO_LATIN = str.maketrans(_TYPED_RUSSIAN, _TYPED_LATIN)


def plain(text: str) -> str:
    """Lower case, one width, е for ё, «45 000» and «45к» as 45000."""
    text = unicodedata.normalize("NFKC", text).lower().replace("ё", "е")
    text = _APOSTROPHES.sub("", text)
    text = _THOUSANDS.sub(lambda found: "".join(_PARTS.findall(found[0])), text)
    text = _SHORT_THOUSANDS.sub(_thousands, text)
    return _STARS.sub("x", text)


def _thousands(found: "re.Match[str]") -> str:
    return str(int(float(found[1].replace(",", ".")) * 1000))


def tokens(text: str) -> list[str]:
    """The words as they stand, codes and decimals whole."""
    return [found[:_LONGEST_WORD] for found in _TOKEN.findall(plain(text))]


@lru_cache(maxsize=100_000)
def terms_of(token: str) -> tuple[str, ...]:
    """What one word of a passage is indexed by; the first is the word itself."""
    if not any(c.isdigit() for c in token):
        parts = _PARTS.findall(token)
        few = len(parts) == 1  # of «т.е.» and X-Trail no single letter is a word
        found = [
            term
            for part in parts
            if part not in _PARTICLES and (few or len(part) > 1)
            for term in _word(part)
        ]
        if len(parts) > 1:
            found += _word("".join(parts))
        return tuple(dict.fromkeys(found))
    if re.fullmatch(r"\d+[.,]\d+", token):
        return (token.replace(",", "."),)
    parts = _PARTS.findall(token)
    found = [code("".join(parts))]
    if len(parts) > 1:
        found += [code(p) if any(c.isdigit() for c in p) else w for p in parts for w in _half(p)]
    measure = _MEASURE.fullmatch(token)
    if measure:
        found.append(measure[1].replace(",", "."))
    return tuple(dict.fromkeys(found))


def _half(part: str) -> Sequence[str]:
    """Half of a code: a word of two letters or more is one by itself."""
    if any(c.isdigit() for c in part):
        return [part]
    return _word(part)[:1] if len(part) > 1 else []


@lru_cache(maxsize=50_000)
def _word(word: str) -> tuple[str, ...]:
    if word.isascii():
        heard = sound(word)
        return (stem(word), f"~{heard}") if heard else (stem(word),)
    if any("a" <= c <= "z" for c in word):  # both alphabets in one word: a slip of the keyboard
        return (stem(word.translate(_TWINS)), stem(word))
    return (stem(word),)


def code(word: str) -> str:
    """In codes a Cyrillic letter that looks like a Latin one is that one."""
    return word.upper().translate(LOOK_ALIKES)


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """How a word is read, in letters both alphabets share; "" if it is too short to tell."""
    heard = word
    if word.isascii():
        for pattern, letter in _READ_AS:
            heard = pattern.sub(letter, heard)
    else:
        heard = heard.replace("дж", "j").replace("кс", "ks").translate(_SOUNDS)
    heard = re.sub(r"(.)\1+", r"\1", heard)
    short = heard.rstrip("aeiou")
    heard = short if len(short) > SHORTEST_SOUND else heard
    return heard if len(heard) >= SHORTEST_SOUND else ""


def in_russian_letters(word: str) -> str:
    """A Latin word as Russians write it down: camry, «камри»."""
    for latin, letter in _LETTERS:
        word = word.replace(latin, letter)
    return word.replace("x", "кс").translate(_LETTER)


def on_the_other_layout(word: str) -> str:
    """What was meant, if the keyboard was in the other language."""
    return word.translate(_TO_RUSSIAN if word.isascii() else _TO_LATIN).replace("ё", "е")


def grams(word: str) -> list[str]:
    """Three letters at a time, edges marked, its beginning, its ends; as SQL's `word_grams`."""
    edged = f"{word if word.startswith('~') else '<' + word}>"
    found = [edged[at : at + 3] for at in range(len(edged) - 2)]
    return list(dict.fromkeys([*found, edged[:5], f"{edged[:2]}*{word[-1]}"]))


def indexed(title: str, body: str) -> tuple[str, int]:
    """A passage's words as a tsvector (those of the title weigh A), and how many there are."""
    places: dict[str, list[str]] = defaultdict(list)
    at = 0
    for mark, text in (("A", title), ("B", body)):
        for found in _indexed(text):
            at += 1
            for term in found:
                places[term].append(f"{min(at, _MOST_POSITIONS)}{mark}")
    vector = " ".join(f"'{term}':{','.join(marks[:200])}" for term, marks in places.items())
    return vector, at


def _indexed(text: str) -> Iterator[tuple[str, ...]]:
    for token in tokens(text):
        if token not in _PARTICLES:
            found = terms_of(token)
            if found:
                yield found
