"""Counting a replay: pure. One pass over the past gives the whole curve over thresholds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core.decision.exact import interval

STEPS = 100
_LONGEST_HANDLING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Replayed:
    """One draft of the past under the candidate settings, as if its score were high enough.

    `wrong`: it differs from what the people sent, so that it should not have gone out; None where
    nobody judged it. `waited`: until a person decided; `handled`: how long that kept them.
    """

    score: float
    clear: bool  # nothing but a threshold could hold it
    wrong: bool | None
    waited: timedelta
    handled: timedelta


def handling(free_since: timedelta) -> timedelta:
    """Of the time between two decisions of an operator, so much is taken to be work."""
    return min(max(free_since, timedelta(0)), _LONGEST_HANDLING)


def curve(drafts: Iterable[Replayed]) -> list[dict[str, Any]]:
    """For each threshold 0.00 … 1.00: what would have gone out, and how much of it wrongly."""
    bins: list[list[Replayed]] = [[] for _ in range(STEPS + 1)]
    for draft in drafts:
        if draft.clear:
            bins[min(STEPS, max(0, int(draft.score * STEPS + 1e-9)))].append(draft)
    points: list[dict[str, Any]] = []
    sent = judged = wrong = 0
    waited = handled = timedelta(0)
    for step in range(STEPS, -1, -1):
        for draft in bins[step]:
            sent += 1
            judged += draft.wrong is not None
            wrong += bool(draft.wrong)
            waited += draft.waited
            handled += draft.handled
        points.append(_point(step / STEPS, sent, judged, wrong, waited, handled))
    return points[::-1]


def at(points: Sequence[dict[str, Any]], threshold: float) -> dict[str, Any]:
    """The point of the curve at a threshold: the next one up where it falls between two."""
    step = min(STEPS, max(0, -int(-threshold * STEPS // 1)))
    return points[step]


def _point(
    threshold: float, sent: int, judged: int, wrong: int, waited: timedelta, handled: timedelta
) -> dict[str, Any]:
    low, high = interval(wrong, judged)
    return {
        "threshold": threshold,
        "sent": sent,
        "judged": judged,
        "wrong": wrong,
        "low": round(low, 5),
        "high": round(high, 5),
        "operator_hours": round(handled.total_seconds() / 3600, 3),
        "waiting_hours": round(waited.total_seconds() / 3600, 3),
    }
