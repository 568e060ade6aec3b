"""Updates of the operators' bot, made durable before they are acknowledged.

They belong to no store: whose tap it is, is known only once the update has been read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.kernel.clock import Clock
from core.kernel.database import Database

# One statement, one round trip; an update that Telegram repeats adds nothing.
_KEEP = """
INSERT INTO operator_updates (bot_id, update_id, lane, payload, received_at)
SELECT $1, u.update_id, u.lane, u.payload, $5
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS u(update_id, lane, payload)
ON CONFLICT DO NOTHING
"""
_HIGHEST_ID = 2**63 - 1
_FIRST_WORD = "INSERT 0 "


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """An update as Telegram sent it: `payload` is its JSON, untouched."""

    update_id: int
    lane: str
    payload: str


def update_id_of(update: object) -> int | None:
    """The number of a decoded update; None for what is no update."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= _HIGHEST_ID:
        return number
    return None


def lane_of(update: Mapping[str, Any]) -> str:
    """The chat it happened in, else the person it came from: what must be handled in order."""
    for event in update.values():
        if not isinstance(event, dict):
            continue
        inner = event.get("message")
        for holder in (event, inner if isinstance(inner, dict) else {}):
            chat = holder.get("chat")
            if isinstance(chat, dict) and "id" in chat:
                return str(chat["id"])
        person = event.get("from") or event.get("user")
        if isinstance(person, dict) and "id" in person:
            return str(person["id"])
    return ""


async def keep(db: Database, clock: Clock, bot_id: int, updates: Sequence[RawUpdate]) -> int:
    """Make updates durable; says how many were new."""
    done = await db.hot.execute(
        _KEEP,
        bot_id,
        [update.update_id for update in updates],
        [update.lane for update in updates],
        [update.payload for update in updates],
        clock.now(),
    )
    return int(done.removeprefix(_FIRST_WORD))
