"""Fetches updates: kept first, acknowledged after. A crash in between fetches them again."""

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramConflictError,
    TelegramRetryAfter,
)
from aiogram.methods import TelegramMethod

from core.channels import operator_inbox
from core.channels.telegram_updates import lane_of, update_id_of
from core.kernel import failpoints
from core.kernel.database import DATABASE_TROUBLE
from core.ports.channel import RawUpdate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.app import App

POLL_SECONDS = 25
_GRACE_SECONDS = 10
_LONGEST_BACKOFF_SECONDS = 5.0  # so long buttons are dead once Telegram or the database is back
_CONFLICT_SECONDS = 3.0
_log = structlog.get_logger(__name__)


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, with the updates as they came: nothing of them is lost to a model of ours."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int
    timeout: int = POLL_SECONDS
    allowed_updates: list[str]


async def poll(
    app: "App", bot: Bot, allowed_updates: "Sequence[str]", wake: "Callable[[], None]"
) -> None:
    """For ever, through outages of Telegram and of the database."""
    offset, failures = 0, 0
    await _leave_webhook(bot)
    while True:
        asked = GetRawUpdates(offset=offset, allowed_updates=list(allowed_updates))
        try:
            updates = await bot(asked, request_timeout=POLL_SECONDS + _GRACE_SECONDS)
            if updates:
                failpoints.reach("poll.fetched")
            offset = await _keep(app, bot.id, updates) or offset
            failures = 0
            if updates:
                failpoints.reach("poll.kept")
                wake()
        except TelegramRetryAfter as flood:
            await asyncio.sleep(flood.retry_after)
        except TelegramConflictError:
            _log.warning("polled_elsewhere")
            await asyncio.sleep(_CONFLICT_SECONDS)
        except (TelegramAPIError, *DATABASE_TROUBLE) as down:
            failures += 1
            _log.warning("poll_failed", problem=type(down).__name__, in_a_row=failures)
            await asyncio.sleep(min(0.2 * 2**failures, _LONGEST_BACKOFF_SECONDS))


async def _keep(app: "App", bot_id: int, updates: list[dict[str, Any]]) -> int | None:
    """Make them durable; the offset that acknowledges them, None if there is nothing to."""
    numbered = [(update_id_of(update), update) for update in updates]
    known = [(number, update) for number, update in numbered if number is not None]
    if not known:
        return None
    rows = [
        RawUpdate(str(number), lane_of(update), orjson.dumps(update).decode())
        for number, update in known
    ]
    await operator_inbox.keep(app.db, bot_id, rows)
    return max(number for number, _ in known) + 1


async def _leave_webhook(bot: Bot) -> None:
    """Polling is refused while a webhook stands; what waits for it is kept."""
    failures = 0
    while True:
        try:
            await bot.delete_webhook(drop_pending_updates=False)
        except TelegramAPIError as down:
            failures += 1
            _log.warning("webhook_stays", problem=type(down).__name__)
            await asyncio.sleep(min(0.2 * 2**failures, _LONGEST_BACKOFF_SECONDS))
        else:
            return
