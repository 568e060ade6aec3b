"""How many labels it takes, and what the walk down the thresholds grants."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.decision import drift
from core.decision.certify import Granted, Labelled, Refused, certify, grid_of, missing
from core.decision.exact import at_most, interval, least_labels, lower, upper
from core.decision.labels import figures, is_error

GRID = tuple(round(1 - step / 20, 2) for step in range(1, 21))


def labels(good: int, bad: int, score: float = 0.9) -> list[Labelled]:
    return [Labelled(score, error=False)] * good + [Labelled(score, error=True)] * bad


@pytest.mark.parametrize(
    ("alpha", "delta", "errors", "needed"),
    [  # facts/retrieval.md, 4.1
        (0.05, 0.10, 0, 45),
        (0.05, 0.10, 1, 77),
        (0.05, 0.10, 2, 105),
        (0.05, 0.10, 5, 184),
        (0.05, 0.10, 10, 306),
        (0.05, 0.05, 0, 59),
        (0.03, 0.10, 1, 129),
        (0.02, 0.05, 2, 313),
        (0.01, 0.05, 10, 1693),
    ],
)
def test_so_many_labels_are_needed(alpha: float, delta: float, errors: int, needed: int) -> None:
    assert missing(errors, errors, alpha=alpha, delta=delta) + errors == needed
    short = labels(needed - errors - 1, errors)
    refused = certify(short, GRID, alpha=alpha, delta=delta)
    assert isinstance(refused, Refused)
    assert refused.missing == 1
    granted = certify(labels(needed - errors, errors), GRID, alpha=alpha, delta=delta)
    assert isinstance(granted, Granted)


@settings(max_examples=150, deadline=None)
@given(n=st.integers(1, 150), data=st.data())
def test_the_bound_is_exact(n: int, data: st.DataObject) -> None:
    k, p = data.draw(st.integers(0, n)), data.draw(st.floats(0.001, 0.999))
    exact = Fraction(p)
    summed = sum(math.comb(n, i) * exact**i * (1 - exact) ** (n - i) for i in range(k + 1))
    assert at_most(k, n, p) == pytest.approx(float(summed), abs=1e-11)
    low, high = interval(k, n)
    assert 0 <= low <= k / n <= high <= 1
    assert at_most(k, n, upper(k, n, 0.1)) == pytest.approx(0.1, abs=1e-6) or k == n
    assert lower(0, n, 0.1) == 0


def test_no_labels_at_all_are_refused_with_the_least_number() -> None:
    refused = certify([], GRID, alpha=0.05, delta=0.1)
    assert refused == Refused(0, 0, least_labels(0.05, 0.1))


def test_the_walk_ends_at_the_first_threshold_that_fails() -> None:
    bad_middle = labels(150, 0, 0.9) + labels(30, 30, 0.6) + labels(2000, 0, 0.3)
    granted = certify(bad_middle, GRID, alpha=0.05, delta=0.1)
    assert isinstance(granted, Granted)
    assert granted.threshold == 0.9, "the good drafts below the bad ones do not buy them free"


def test_what_a_second_look_found_counts_against_the_labels() -> None:
    fine = labels(100, 0)
    assert isinstance(certify(fine, GRID, alpha=0.05, delta=0.1), Granted)
    assert isinstance(certify(fine, GRID, alpha=0.05, delta=0.1, hidden=0.05), Refused)


@given(scores=st.lists(st.floats(0, 1), max_size=300))
def test_the_grid_goes_down_and_is_coarse(scores: list[float]) -> None:
    grid = grid_of(scores)
    assert 1 <= len(grid) <= 20
    assert list(grid) == sorted(set(grid), reverse=True)


def test_without_a_previous_period_the_grid_is_fixed() -> None:
    assert grid_of([0.5] * 99)[0] == 0.95


@pytest.mark.parametrize(
    ("outcome", "similarity", "drafted", "final", "complained", "error"),
    [
        ("approved", 1.0, "45 000 ₽", "45 000 ₽", False, False),
        ("approved", 1.0, "45 000 ₽", "45 000 ₽", True, True),
        ("rejected", None, "45 000 ₽", None, False, True),
        ("escalated", None, "45 000 ₽", None, False, True),
        ("edited", 0.86, "Есть, 45 000 ₽", "Да, есть, 45000 ₽", False, False),
        ("edited", 0.84, "Есть, 45 000 ₽", "Да, есть, 45000 ₽", False, True),
        ("edited", 0.99, "Есть, 45 000 ₽", "Есть, 45 500 ₽", False, True),
        ("edited", 0.99, "14 дней", "14 дней или 15", False, True),
    ],
)
def test_what_counts_as_an_error(
    outcome: str,
    similarity: float | None,
    drafted: str,
    final: str | None,
    complained: bool,  # noqa: FBT001 - a row of the table
    error: bool,  # noqa: FBT001
) -> None:
    assert is_error(outcome, similarity, drafted, final, complained=complained) == error


def test_a_figure_is_the_same_however_it_is_spaced() -> None:
    assert figures("45 000 ₽ и 2 шт.") == figures("2 шт., 45\u202f000 ₽") == figures("2, 45.000")


@given(errors=st.lists(st.booleans(), max_size=200), alpha=st.sampled_from([0.01, 0.05, 0.2, 0.4]))
def test_levels_stay_finite_and_an_error_never_lowers_them(
    errors: list[bool], alpha: float
) -> None:
    levels = drift.fresh(alpha)
    assert levels
    for error in errors:
        worse, better = (drift.after(levels, alpha, error=e) for e in (True, False))
        assert drift.height(worse) >= drift.height(better) >= 0
        levels = worse if error else better
    assert drift.height(levels) < float("inf")
