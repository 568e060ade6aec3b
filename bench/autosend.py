"""The exams of what lets replies go out by themselves, on simulated stores and streams.

`python -m bench.autosend` prints a table; the numbers behind it are facts/retrieval.md 4.3:

- licence: of 1,000 stores with 1,000 labels each, how many are granted a threshold whose true
  error exceeds alpha (5 %, delta 10 %): at most 12.8 %; the naive rule must fail the same test;
- breaker: at alpha 3 %, c 5000, how many audits until it trips at three times alpha (median at
  most 150), and how long it runs on average at exactly alpha (at least c);
- pace: 100,000 plans over all zones, half of them on nights when clocks are changed: none is due in
  the past, at night where nothing leaves at night, or out of the hours that it was to keep.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo, available_timezones

from core.decision import drift
from core.decision.certify import Granted, Labelled, certify, grid_of
from core.delivery.pace import Pace, when
from core.tenants.hours import WEEKDAYS, Hours, hours_of
from core.tenants.models import DelayProfile, NightMode
from core.tenants.wall_clock import jumps

ALPHA, DELTA = 0.05, 0.1
MOST_VIOLATIONS = 0.128  # delta and three standard errors of a share of 1,000
_BREAKER_ALPHA = 0.03

Rule = Callable[[Sequence[Labelled], Sequence[float]], float | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ok` is whether the bar holds."""

    name: str
    value: float
    bar: str = "printed"
    ok: bool = True


def error_at(score: float) -> float:
    """The simulated store: the likelier an error, the lower the score; 5 % from about .5 up."""
    return max(0.02, 0.22 - 0.28 * score)


def true_error(threshold: float) -> float:
    """Of all drafts at the threshold or above it; scores lie evenly in 0..1."""
    steps = 400
    width = (1 - threshold) / steps
    return sum(error_at(threshold + width * (at + 0.5)) for at in range(steps)) / steps


def oracle() -> float:
    """The coverage of somebody who knows the true error."""
    return max(cover / 1000 for cover in range(1, 1001) if true_error(1 - cover / 1000) <= ALPHA)


def by_test(labels: Sequence[Labelled], grid: Sequence[float]) -> float | None:
    """The product's own rule."""
    result = certify(labels, grid, alpha=ALPHA, delta=DELTA)
    return result.threshold if isinstance(result, Granted) else None


def naively(labels: Sequence[Labelled], grid: Sequence[float]) -> float | None:
    """The lowest threshold whose errors so far are few enough: what one would do without a test."""
    found = None
    for threshold in grid:
        above = [label.error for label in labels if label.score >= threshold]
        if above and sum(above) <= ALPHA * len(above):
            found = threshold
    return found


def simulate(rule: Rule, stores: int, labels: int, chance: random.Random) -> tuple[float, float]:
    """The share of stores whose true error exceeds alpha, and the mean coverage."""
    violated, covered = 0, 0.0
    for _ in range(stores):
        grid = grid_of([chance.random() for _ in range(500)])
        scores = [chance.random() for _ in range(labels)]
        drawn = [Labelled(score, chance.random() < error_at(score)) for score in scores]
        threshold = rule(drawn, grid)
        if threshold is not None:
            violated += true_error(threshold) > ALPHA
            covered += 1 - threshold
    return violated / stores, covered / stores


def run_length(rate: float, chance: random.Random, *, most: int = 10**9) -> int:
    """Audits until the breaker trips, or `most`."""
    levels = drift.fresh(_BREAKER_ALPHA)
    for audits in range(1, most):
        levels = drift.after(levels, _BREAKER_ALPHA, error=chance.random() < rate)
        if drift.trips(levels):
            return audits
    return most


def wrong_plans(plans: int, chance: random.Random) -> int:
    """How many automatic replies would leave when they must not."""
    zones = [ZoneInfo(name) for name in sorted(available_timezones() - {"localtime", "Factory"})]
    return sum(_is_wrong(zones[at % len(zones)], chance) for at in range(plans))


def _is_wrong(zone: ZoneInfo, chance: random.Random) -> bool:
    def minute() -> time_of_day:
        return time_of_day(chance.randrange(24), chance.randrange(60))

    opens, closes = sorted((minute(), minute()))
    daily = {"open": f"{opens:%H:%M}", "close": f"{closes:%H:%M}"}
    # Hours and a night that leave no moment between them are not asked for here.
    kept = hours_of({"days": dict.fromkeys(WEEKDAYS, daily)}) if opens < closes else Hours()
    mode = chance.choice(list(NightMode))
    pace = Pace(
        zone=zone,
        profile=chance.choice(list(DelayProfile)),
        night_mode=mode,
        night_from=minute(),
        night_until=minute(),
        night_multiplier=chance.uniform(1, 20),
        hours=kept if mode is NightMode.DELAY else Hours(),
    )
    now = _moment(zone, chance)
    due = when(pace, "я" * chance.randrange(2000), now, chance.random)
    by_night = pace.night_mode is not NightMode.DELAY and pace.night_at(due)
    return due < now or by_night or not pace.hours.open_at(due.astimezone(zone))


def _moment(zone: ZoneInfo, chance: random.Random) -> datetime:
    """Any moment of some years, or one within a day of the zone's clocks being changed."""
    at = datetime.fromtimestamp(chance.randrange(1_700_000_000, 2_000_000_000), UTC)
    if chance.random() < 0.5:
        return at
    for _ in range(52):
        later = at + timedelta(days=7)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            jump = max(jumps(at, later, zone))
            return jump + timedelta(seconds=chance.randrange(-86_400, 86_400))
        at = later
    return at


def exam(
    stores: int = 1000, runs: int = 300, plans: int = 100_000, *, seed: int = 20_261_122
) -> list[Figure]:
    """Every figure, at the sizes asked for."""
    chance = random.Random(seed)  # noqa: S311 - a simulation, the same each time
    violated, covered = simulate(by_test, stores, 1000, chance)
    naive, _ = simulate(naively, stores, 1000, chance)
    _, covered_much = simulate(by_test, max(20, stores // 10), 3000, chance)
    share = covered_much / oracle()
    delay = statistics.median(run_length(3 * _BREAKER_ALPHA, chance) for _ in range(runs))
    worse = statistics.median(run_length(5 * _BREAKER_ALPHA, chance) for _ in range(runs))
    # Cut off far above c, which can only make the mean smaller than it is.
    cut = int(8 * drift.C)
    length = statistics.mean(
        run_length(_BREAKER_ALPHA, chance, most=cut) for _ in range(max(40, runs))
    )
    wrong = wrong_plans(plans, chance)
    return [
        Figure("pace_plans", plans),
        Figure("pace_plans_wrong", wrong, "<= 0", wrong == 0),
        Figure(
            "licence_violations", violated, f"<= {MOST_VIOLATIONS}", violated <= MOST_VIOLATIONS
        ),
        Figure("licence_naive_violations", naive, f"> {MOST_VIOLATIONS}", naive > MOST_VIOLATIONS),
        Figure("licence_coverage_1000", covered),
        Figure("licence_coverage_3000_of_oracle", share, ">= 0.6", share >= 0.6),
        Figure("breaker_audits_at_3_alpha", delay, "<= 150", delay <= 150),
        Figure("breaker_audits_at_5_alpha", worse),
        Figure("breaker_run_length_at_alpha", length, f">= {drift.C:g}", length >= drift.C),
    ]


def main() -> None:
    began = time.perf_counter()
    figures = exam()
    for figure in figures:
        mark = "ok" if figure.ok else "FAILED"
        print(f"{figure.name:34} {figure.value:10.3f}   bar {figure.bar:10} {mark}")
    print(f"seconds {time.perf_counter() - began:.1f}")
    sys.exit(not all(figure.ok for figure in figures))


if __name__ == "__main__":
    main()
