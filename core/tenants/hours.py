"""Working hours: by weekday, with breaks and holidays. Pure; local time of the store's zone.

Kept as `{"days": {"mon": {"open": "09:00", "close": "18:00", "breaks": [["13:00", "14:00"]]}},
"holidays": [{"from": "2027-01-01", "until": "2027-01-08", "name": "…"}]}`; a day left out is a
day off, `{}` is open around the clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from core.kernel.errors import DomainError, Kind
from core.tenants.wall_clock import first_when

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_HOLIDAYS = 100
_LONGEST_NAME = 80
_MIDNIGHT = "24:00"
_FIELD = "working_hours"


@dataclass(frozen=True, slots=True)
class Shift:
    """From `open` until `close`, minutes of the local day, without the breaks."""

    open: int
    close: int
    breaks: tuple[tuple[int, int], ...] = ()

    def holds(self, minute: float) -> bool:
        return self.open <= minute < self.close and not any(
            begin <= minute < end for begin, end in self.breaks
        )


@dataclass(frozen=True, slots=True)
class Holiday:
    """Closed on all days from the first to the last."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Hours:
    """None in place of `days`: open around the clock."""

    days: Mapping[int, Shift] | None = None
    holidays: tuple[Holiday, ...] = ()

    def open_at(self, local: datetime) -> bool:
        if any(holiday.first <= local.date() <= holiday.last for holiday in self.holidays):
            return False
        if self.days is None:
            return True
        shift = self.days.get(local.weekday())
        return shift is not None and shift.holds(local.hour * 60 + local.minute)

    def next_open(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The first open moment from `at` on; None if there is none within a year."""
        minutes = {0}
        for shift in (self.days or {}).values():
            minutes |= {shift.open, *(end for _, end in shift.breaks)}
        edges = {time(minute // 60, minute % 60) for minute in minutes if minute < 24 * 60}
        return first_when(self.open_at, edges, at, zone)


def hours_of(kept: Mapping[str, Any]) -> Hours:
    """As settings keep them; INVALID, with the place named, if they make no sense."""
    unknown = sorted(set(kept) - {"days", "holidays"})
    if unknown:
        raise _refused(unknown[0], "settings.unknown", name=f"{_FIELD}.{unknown[0]}")
    days = kept.get("days")
    holidays = kept.get("holidays") or []
    if not isinstance(holidays, list) or len(holidays) > MOST_HOLIDAYS:
        raise _refused("holidays", "hours.holidays", most=MOST_HOLIDAYS)
    return Hours(
        None if days is None else _days(days),
        tuple(_holiday(f"holidays.{at}", one) for at, one in enumerate(holidays)),
    )


def _days(days: object) -> dict[int, Shift]:
    if not isinstance(days, dict):
        raise _refused("days", "hours.days")
    for name in days:
        if name not in WEEKDAYS:
            raise _refused(f"days.{name}", "settings.one_of", choices=", ".join(WEEKDAYS))
    return {
        WEEKDAYS.index(name): _shift(f"days.{name}", shift)
        for name, shift in days.items()
        if shift is not None
    }


def _shift(place: str, shift: object) -> Shift:
    if not isinstance(shift, dict) or not {"open", "close"} <= set(shift) <= {
        "open",
        "close",
        "breaks",
    }:
        raise _refused(place, "hours.shift")
    begin, end = _minute(f"{place}.open", shift["open"]), _minute(f"{place}.close", shift["close"])
    if begin >= end:
        raise _refused(f"{place}.close", "hours.close_before_open")
    breaks: list[tuple[int, int]] = []
    given = shift.get("breaks") or []
    if not isinstance(given, list):
        raise _refused(f"{place}.breaks", "hours.break")
    for at, pause in enumerate(given):
        where = f"{place}.breaks.{at}"
        if not isinstance(pause, list | tuple) or len(pause) != 2:  # noqa: PLR2004 - from, until
            raise _refused(where, "hours.break")
        first, last = _minute(where, pause[0]), _minute(where, pause[1])
        if not begin <= first < last <= end:
            raise _refused(where, "hours.break_outside")
        if any(first < other_last and other_first < last for other_first, other_last in breaks):
            raise _refused(where, "hours.breaks_overlap")
        breaks.append((first, last))
    return Shift(begin, end, tuple(sorted(breaks)))


def _holiday(place: str, holiday: object) -> Holiday:
    if not isinstance(holiday, dict) or not {"from", "until"} <= set(holiday) <= {
        "from",
        "until",
        "name",
    }:
        raise _refused(place, "hours.holiday")
    name = holiday.get("name") or ""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        raise _refused(f"{place}.name", "hours.holiday_name", most=_LONGEST_NAME)
    first, last = _day(f"{place}.from", holiday["from"]), _day(f"{place}.until", holiday["until"])
    if last < first:
        raise _refused(f"{place}.until", "hours.holiday_backwards")
    return Holiday(first, last)


def _minute(place: str, value: object) -> int:
    if value == _MIDNIGHT:
        return 24 * 60
    moment = time_of_day(value)
    if moment is None:
        raise _refused(place, "hours.time")
    return moment.hour * 60 + moment.minute


def time_of_day(value: object) -> time | None:
    """«09:30» as a time; None if it is not one."""
    if not isinstance(value, str) or len(value) != len("00:00"):
        return None
    try:
        moment = time.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def _day(place: str, value: object) -> date:
    if isinstance(value, str) and len(value) == len("2027-01-01"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _refused(place, "hours.date")


def _refused(place: str, key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=f"{_FIELD}.{place}", **params)
