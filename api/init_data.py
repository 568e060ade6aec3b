"""Whether a Mini App was opened in Telegram, by whom, and lately enough."""

from datetime import datetime, timedelta

from init_data_py import errors, validate_by_hash

from core.identity.errors import init_data_refused
from core.identity.service import TelegramProfile

# Clients use what they were given for hours, up to a day; none of them lives in the future.
_OLDEST = timedelta(hours=24)
_NEWEST = timedelta(seconds=60)
_LONGEST = 8192
# What a parser of hostile text may raise beside its own errors: a hash that is not ASCII, a date
# beyond the calendar, JSON nested too deep.
_GARBAGE = (
    errors.InvalidInitDataError,
    ValueError,
    TypeError,
    ArithmeticError,
    RecursionError,
    OSError,
)


def profile_of(raw: str, bot_token: str, now: datetime) -> TelegramProfile:
    """The person init data speaks for, signed with our bot's token; UNAUTHENTICATED if not."""
    if len(raw) > _LONGEST:
        raise init_data_refused()
    try:
        data = validate_by_hash(raw, bot_token, expires_in=_OLDEST, now=now)
        issued_at = data.issued_at
    except _GARBAGE as refused:
        raise init_data_refused() from refused
    person = data.user
    if person is None or issued_at > now + _NEWEST or not 0 < person.id < 2**63:
        raise init_data_refused()
    name = " ".join(part for part in (person.first_name, person.last_name) if part)
    return TelegramProfile(user_id=person.id, name=name, language=person.language_code)
