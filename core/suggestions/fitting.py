"""How well the words of a claim fit those of a mention."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from core.suggestions.company import OWN, Company
from core.suggestions.comparable import agrees, counts_alike
from core.suggestions.mentions import Mention
from core.suggestions.wording import at_odds

_UNSAID = 0.22  # what a mention loses if the draft has none of its own words
_AT_ODDS = 2.0  # the height for the width
_COUNTS, _COUNTS_ODDS = 0.5, 1.0  # both count the same, or do not
_KEY, _KEY_ODDS = 1.5, 0.5
_BESIDE = 0.75  # the same word right before a bare number


class Rarity:
    """What each word tells: one that stands beside every figure of a kind tells none apart."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        own: Counter[str] = Counter()
        any_: Counter[str] = Counter()
        for mention in mentions:
            any_.update(mention.company.words.keys())
            own.update(mention.company.own)
        self._total, self._own, self._any = len(mentions), own, any_

    def fit(
        self, said: Company, stands: Company, kin: Mapping[str, Sequence[tuple[str, float]]]
    ) -> float:
        total, met = 0.0, set()
        for word, ours in said.words.items():
            best = 0.0
            for known, alike in kin[word]:
                theirs = stands.words.get(known)
                if theirs is not None:
                    met.add(known)
                    best = max(best, alike * ours * theirs * self._worth(known, theirs))
            total += best
        whole = sum(self._worth(word, OWN) for word in stands.own)
        if whole:
            total -= _UNSAID * sum(self._worth(word, OWN) for word in stands.own - met) / whole
        if said.before and said.before == stands.before:
            total += _BESIDE
        if said.of and stands.of:
            total += _COUNTS if counts_alike(said.of, stands.of) else -_COUNTS_ODDS
        total += _by_keys(said, stands)
        if at_odds(said.own, stands.own):
            total -= _AT_ODDS
        return total

    def _worth(self, word: str, weight: float) -> float:
        times = self._own[word] if weight >= OWN else self._any[word]
        return 0.1 + math.log((1.5 + self._total) / (0.5 + times))


def _by_keys(said: Company, stands: Company) -> float:
    """«80 л — 4 500 ₽»: what stands right beside is the same, or is not."""
    total = 0.0
    for ours, our_weight in said.keys:
        best, odds = 0.0, 0.0
        for theirs, their_weight in stands.keys:
            if ours.unit is not theirs.unit:
                continue
            weight = our_weight * their_weight
            if agrees(ours, theirs):
                best = max(best, weight)
            else:
                odds = max(odds, weight)
        total += _KEY * best if best else -_KEY_ODDS * odds
    return total
