"""What a send may come to, and what becomes of its row then. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.delivery.models import OutboundState
from core.ports.channel import Later, Rejected, SendOutcome, Sent, Unsure

# Its own handling has failed so often in a row: it is parked, and a person is told.
MOST_FAILURES = 8
# The channel's weather is nobody's fault: it is waited for this long, and so often at least.
LONGEST_WEATHER = timedelta(hours=1)
LEAST_WEATHER_TRIES = 12
_LONGEST_PATIENCE_SECONDS = 600.0
_LONGEST_BACKOFF_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Sending:
    """A reply under way, as it was claimed. Its fields stand in the order of COLUMNS."""

    token: UUID
    tenant_id: UUID
    id: UUID
    conversation_id: UUID
    account_id: UUID
    external_chat_id: str
    text: str
    suggestion_id: UUID | None
    turn_id: UUID | None
    provider_key: UUID
    fence: int | None
    state: str
    due_at: datetime
    planned_for: datetime
    typing_ms: int
    attempts: int
    failures: int
    doubted: bool  # it may have gone out before


COLUMNS = """o.lease_token, o.tenant_id, o.id, o.conversation_id, o.account_id, o.external_chat_id,
    o.text, o.suggestion_id, o.turn_id, o.provider_key, o.fence, o.state, o.due_at, o.planned_for,
    o.typing_ms, o.attempts, o.failures, o.doubted_at IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class Again:
    """Its handling broke, or its process died, where a repetition does no harm.

    `doubted`: something may have gone out, under a key that the channel takes once.
    """

    why: str
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Cancelled:
    """At the moment of sending it was no longer wanted: nothing has gone out."""

    why: str


Outcome = SendOutcome | Again | Cancelled


def failures_of(sending: Sending, outcome: Outcome) -> int:
    """Of its own and in a row; the channel's weather is none."""
    match outcome:
        case Again():
            return sending.failures + 1
        case Later():
            return sending.failures
        case _:
            return 0


def state_of(sending: Sending, outcome: Outcome, now: datetime) -> OutboundState:
    """Which state an outcome is kept as. What has failed for too long is parked."""
    spent = False
    match outcome:
        case Sent():
            return OutboundState.SENT
        case Rejected():
            return OutboundState.REJECTED
        case Unsure():
            return OutboundState.UNSURE
        case Cancelled():
            return OutboundState.CANCELLED
        case Again():
            spent = failures_of(sending, outcome) >= MOST_FAILURES
        case Later():
            waited = now - sending.planned_for
            spent = sending.attempts >= LEAST_WEATHER_TRIES and waited > LONGEST_WEATHER
    return OutboundState.PARKED if spent else OutboundState.SCHEDULED


def again_at(
    sending: Sending, outcome: Outcome, state: OutboundState, now: datetime
) -> datetime | None:
    """When it is tried again; each time it waits longer. None if it is not."""
    if state != OutboundState.SCHEDULED:
        return None
    if isinstance(outcome, Again):
        # Whoever died may have died of something else: at first it is tried again at once.
        seconds = 0.0 if sending.failures <= 1 else 2.0 ** (sending.failures - 1)
    else:
        asked = outcome.seconds if isinstance(outcome, Later) else 0.0
        grown = min(asked * 2.0 ** min(sending.attempts - 1, 10), _LONGEST_BACKOFF_SECONDS)
        seconds = min(max(asked, grown), _LONGEST_PATIENCE_SECONDS)
    return now + timedelta(seconds=seconds)
