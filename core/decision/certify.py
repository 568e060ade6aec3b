"""Learn-then-Test: the lowest threshold above which drafts are surely good enough.

Thresholds are tried from the strictest down, on a coarse grid that was fixed before the labels
were seen; each must pass an exact binomial test, and the first that does not ends the walk. So the
chance of granting a threshold whose true error exceeds alpha is delta at most, without dividing it
among the steps. facts/retrieval.md, 4.1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.decision.exact import at_most, least_labels

STEPS = 20  # of five per cent of the drafts each
_ENOUGH_SCORES = 100
_START_TIMES = 3  # how many times the least number of labels the walk begins with, if it can
_FIXED_GRID = tuple(round(1 - step / STEPS, 2) for step in range(1, STEPS + 1))


@dataclass(frozen=True, slots=True)
class Labelled:
    """A draft's score, and whether it should not have gone out as it was."""

    score: float
    error: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """n labels at the threshold or above it, k errors among them."""

    threshold: float
    n: int
    k: float


@dataclass(frozen=True, slots=True)
class Refused:
    """`missing`: labels that are still needed, if every one of them is good."""

    n: int
    k: float
    missing: int


def grid_of(scores: Sequence[float]) -> tuple[float, ...]:
    """Thresholds from the strictest down, from the previous period's scores; fixed without them."""
    if len(scores) < _ENOUGH_SCORES:
        return _FIXED_GRID
    ranked = sorted(scores, reverse=True)
    places = (math.ceil(len(ranked) * step / STEPS) - 1 for step in range(1, STEPS + 1))
    return tuple(dict.fromkeys(ranked[place] for place in places))


def certify(
    labels: Sequence[Labelled],
    grid: Sequence[float],
    *,
    alpha: float,
    delta: float,
    hidden: float = 0.0,
) -> Granted | Refused:
    """Walk down the grid while the test holds.

    `hidden`: the share of labels without an error that a second look has found to have one; the
    errors counted are raised by it.
    """
    counted = [_count(labels, threshold, hidden) for threshold in grid]
    least = least_labels(alpha, delta)
    wanted = min(_START_TIMES * least, len(labels))
    # Where the walk begins depends on the scores alone, never on the errors.
    start = next((at for at, (n, _) in enumerate(counted) if n >= wanted and n), len(grid) - 1)
    passed: Granted | None = None
    for threshold, (n, k) in list(zip(grid, counted, strict=True))[start:]:
        if n < least or at_most(math.ceil(k), n, alpha) > delta:
            break
        passed = Granted(threshold, n, k)
    if passed is not None:
        # Below the lowest score that was labelled nothing is known.
        known = min(label.score for label in labels if label.score >= passed.threshold)
        return replace(passed, threshold=known)
    n, k = counted[start] if counted else (0, 0.0)
    return Refused(n, k, missing(n, math.ceil(k), alpha=alpha, delta=delta))


def missing(n: int, k: int, *, alpha: float, delta: float) -> int:
    """How many good labels more would make k errors few enough."""
    low, high = 0, 1
    while at_most(k, n + high, alpha) > delta:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if at_most(k, n + middle, alpha) > delta:
            low = middle + 1
        else:
            high = middle
    return max(low, least_labels(alpha, delta) - n)


def _count(labels: Sequence[Labelled], threshold: float, hidden: float) -> tuple[int, float]:
    above = [label.error for label in labels if label.score >= threshold]
    errors = sum(above)
    return len(above), errors + (len(above) - errors) * hidden
