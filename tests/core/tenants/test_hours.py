"""Working hours: what is refused, and what a store's wall clock allows on odd nights."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.kernel.errors import DomainError
from core.tenants.hours import WEEKDAYS, Hours, hours_of

MOSCOW = ZoneInfo("Europe/Moscow")
SHOP: dict[str, Any] = {
    "days": {
        **{day: {"open": "09:00", "close": "18:00", "breaks": [["13:00", "14:00"]]}
           for day in WEEKDAYS[:5]},
        "sat": {"open": "10:00", "close": "24:00"},
        "sun": None,
    },
    "holidays": [{"from": "2026-12-31", "until": "2027-01-08", "name": "Новый год"}],
}  # fmt: skip


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T13:30", False),
        ("2026-11-23T14:00", True),
        ("2026-11-23T18:00", False),
        ("2026-11-28T23:59", True),
        ("2026-11-29T12:00", False),
        ("2026-12-31T12:00", False),
        ("2027-01-08T12:00", False),
        ("2027-01-11T12:00", True),
    ],
)
def test_the_shop_is_open_as_it_says(at: str, open_: bool) -> None:  # noqa: FBT001 - a table
    assert hours_of(SHOP).open_at(moment(at)) == open_


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23T10:00", "2026-11-23T10:00"),
        ("2026-11-23T13:10", "2026-11-23T14:00"),
        ("2026-11-23T20:00", "2026-11-24T09:00"),
        ("2026-11-29T00:00", "2026-11-30T09:00"),
        ("2026-12-30T19:00", "2027-01-09T10:00"),
    ],
)
def test_the_next_opening(at: str, opens: str) -> None:
    found = hours_of(SHOP).next_open(moment(at).astimezone(UTC), MOSCOW)
    assert found == moment(opens)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"days": {"mon": {"open": "18:00", "close": "09:00"}}}, "days.mon.close"),
        ({"days": {"mon": {"open": "9:00", "close": "18:00"}}}, "days.mon.open"),
        ({"days": {"mon": {"open": "09:00", "close": "25:00"}}}, "days.mon.close"),
        ({"days": {"mon": {"open": "09:00"}}}, "days.mon"),
        ({"days": {"пн": {"open": "09:00", "close": "18:00"}}}, "days.пн"),
        ({"days": []}, "days"),
        (
            {"days": {"mon": {"open": "09:00", "close": "18:00", "breaks": [["08:00", "10:00"]]}}},
            "days.mon.breaks.0",
        ),
        (
            {"days": {"mon": {"open": "09:00", "close": "18:00", "breaks": [["12:00", "14:00"],
                                                                       ["13:00", "15:00"]]}}},
            "days.mon.breaks.1",
        ),
        ({"holidays": [{"from": "2027-01-08", "until": "2027-01-01"}]}, "holidays.0.until"),
        ({"holidays": [{"from": "2027-02-30", "until": "2027-03-01"}]}, "holidays.0.from"),
        ({"holidays": [{"from": "2027-01-01"}]}, "holidays.0"),
        ({"weeks": {}}, "weeks"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_its_place(change: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as refused:
        hours_of(change)
    assert refused.value.field == f"working_hours.{field}"


@pytest.mark.parametrize(
    ("shift", "at", "opens"),
    [
        # 28 March 2027: at 02:00 it is 03:00 at once, and the half past two of the sign never comes.
        (("02:30", "04:00"), "2027-03-28T00:30", "2027-03-28T01:00"),
        (("02:00", "02:45"), "2027-03-28T00:30", "2027-03-29T00:00"),
        # 31 October: 02:00 to 03:00 comes twice, and the shop is open both times.
        (("02:15", "02:30"), "2027-10-31T00:30", "2027-10-31T01:15"),
    ],
)
def test_on_the_nights_when_clocks_are_changed(shift: tuple[str, str], at: str, opens: str) -> None:
    daily = {"open": shift[0], "close": shift[1]}
    hours = hours_of({"days": dict.fromkeys(WEEKDAYS, daily)})
    asked, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, opens))
    assert hours.next_open(asked, ZoneInfo("Europe/Berlin")) == expected


def test_a_shop_that_never_opens_has_no_next_opening() -> None:
    never = hours_of({"days": {}})
    assert never.next_open(datetime(2026, 11, 22, tzinfo=UTC), MOSCOW) is None
    assert Hours().next_open(datetime(2026, 11, 22, tzinfo=UTC), MOSCOW) is not None


ZONES = sorted(available_timezones() - {"localtime", "Factory"})
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
minutes = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def shifts(draw: st.DrawFn) -> dict[str, Any] | None:
    begin, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    return draw(st.sampled_from([None, {"open": clock(begin), "close": clock(end)}]))


@settings(max_examples=300, deadline=None)
@given(
    zone=zones,
    at=moments,
    days=st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, shifts())),
    part=st.floats(0, 1),
)
def test_in_every_zone_the_next_opening_is_open_and_nothing_before_it_is(
    zone: ZoneInfo, at: datetime, days: dict[str, Any], part: float
) -> None:
    hours = hours_of({"days": days})
    found = hours.next_open(at, zone)
    if found is None:
        assert not any(days.values())
        return
    assert found >= at
    assert hours.open_at(found.astimezone(zone))
    between = at + (found - at) * part
    assert between >= found - timedelta(seconds=1) or not hours.open_at(between.astimezone(zone))
