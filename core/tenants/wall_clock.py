"""What the clock on a store's wall allows: pure, right on the nights when it is put forward or back.

A rule is a question to local time («is it open?»), with the times of day at which its answer may
change. Between those, and the zone's own jumps, the answer is one.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONGEST_SEARCH_DAYS = 400
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

Rule = Callable[[datetime], bool]


def first_when(
    rule: Rule,
    edges: Collection[time],
    at: datetime,
    zone: ZoneInfo,
    *,
    days: int = LONGEST_SEARCH_DAYS,
) -> datetime | None:
    """The earliest moment from `at` on at which the rule holds; None if there is none in `days`."""
    if rule(at.astimezone(zone)):
        return at
    today = at.astimezone(zone).date() - _DAY
    for ahead in range(days + 2):
        day = today + ahead * _DAY
        for moment in sorted(_turns(day, edges, zone)):
            if moment > at and rule(moment.astimezone(zone)):
                return moment
    return None


def _turns(day: date, edges: Collection[time], zone: ZoneInfo) -> Iterator[datetime]:
    """Every moment of a local day at which an answer may change."""
    for edge in edges:
        for fold in (0, 1):
            yield datetime.combine(day, edge, zone).replace(fold=fold).astimezone(UTC)
    begin = datetime.combine(day, time(0), zone).astimezone(UTC)
    yield begin
    yield from jumps(begin, begin + _DAY + timedelta(hours=1), zone)


def jumps(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the zone's clocks are put forward or back: once in so short a time at most."""
    before, after = begin.astimezone(zone).utcoffset(), end.astimezone(zone).utcoffset()
    if before == after:
        return
    while end - begin > _SECOND:
        middle = begin + (end - begin) / 2
        if middle.astimezone(zone).utcoffset() == before:
            begin = middle
        else:
            end = middle
    yield end.replace(microsecond=0)
