"""What a question asks for, word by word, and how else each word might be written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.knowledge.embed import ASKING
from core.knowledge.names import likes_of, members, names_of
from core.knowledge.stems import stem
from core.knowledge.words import (
    SHORTEST_SOUND,
    code,
    grams,
    in_russian_letters,
    on_the_other_layout,
    sound,
    terms_of,
    tokens,
)

MOST_WORDS = 32
ASKING_WORTH = 0.15
_SHORTEST_BEGUN = 5
_SHORTEST_MISTYPED = 4
_AS_HEARD, _IN_OTHER_LETTERS, _A_NAME, _LIKE, _PART, _OTHER_LAYOUT = 0.9, 0.9, 0.95, 0.4, 0.5, 0.9


@dataclass(slots=True)
class Asked:
    """One word of a question: the terms it may be met by, each with its worth (the word's own: 1).

    `guesses` and `mistyped` count only if the store has none of the terms; `begins` are grams of
    words that begin alike.
    """

    word: str
    worth: float
    terms: dict[str, float] = field(default_factory=dict)
    guesses: dict[str, float] = field(default_factory=dict)
    begins: str | None = None
    mistyped: tuple[str, ...] = ()  # the term and its sound, to be compared letter by letter


def read(text: str) -> list[Asked]:
    """The question's words, each once; those any question has weigh little."""
    found: dict[str, Asked] = {}
    for token in tokens(text):
        for asked in _asked(token):
            found.setdefault(asked.word, asked)
    kept = list(found.values())[:MOST_WORDS]
    if kept and all(asked.worth < 1.0 for asked in kept):
        for asked in kept:
            asked.worth = 1.0  # nothing else was asked
    return kept


def _asked(token: str) -> Iterator[Asked]:
    terms = terms_of(token)
    if not terms:
        return
    if any(c.isdigit() for c in token):
        own = Asked(terms[0], 1.0, {terms[0]: 1.0})
        own.terms |= {term: _PART for term in terms[1:] if len(term) > 1}
        yield own
        return
    words = [part for part in token.replace("–", "-").replace(".", "-").split("-") if part]
    if len(words) > 1:
        words.append("".join(words))
    for word in words:
        own_terms = terms_of(word)
        if own_terms:
            yield _word(word, own_terms)


def _word(word: str, terms: Sequence[str]) -> Asked:
    own = terms[0]
    asked = Asked(own, ASKING_WORTH if word in ASKING else 1.0, {own: 1.0})
    if word in ASKING:
        return asked
    for term in terms[1:]:
        asked.terms.setdefault(term, _AS_HEARD)
    for term, worth in _others(word, own):
        asked.terms.setdefault(term, worth)
    if word.isascii():
        asked.terms.setdefault(stem(in_russian_letters(word)), _IN_OTHER_LETTERS)
    else:
        heard = sound(word)
        if heard:
            asked.terms.setdefault(f"~{heard}", _AS_HEARD)
    if len(own) >= _SHORTEST_BEGUN:
        asked.begins = f"<{own[:4]}"
    if len(word) >= SHORTEST_SOUND:
        meant = on_the_other_layout(word)
        for term in terms_of(meant):
            asked.guesses[term] = _OTHER_LAYOUT
        if heard := sound(meant):
            asked.guesses.setdefault(f"~{heard}", _OTHER_LAYOUT * _AS_HEARD)
        if word.isascii():
            asked.guesses.setdefault(code(word), _A_NAME)  # an engine named by its letters
    if len(own) >= _SHORTEST_MISTYPED:
        asked.mistyped = tuple(t for t in (own, f"~{sound(word)}") if len(t) >= _SHORTEST_MISTYPED)
    return asked


def grams_of(asked: Asked) -> Iterator[tuple[str, str]]:
    """Each term that may be mistyped, with its grams."""
    for term in asked.mistyped:
        yield from ((term, gram) for gram in grams(term))


def _others(word: str, own: str) -> Iterator[tuple[str, float]]:
    for group in names_of(word):
        yield from ((term, _A_NAME) for term in members(group))
    for group in likes_of(own):
        yield from ((term, _LIKE) for term in members(group))
