"""Spotlighting: texts from outside are told from the instructions by a mark drawn for each call.

Between the words of an untrusted text stands the mark instead of a blank; nobody who wrote the
text could know which one it would be.
"""

import secrets
from collections.abc import Iterable

# Seldom in any text, one token in most vocabularies, never inside a word.
_MARKS = "ˆ¦¬†‡◊¤§¶‖⁑※"
_FALLBACK = "¦¦"


def draw(texts: Iterable[str]) -> str:
    """A mark that none of the texts has in it."""
    present = set("".join(texts))
    free = [mark for mark in _MARKS if mark not in present]
    return secrets.choice(free) if free else _FALLBACK


def marked(text: str, mark: str) -> str:
    """The words with the mark between them; line ends stay."""
    return "\n".join(mark.join(line.split()) for line in text.split("\n"))


def unmarked(text: str, mark: str) -> str:
    """What a model copied out of a marked text, as it was written."""
    return text.replace(mark, " ")


def canary() -> str:
    """A word that stands in the instructions alone: in an answer it is a leak."""
    return f"K{secrets.token_hex(6)}"
