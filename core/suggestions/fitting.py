"""How well the words of a claim fit those of a mention."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.suggestions.company import OWN, Company
from core.suggestions.comparable import agrees, counts_alike
from core.suggestions.mentions import Mention

_LIKE_ENOUGH = 2  # how much less a word half alike makes another one common
_UNSAID = 0.22  # what a mention loses if the draft has none of its own words
_COUNTS, _COUNTS_ODDS = 0.5, 1.0  # both count the same, or do not
_KEY, _KEY_ODDS = 1.5, 0.5
_BESIDE = 0.75  # the same word right before a bare number


class Rarity:
    """What each word tells: one that stands beside every figure of a kind tells none apart."""

    def __init__(
        self, mentions: Sequence[Mention], kin: Mapping[str, Sequence[tuple[str, float]]]
    ) -> None:
        """`kin`: for each word of the draft those of the sources that are it, or nearly."""
        self._total = len(mentions)
        self._kin = kin
        own: dict[str, set[int]] = defaultdict(set)
        any_: dict[str, set[int]] = defaultdict(set)
        for at, mention in enumerate(mentions):
            for word, weight in mention.company.words.items():
                any_[word].add(at)
                if weight >= OWN:
                    own[word].add(at)
        self._own, self._any = own, any_
        self._ours = {
            word: (self._kindred(some, own), self._kindred(some, any_))
            for word, some in kin.items()
        }

    def _kindred(self, some: Sequence[tuple[str, float]], where: Mapping[str, set[int]]) -> float:
        """What a word of the draft tells, by how many mentions have it or its kin."""
        best: dict[int, float] = {}
        for known, alike in some:
            for at in where.get(known, ()):
                best[at] = max(best.get(at, 0.0), alike)
        return self._told(sum(alike**_LIKE_ENOUGH for alike in best.values()))

    def fit(self, said: Company, stands: Company) -> float:
        total, met = 0.0, set()
        for word, ours in said.words.items():
            best = 0.0
            in_own, in_any = self._ours[word]
            for known, alike in self._kin[word]:
                theirs = stands.words.get(known)
                if theirs is not None:
                    met.add(known)
                    worth = in_own if theirs >= OWN else in_any
                    best = max(best, alike * ours * theirs * worth)
            total += best
        whole = sum(self._worth(word) for word in stands.own)
        if whole:
            total -= _UNSAID * sum(self._worth(word) for word in stands.own - met) / whole
        if said.before and said.before == stands.before:
            total += _BESIDE
        if said.of and stands.of:
            total += _COUNTS if counts_alike(said.of, stands.of) else -_COUNTS_ODDS
        total += _by_keys(said, stands)
        return total

    def _worth(self, word: str) -> float:
        return self._told(len(self._own[word]))

    def _told(self, times: float) -> float:
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
        total += _KEY * best if best and best >= odds else -_KEY_ODDS * odds
    return total
