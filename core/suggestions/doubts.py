"""What a card says to look at before sending, each with the words it is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.ports.ai import Ruling
from core.suggestions.facts import Filled
from core.suggestions.self_check import SelfCheck
from core.suggestions.suspicion import Sign


class DoubtKind(StrEnum):
    """Beside `Sign`. The texts are `doubt.<value>` in locales/."""

    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"
    NO_JUDGE = "no_judge"
    OVER_DISCOUNT = "over_discount"
    STOCK = "stock"  # the stock it names is another by now
    HELD = "held"  # approved once, and held when it was to be sent


_LONGEST = 120
_MOST_OF_A_KIND = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    kind: str
    text: str = ""

    def kept(self) -> dict[str, str]:
        return {"kind": self.kind, "text": self.text}


def doubts_of(
    filled: Filled, check: SelfCheck, signs: Sequence[Sign], contacts: Iterable[str]
) -> list[Doubt]:
    """Everything amiss but the unbound, which has a line of its own."""
    return [
        *(Doubt(DoubtKind.OVER_DISCOUNT, text) for text in filled.over),
        *_sentences(check, Ruling.CONTRADICTED, DoubtKind.CONTRADICTED),
        *_sentences(check, Ruling.NOT_FOUND, DoubtKind.NOT_FOUND),
        *([Doubt(DoubtKind.NO_JUDGE, check.why)] if check.why else []),
        *(Doubt(sign) for sign in signs),
        *(Doubt(Sign.NEW_CONTACT, text) for text in contacts),
    ]


def _sentences(check: SelfCheck, ruling: Ruling, kind: DoubtKind) -> list[Doubt]:
    said = check.said(ruling)[:_MOST_OF_A_KIND]
    return [
        Doubt(kind, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…") for text in said
    ]
