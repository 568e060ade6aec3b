"""Text for Telegram whose length is known: the limit counts UTF-16 units after parsing."""

import html
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST_MESSAGE = 4096  # UTF-16 units

# What turns the direction of everything after it; harmless within its own isolate only.
_DIRECTIONS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_JOINERS = "\u200d\ufe0f"
_RIGHT_TO_LEFT = {"R", "AL"}
_FIRST_RIGHT_TO_LEFT = "\u0590"
_LAST_OF_ONE_UNIT = 0xFFFF


def units(text: str) -> int:
    """How long Telegram counts a text."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(frozen=True, slots=True)
class Html:
    """Markup and the length of what is seen of it."""

    source: str = ""
    length: int = 0

    def __add__(self, other: "Html") -> "Html":
        return Html(self.source + other.source, self.length + other.length)

    def __bool__(self) -> bool:
        return self.length > 0

    def bold(self) -> "Html":
        return self._within("<b>", "</b>")

    def italic(self) -> "Html":
        return self._within("<i>", "</i>")

    def pre(self) -> "Html":
        return self._within("<pre>", "</pre>")

    def quote(self, *, folded: bool = False) -> "Html":
        opening = "<blockquote expandable>" if folded else "<blockquote>"
        return self._within(opening, "</blockquote>")

    def struck(self) -> "Html":
        return self._within("<s>", "</s>")

    def link(self, url: str) -> "Html":
        return self._within(f'<a href="{html.escape(url)}">', "</a>")

    def _within(self, opening: str, closing: str) -> "Html":
        return Html(f"{opening}{self.source}{closing}", self.length) if self else self


def plain(text: str) -> Html:
    """Anybody's words: never markup."""
    return Html(html.escape(text, quote=False), units(text))


def inline(text: str) -> Html:
    """A name or a title within a line of ours: one line, and its direction stays inside it."""
    line = " ".join(text.translate(_DIRECTIONS).split())
    if (
        line
        and max(line) >= _FIRST_RIGHT_TO_LEFT
        and any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in line)
    ):
        line = f"{_ISOLATE}{line}{_END_ISOLATE}"
    return plain(line)


def head(text: str, most: int) -> str:
    """The longest beginning of at most `most` units that breaks no character in two."""
    if units(text) <= most:
        return text
    end = taken = 0
    for end, character in enumerate(text):  # noqa: B007 - `end` is where the loop stopped
        taken += 2 if ord(character) > _LAST_OF_ONE_UNIT else 1
        if taken > most:
            break
    while end and (unicodedata.combining(text[end]) or _joined(text, end)):
        end -= 1
    return text[:end]


def _joined(text: str, at: int) -> bool:
    return text[at] in _JOINERS or text[at - 1] == _JOINERS[0]


def joined(parts: Iterable[Html], by: str = "\n") -> Html:
    """Those parts that are not empty, with `by` between them."""
    shown = [part for part in parts if part]
    between = plain(by)
    length = sum(part.length for part in shown) + between.length * max(0, len(shown) - 1)
    return Html(between.source.join(part.source for part in shown), length)
