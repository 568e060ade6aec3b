"""Whether a text speaks of a topic: by the stems of its words, never by letters inside others.

«суд» is found in «подам в суд», not in «посуда» nor in «обсудим»; «возврат денег» is found in
«возврата денег». A longer word names those derived from it as well: «кредит» finds «кредитный».
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.decision.stems import stem

_WORD = re.compile(r"[^\W_]+")
_NAMES_A_FAMILY = 5


@dataclass(frozen=True, slots=True)
class _Word:
    whole: str
    stem: str

    def names(self, said: "_Word") -> bool:
        return said.stem == self.stem or any(
            len(family) >= _NAMES_A_FAMILY and said.whole.startswith(family)
            for family in (self.whole, self.stem)
        )


def speaks_of(topics: Iterable[str], said: str) -> bool:
    """Whether any topic's words stand in the text, next to each other and in their order."""
    words = _words(said)
    return any(_stands_in(_words(topic), words) for topic in topics)


def _words(text: str) -> list[_Word]:
    folded = text.casefold().replace("ё", "е")
    return [_Word(word, stem(word)) for word in _WORD.findall(folded)]


def _stands_in(topic: list[_Word], words: list[_Word]) -> bool:
    if not topic:
        return False
    return any(
        all(wanted.names(words[at + step]) for step, wanted in enumerate(topic))
        for at in range(len(words) - len(topic) + 1)
    )
