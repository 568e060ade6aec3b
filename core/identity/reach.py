"""Whether the bot can still write to a person."""

from datetime import datetime
from typing import Any

_LOST = """
UPDATE users SET telegram_unreachable_at = coalesce(telegram_unreachable_at, $2)
WHERE telegram_chat_id = $1
"""


async def note_unreachable(sql: Any, chat_id: int, now: datetime) -> None:
    """The person has blocked the bot: nothing is sent there until they start it again."""
    await sql.execute(_LOST, chat_id, now)
