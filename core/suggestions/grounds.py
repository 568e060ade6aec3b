"""Where a figure of a draft comes from: the mention in a source that says the same of the same.

A number is bound by its value and by its company: «14 дней» said of the guarantee is not bound by
fourteen days of delivery. The figures of a sentence are matched with the mentions of their kind
all together, so that the words fit best; one whose match has another value is bound to nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import product

from core.suggestions.company import Company
from core.suggestions.comparable import agrees, at_its_end, comparable, of_one_kind
from core.suggestions.contract import NONE_DECLARED, Declared, Word
from core.suggestions.figures import Figure, Unit
from core.suggestions.fitting import Rarity
from core.suggestions.mentions import Ground, Mention, mentions_of
from core.suggestions.wording import beginnings, likeness

_SHARED = 1.0  # what a figure loses that stands on the mention of another one of the sentence,
_BORROWED = 4.0  # and if no word of its own is there
_NOTHING, _UNLABELLED = 0.0, -1.0  # to be bound to nothing is worth, if it has words, if not
_EVIDENCE = 0.05  # the least words must say for a mention of another value
_TAKEN = 0.3  # what is left of a mention that has found its figure, for another value
_QUOTED = 0.1  # what the draft's own reference to the very words is worth
_NEAR, _ADJACENT = 0.7, 0.1  # to stand in one sentence with the others is worth, or in the next
_NEXT, _PREVIOUS = 0.6, 0.3  # and right before what its neighbour stands on, or right after
_AGAIN, _BORROWED_AGAIN = 0.4, 1.0  # what a figure loses on what was said in an earlier sentence
_AGAINST = {Word.MISSING: 0.3, Word.FALSE: 0.6}  # what a figure loses by the contract
_MARGIN = 0.3
_RANGE = 0.3  # both ends agree: that is seldom chance
_CROSSED = 0.6  # what is left of a size for a length
_MOST_RIVALS, _MOST_WAYS = 5, 4096


# What another figure of the draft's sentence stands on, and how many figures on it is said.
_Near = tuple[Mention, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of a draft, its company, and what the draft's contract says of it."""

    figure: Figure
    company: Company
    declared: Declared = NONE_DECLARED


@dataclass(frozen=True, slots=True)
class _Choice:
    """A mention a claim may be matched with, and what that is worth."""

    mention: Mention | None
    worth: float
    met: frozenset[str] = frozenset()  # the claim's own words that are the mention's own too
    agrees: tuple[Decimal, ...] = ()  # the values they have in common
    own: frozenset[str] = frozenset()  # the claim's own words


@dataclass(slots=True)
class Grounds:
    """All mentions of some sources; made once for a draft."""

    mentions: list[Mention]
    codes: dict[str, frozenset[str]]  # by ref
    _begun: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _kin: dict[str, list[tuple[str, float]]] = field(default_factory=dict)

    def bound(
        self, claims: Sequence[Claim], refs: Collection[str], taken: Collection[Mention] = ()
    ) -> list[Mention | None]:
        """The mention each claim of one sentence stands on; None where a better one differs.

        `refs`: the sources the draft may stand on; `taken`: what it has said before.
        """
        before = set(map(id, taken))
        mentions = [mention for mention in self.mentions if mention.ref in refs]
        weighed = [self._weigh(claim, mentions) for claim in claims]
        kinds: dict[Unit, list[int]] = defaultdict(list)
        for at, claim in enumerate(claims):
            kinds[claim.figure.unit].append(at)
        found = _settled(weighed, kinds.values(), [()] * len(claims), before)
        if len(claims) > 1:
            # Once more, knowing where the others of the sentence stand.
            near = [
                [(m, other - at) for other, m in enumerate(found) if m is not None and other != at]
                for at in range(len(claims))
            ]
            found = _settled(weighed, kinds.values(), near, before)
        return found

    def _weigh(self, claim: Claim, mentions: Sequence[Mention]) -> "_Weighed":
        fitting = [m for m in mentions if comparable(claim.figure, claim.company, m)]
        figure, company = claim.figure, claim.company
        same = [
            m for m in fitting if agrees(figure, m.figure) and at_its_end(figure, company, m.figure)
        ]
        found = set(map(id, same))
        if not same or claim.declared.word is Word.SLIPPED:
            return _Weighed(claim, [], [])
        rarity = Rarity(fitting, {word: self._alike(word) for word in claim.company.words})

        def worth(mention: Mention) -> float:
            quoted = claim.declared.speaks_for(mention)
            return rarity.fit(claim.company, mention.company) + _QUOTED * quoted

        same_ = [(m, worth(m), self._met(claim, m)) for m in same]
        others = [(m, worth(m)) for m in fitting if id(m) not in found]
        return _Weighed(claim, same_, others)

    def _met(self, claim: Claim, mention: Mention) -> frozenset[str]:
        ours, theirs = claim.company.own, mention.company.own
        return frozenset(
            word for word in ours if any(known in theirs for known, _ in self._alike(word))
        )

    def _alike(self, word: str) -> list[tuple[str, float]]:
        """The words of the sources that are this one, or nearly."""
        if not self._begun:
            for known in {word for mention in self.mentions for word in mention.company.words}:
                for key in beginnings(known):
                    self._begun[key].add(known)
        if word not in self._kin:
            near = {known for key in beginnings(word) for known in self._begun.get(key, ())}
            self._kin[word] = [(k, alike) for k in near if (alike := likeness(word, k))]
        return self._kin[word]


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What each comparable mention is worth to a claim, by its words alone."""

    claim: Claim
    same: Sequence[tuple[Mention, float, frozenset[str]]]  # and the claim's own words it meets
    others: Sequence[tuple[Mention, float]]

    def choices(self, near: Collection[_Near]) -> list[_Choice]:
        """The best mention that agrees, first, and those of other values that fit better.

        `near`: what the other claims of the draft's sentence stand on.
        """
        if not self.same:
            return []
        said, company = self.claim.figure, self.claim.company
        same = [(m, w + _nearness(m, near), met) for m, w, met in self.same]
        best, *more = sorted(same, key=lambda one: one[1], reverse=True)
        extra = (
            _MARGIN + _RANGE * (len(said.values) > 1) - _AGAINST.get(self.claim.declared.word, 0.0)
        )
        agreeing = [
            _Choice(m, w + extra, met, said.values, company.own) for m, w, met in (best, *more[:1])
        ]
        crossed = best[0].figure.crossed
        rivals = (
            _Choice(
                m,
                (w + _nearness(m, near)) * (1.0 if m.figure.crossed is crossed else _CROSSED),
            )
            for m, w in self.others
            if w > _EVIDENCE
            and (of_one_kind(best[0], m) or (said.unit is m.figure.unit is not Unit.NONE))
        )
        closer = sorted((r for r in rivals if r.worth > 0), key=lambda one: -one.worth)
        # In this order: of a sentence of many figures only the first few are weighed together.
        return [
            agreeing[0],
            *closer[:1],
            _Choice(None, _NOTHING if _may_match(company, best[0].company) else _UNLABELLED),
            *agreeing[1:],
            *closer[1:_MOST_RIVALS],
        ]


def _may_match(said: Company, stands: Company) -> bool:
    """Whether the claim has words of its own, in the language of the source."""
    return any(
        ours.isascii() is theirs.isascii() for ours in said.own for theirs in stands.own or said.own
    )


def _nearness(mention: Mention, near: Collection[_Near]) -> float:
    """Figures said in one breath stand in one sentence, or in neighbours, in the same order."""
    most = follows = 0.0
    for other, apart in near:
        if other.ref != mention.ref or other.row or mention.row or other is mention:
            continue
        (line, place), (its_line, its_place) = mention.place, other.place
        if place == its_place:
            most = _NEAR
        elif line == its_line and abs(place - its_place) == 1:
            most = max(most, _ADJACENT)
        step = other.order - mention.order
        alike = mention.figure.unit is other.figure.unit
        if abs(apart) == 1 and (step == apart or (abs(step) == 1 and not alike)):
            follows += _NEXT if apart > 0 else _PREVIOUS
    return most + follows


def _settled(
    weighed: Sequence[_Weighed],
    kinds: Collection[Sequence[int]],
    near: Sequence[Collection[_Near]],
    before: Collection[int],
) -> list[Mention | None]:
    found: list[Mention | None] = [None] * len(weighed)
    for places in kinds:
        choices = [weighed[at].choices(near[at]) for at in places]
        for at, choice in zip(places, _matched(choices, before), strict=True):
            if choice is not None and choice.agrees:
                found[at] = choice.mention
    return found


def _matched(choices: Sequence[Sequence[_Choice]], before: Collection[int]) -> list[_Choice | None]:
    """For each claim one of its choices, worth the most together."""
    known = [at for at, own in enumerate(choices) if own]
    found: list[_Choice | None] = [None] * len(choices)
    most = max(1, int(_MOST_WAYS ** (1 / max(1, len(known)))))
    ways = product(*(choices[at][:most] for at in known))
    for at, choice in zip(known, max(ways, key=partial(_together, before=before)), strict=True):
        found[at] = choice
    return found


def _together(way: Sequence[_Choice], before: Collection[int]) -> float:
    """A mention stands for one figure; a second of its value shares it, one of another does not."""
    total = 0.0
    agreed = {id(choice.mention) for choice in way if choice.agrees}
    shared: dict[tuple[int, tuple[Decimal, ...]], _Choice] = {}
    for choice in way:
        total += choice.worth
        key = id(choice.mention)
        if choice.mention is None:
            continue
        first = shared.setdefault((key, choice.agrees), choice)
        if first is not choice:
            total -= _SHARED if _both(first, choice) and choice.met else _BORROWED
        elif choice.agrees and key in before:
            total -= _AGAIN if choice.met or not choice.own else _BORROWED_AGAIN
        if not choice.agrees and (key in agreed or key in before):
            total -= choice.worth * (1 - _TAKEN)
    return total


def _both(one: _Choice, other: _Choice) -> bool:
    """Whether what tells two figures apart is said of their one mention, of each of them."""
    ours, theirs = one.own - other.own, other.own - one.own
    if bool(one.own) is not bool(other.own):
        return False
    return (not ours or bool(ours & one.met)) and (not theirs or bool(theirs & other.met))


def grounds_of(sources: Sequence[Ground]) -> Grounds:
    """Read every figure of the sources, with its company."""
    mentions: list[Mention] = []
    codes: dict[str, frozenset[str]] = {}
    for source in sources:
        found, codes[source.ref] = mentions_of(source)
        mentions += found
    return Grounds(mentions, codes)
