"""How long a person would take to answer, and what the night changes: pure.

Functions of the settings, the moment and a source of chance; whoever plans a reply asks `when`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.tenants.hours import Hours, hours_of, time_of_day
from core.tenants.models import DelayProfile, NightMode, TenantSettings
from core.tenants.wall_clock import first_when

_JITTER = 0.25
_LETTERS_A_SECOND_TYPED = 12
_LONGEST_TYPING = timedelta(seconds=8)
_ROUNDS = 20  # of asking the night and the hours in turn


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds before the first letter, seconds for each, and the most of all."""

    least: float
    a_letter: float
    most: float


SPEEDS = {
    DelayProfile.SHORT: Speed(2, 0.03, 30),
    DelayProfile.MEDIUM: Speed(5, 0.06, 90),
    DelayProfile.LONG: Speed(15, 0.12, 240),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """A store's pauses, nights and hours."""

    zone: ZoneInfo
    profile: DelayProfile | None  # None: no pause
    night_mode: NightMode
    night_from: time
    night_until: time
    night_multiplier: float
    night_text: str = ""
    hours: Hours = field(default_factory=Hours)  # that automatic replies keep to

    def is_night(self, local: datetime) -> bool:
        """From equals until: there is no night."""
        now = local.time().replace(tzinfo=None)
        if self.night_from <= self.night_until:
            return self.night_from <= now < self.night_until
        return now >= self.night_from or now < self.night_until

    def night_at(self, at: datetime) -> bool:
        return self.is_night(at.astimezone(self.zone))


def pace_of(settings: TenantSettings, *, enabled: bool) -> Pace:
    """`enabled`: the flag. Without it, or with the delay off, replies leave at once, by night too."""
    on = enabled and settings.human_delay
    midnight = time(0)
    return Pace(
        zone=ZoneInfo(settings.time_zone),
        profile=DelayProfile(settings.delay_profile) if on else None,
        night_mode=NightMode(settings.night_mode),
        night_from=(time_of_day(settings.night_from) or midnight) if on else midnight,
        night_until=(time_of_day(settings.night_until) or midnight) if on else midnight,
        night_multiplier=float(settings.night_multiplier),
        night_text=settings.night_text if on else "",
        hours=hours_of(settings.working_hours) if on and settings.wait_for_hours else Hours(),
    )


def pause(pace: Pace, text: str, chance: Callable[[], float]) -> timedelta:
    """The pause of an answer by day. `chance`: 0..1, evenly."""
    if pace.profile is None:
        return timedelta(0)
    shortest, longest = pause_range(pace.profile, len(text))
    return shortest + (longest - shortest) * min(1.0, max(0.0, chance()))


def pause_range(profile: DelayProfile, letters: int) -> tuple[timedelta, timedelta]:
    """The shortest and the longest pause a text of so many letters may get."""
    speed = SPEEDS[profile]
    middle = min(speed.least + speed.a_letter * letters, speed.most / (1 + _JITTER))
    return (
        timedelta(seconds=middle * (1 - _JITTER)),
        timedelta(seconds=middle * (1 + _JITTER)),
    )


def when(
    pace: Pace,
    text: str,
    now: datetime,
    chance: Callable[[], float],
    *,
    hold: timedelta | None = None,
    not_before: datetime | None = None,
) -> datetime:
    """When an automatic reply is due: never before `now`, nor before an earlier reply's moment.

    `hold`, where people are given a time to stop it, stands in place of the pause.
    """
    wait = pause(pace, text, chance) if hold is None else hold
    due = max(now + wait, not_before or now)
    if pace.night_mode is NightMode.DELAY:
        if hold is None and pace.night_at(due):
            due = max(due, now + wait * max(1.0, pace.night_multiplier))
        return _opened(pace, due)
    return _by_day(pace, due, wait)


def typing_for(text: str) -> timedelta:
    """How long the customer sees «печатает» before the reply: once it is certain, not earlier."""
    return min(_LONGEST_TYPING, timedelta(seconds=len(text) / _LETTERS_A_SECOND_TYPED))


def night_of(pace: Pace, at: datetime) -> str | None:
    """The name of the night that is on (the day it began), None by day: one night text for each."""
    local = at.astimezone(pace.zone)
    if not pace.is_night(local):
        return None
    wraps = pace.night_from > pace.night_until
    began_yesterday = wraps and local.time().replace(tzinfo=None) < pace.night_until
    return str(local.date() - timedelta(days=int(began_yesterday)))


def _by_day(pace: Pace, due: datetime, wait: timedelta) -> datetime:
    """Neither at night nor out of hours; after a night the pause is made anew."""
    for _ in range(_ROUNDS):
        morning = first_when(
            lambda local: not pace.is_night(local), {pace.night_until}, due, pace.zone
        )
        if morning is not None and morning > due:
            later = morning + wait
            due = morning if pace.night_at(later) else later
        opened = _opened(pace, due)
        if opened == due:
            return due
        due = opened
    return due


def _opened(pace: Pace, due: datetime) -> datetime:
    return pace.hours.next_open(due, pace.zone) or due
