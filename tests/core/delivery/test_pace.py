"""A person's pace: properties over all zones, nights when clocks jump, and clocks that jump."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.delivery.pace import Pace, night_of, pace_of, pause, pause_range, typing_for, when
from core.tenants.hours import hours_of
from core.tenants.models import DelayProfile, NightMode, TenantSettings

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)
)
chances = st.floats(0, 1)
times = st.integers(0, 24 * 60 - 1).map(lambda m: time(m // 60, m % 60))
texts = st.integers(0, 4000).map(lambda n: "я" * n)
paces = st.builds(
    Pace,
    zone=zones,
    profile=st.one_of(st.none(), st.sampled_from(DelayProfile)),
    night_mode=st.sampled_from(NightMode),
    night_from=times,
    night_until=times,
    night_multiplier=st.floats(1, 20),
)
SPRING = ZoneInfo("Europe/Berlin")  # 2027-03-28 02:00 -> 03:00, 2027-10-31 03:00 -> 02:00


def pace(**changes: Any) -> Pace:
    values: dict[str, Any] = {
        "zone": ZoneInfo("Europe/Moscow"),
        "profile": DelayProfile.MEDIUM,
        "night_mode": NightMode.DISABLE,
        "night_from": time(22),
        "night_until": time(8),
        "night_multiplier": 3.0,
    }
    return Pace(**{**values, **changes})


@settings(max_examples=400, deadline=None)
@given(pace=paces, text=texts, now=moments, chance=chances)
@example(pace(zone=SPRING), "я" * 100, datetime(2027, 3, 28, 0, 59, tzinfo=UTC), 0.5)
@example(pace(zone=SPRING), "я" * 100, datetime(2027, 10, 31, 0, 30, tzinfo=UTC), 0.5)
@example(
    pace(zone=SPRING, night_from=time(1, 30), night_until=time(2, 30)),
    "я",
    datetime(2027, 3, 28, 0, 45, tzinfo=UTC),
    1.0,
)
@example(
    pace(profile=DelayProfile.LONG, night_from=time(8, 1), night_until=time(8)),
    "я" * 4000,
    datetime(2026, 11, 22, 20, 30, tzinfo=UTC),
    1.0,
)
def test_it_is_never_due_in_the_past_nor_at_night_where_nothing_leaves_at_night(
    pace: Pace, text: str, now: datetime, chance: float
) -> None:
    due = when(pace, text, now, lambda: chance)
    assert due >= now
    if pace.night_mode is not NightMode.DELAY:
        assert not pace.night_at(due)
        assert due - now < timedelta(days=2)
    else:
        assert due - now <= timedelta(seconds=240) * pace.night_multiplier


@settings(max_examples=200, deadline=None)
@given(pace=paces, text=texts, now=moments, chance=chances, part=chances)
def test_it_waits_no_longer_than_the_night_lasts(
    pace: Pace, text: str, now: datetime, chance: float, part: float
) -> None:
    assume(pace.night_mode is not NightMode.DELAY)
    due = when(pace, text, now, lambda: chance)
    by_day = now + pause(pace, text, lambda: chance)
    assume(due > by_day + timedelta(minutes=5))
    morning = due - timedelta(minutes=5)
    between = by_day + (morning - by_day) * part
    assert pace.night_at(between), "all of the wait is night, but for a pause at its end"


@settings(max_examples=150, deadline=None)
@given(pace=paces, text=texts, now=moments, chance=chances, ahead=st.timedeltas(
    min_value=timedelta(0), max_value=timedelta(hours=30)))  # fmt: skip
def test_replies_of_a_dialogue_never_overtake_each_other(
    pace: Pace, text: str, now: datetime, chance: float, ahead: timedelta
) -> None:
    earlier = when(pace, text, now, lambda: 1.0)
    later = when(pace, "ок", now + ahead, lambda: chance, not_before=earlier)
    assert later >= earlier


@given(
    profile=st.sampled_from(DelayProfile),
    letters=st.integers(0, 4000),
    more=st.integers(0, 1000),
    chance=chances,
)
def test_a_longer_text_takes_no_less_and_no_pause_leaves_its_range(
    profile: DelayProfile, letters: int, more: int, chance: float
) -> None:
    least, most = pause_range(profile, letters)
    least_of_longer, most_of_longer = pause_range(profile, letters + more)
    assert timedelta(0) < least < most <= most_of_longer
    assert least <= least_of_longer
    took = pause(pace(profile=profile), "я" * letters, lambda: chance)
    assert least <= took <= most
    assert most <= timedelta(seconds=240)


def test_the_profiles_are_in_their_order() -> None:
    ranges = [pause_range(profile, 200) for profile in DelayProfile]
    assert ranges == sorted(ranges)


def test_night_in_moscow_waits_for_the_morning_and_a_pause() -> None:
    evening = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # 23:30
    morning = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 08:00
    due = when(pace(), "Да, есть", evening, lambda: 0.0)
    assert morning < due < morning + timedelta(minutes=1)
    at_once = when(pace(), "Да, есть", evening, lambda: 0.0, hold=timedelta(seconds=30))
    assert at_once >= morning, "the hold too waits for the morning"


def test_by_the_multiplier_a_night_reply_is_slower() -> None:
    night, day = (datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in (22, 10))
    slow = pace(night_mode=NightMode.DELAY)
    assert when(slow, "Да", night, lambda: 0.5) - night == 3 * (
        when(slow, "Да", day, lambda: 0.5) - day
    )


def test_a_working_day_bounds_it_where_the_store_says_so() -> None:
    hours = hours_of({"days": {"mon": {"open": "10:00", "close": "11:00"}}})
    due = when(pace(hours=hours), "Да", datetime(2026, 11, 22, 12, tzinfo=UTC), lambda: 0.5)
    assert due == datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Moscow"))


@given(pace=paces, at=moments)
def test_a_night_has_one_name_from_its_evening_to_its_morning(pace: Pace, at: datetime) -> None:
    name = night_of(pace, at)
    assert (name is None) == (not pace.night_at(at))
    later = at + timedelta(minutes=1)
    jumps = at.astimezone(pace.zone).utcoffset() != later.astimezone(pace.zone).utcoffset()
    if name is not None and pace.night_at(later) and not jumps:
        same_evening = later.astimezone(pace.zone).time() != pace.night_from
        assert night_of(pace, later) == name or not same_evening or pace.night_from == time(0)


def test_with_the_flag_off_nothing_of_it_holds() -> None:
    row = TenantSettings(
        time_zone="Europe/Moscow",
        human_delay=True,
        delay_profile="long",
        night_mode="auto_reply",
        night_from="22:00",
        night_until="08:00",
        night_multiplier=2,
        night_text="Спим",
        wait_for_hours=True,
        working_hours={"days": {}},
    )
    midnight = datetime(2026, 11, 22, 22, tzinfo=UTC)
    off = pace_of(row, enabled=False)
    assert when(off, "Да", midnight, lambda: 1.0) == midnight
    assert (off.night_text, night_of(off, midnight)) == ("", None)
    on = pace_of(row, enabled=True)
    assert on.night_text == "Спим"
    assert night_of(on, midnight) == "2026-11-22"


@pytest.mark.parametrize("letters", [0, 1, 50, 5000])
def test_typing_is_shown_for_a_moment_only(letters: int) -> None:
    assert timedelta(0) <= typing_for("я" * letters) <= timedelta(seconds=8)
