"""What must be known of a Telegram update before it is kept, and of a token before it is used.

Polling (connectors) and webhooks (api) keep updates alike, so both ask here.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import orjson

from core.ports.channel import RawUpdate

NO_LANE = ""
ALLOWED_UPDATES = ("message", "edited_message", "my_chat_member")
_TOKEN = re.compile(r"^(\d{5,16}):[A-Za-z0-9_-]{10,}$")


def bot_id_of(token: str) -> str | None:
    """The bot's own id, which its token begins with; None if it is not a token at all."""
    found = _TOKEN.match(token.strip())
    return found.group(1) if found else None


def envelope(body: bytes) -> RawUpdate:
    """An update as a webhook brings it. What cannot be read is kept too, to be parked."""
    try:
        update = orjson.loads(body)
        number = update["update_id"]
    except (orjson.JSONDecodeError, TypeError, KeyError):
        return _unreadable(body)
    if not isinstance(number, int):
        return _unreadable(body)
    return RawUpdate(str(number), lane_of(update), body.decode())


def lane_of(update: Mapping[str, Any]) -> str:
    """The chat an update belongs to: updates of one chat are read in order."""
    for name, value in update.items():
        if name == "update_id" or not isinstance(value, dict):
            continue
        chat = value.get("chat") or value.get("from")
        if isinstance(chat, dict) and "id" in chat:
            return str(chat["id"])
    return NO_LANE


def _unreadable(body: bytes) -> RawUpdate:
    name = hashlib.sha256(body).hexdigest()[:32]
    text = body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return RawUpdate(f"unreadable:{name}", NO_LANE, text)
