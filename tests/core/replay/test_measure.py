"""The curve over thresholds: counted once, right at every point."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.decision.exact import interval
from core.replay.measure import STEPS, Replayed, at, curve, handling

drafts = st.lists(
    st.builds(
        Replayed,
        score=st.integers(0, 1000).map(lambda s: s / 1000),
        clear=st.booleans(),
        wrong=st.sampled_from([None, True, False]),
        waited=st.timedeltas(timedelta(0), timedelta(hours=5)),
        handled=st.timedeltas(timedelta(0), timedelta(minutes=5)),
    ),
    max_size=60,
)


@given(past=drafts)
def test_each_point_is_what_counting_anew_would_give(past: list[Replayed]) -> None:
    points = curve(past)
    assert [point["threshold"] for point in points] == [step / STEPS for step in range(STEPS + 1)]
    for point in points:
        # A bin is as wide as a step: what is sent at a threshold has at least its score.
        step = round(point["threshold"] * STEPS)
        sent = [d for d in past if d.clear and int(d.score * STEPS + 1e-9) >= step]
        judged = [draft.wrong for draft in sent if draft.wrong is not None]
        assert (point["sent"], point["judged"], point["wrong"]) == (
            len(sent), len(judged), sum(judged),
        )  # fmt: skip
        low, high = interval(sum(judged), len(judged))
        assert (point["low"], point["high"]) == (round(low, 5), round(high, 5))


@given(past=drafts, threshold=st.floats(0, 1))
def test_a_threshold_between_two_points_is_read_at_the_stricter(
    past: list[Replayed], threshold: float
) -> None:
    point = at(curve(past), threshold)
    assert point["threshold"] >= threshold - 1e-9
    assert point["threshold"] - threshold < 1 / STEPS + 1e-9


def test_an_operators_hour_over_tea_is_not_counted_as_work() -> None:
    assert handling(timedelta(hours=1)) == timedelta(minutes=5)
    assert handling(timedelta(seconds=-1)) == timedelta(0)
