"""The licence keeps its promise and the breaker its own, at a size that takes a moment.

`python -m bench.autosend` is the whole exam.
"""

import random
from collections.abc import Sequence
from functools import partial

from bench.autosend import (
    ALPHA,
    MOST_VIOLATIONS,
    by_test,
    exam,
    naively,
    run_length,
    simulate,
)
from core.decision.certify import Granted, Labelled, certify


def chance(seed: int) -> random.Random:
    """The same each time."""
    return random.Random(seed)  # noqa: S311 - a simulation


def test_every_bar_holds_at_a_smaller_size() -> None:
    failed = [figure for figure in exam(stores=250, runs=60, plans=2000) if not figure.ok]
    assert failed == []


def test_the_exam_catches_a_rule_without_a_test() -> None:
    violated, _ = simulate(naively, 100, 500, chance(7))
    assert violated > MOST_VIOLATIONS


def test_the_exam_catches_a_bound_that_is_too_lax() -> None:
    def laxly(labels: Sequence[Labelled], grid: Sequence[float]) -> float | None:
        result = certify(labels, grid, alpha=ALPHA, delta=0.5)
        return result.threshold if isinstance(result, Granted) else None

    violated, _ = simulate(laxly, 150, 1000, chance(11))
    kept, _ = simulate(by_test, 150, 1000, chance(11))
    assert violated > MOST_VIOLATIONS > kept


def test_a_breaker_without_memory_of_the_past_good_is_as_quick_after_it() -> None:
    late = partial(run_length, 0.09)
    assert sorted(late(chance(seed)) for seed in range(31))[15] <= 200
