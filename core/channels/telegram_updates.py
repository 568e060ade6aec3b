"""The little that must be read of a Telegram update before it is kept."""

from collections.abc import Mapping
from typing import Any

_HIGHEST_ID = 2**63 - 1


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
        message = event.get("message")
        for holder in (event, message):
            chat = holder.get("chat") if isinstance(holder, dict) else None
            if isinstance(chat, dict) and "id" in chat:
                return str(chat["id"])
        person = event.get("from") or event.get("user")
        if isinstance(person, dict) and "id" in person:
            return str(person["id"])
    return ""
