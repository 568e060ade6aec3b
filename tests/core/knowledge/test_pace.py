"""Indexing takes all there is while nobody waits, and little with rests while somebody does."""

import pytest

from core.knowledge.drain import JOBS_A_PASS
from core.knowledge.pace import FEW, LIVE_SECONDS, RESTS, Pace


class Hands:
    """Of a clock."""

    at = 1_000.0

    def __call__(self) -> float:
        return self.at


def test_a_quiet_store_is_indexed_with_all_there_is() -> None:
    pace = Pace(Hands())
    assert (pace.most, pace.rest(0.1)) == (JOBS_A_PASS, 0.0)


def test_while_customers_write_indexing_rests_longer_than_it_works() -> None:
    pace = Pace(hands := Hands())
    pace.seen()
    hands.at += LIVE_SECONDS - 1
    assert pace.most == FEW
    assert pace.rest(0.1) == pytest.approx(0.1 * RESTS)
    assert pace.rest(60.0) < LIVE_SECONDS


def test_soon_after_the_last_of_them_it_goes_on_as_before() -> None:
    pace = Pace(hands := Hands())
    pace.seen()
    hands.at += LIVE_SECONDS + 1
    assert (pace.most, pace.rest(0.1)) == (JOBS_A_PASS, 0.0)
