"""The drain of kept updates: each lane in order into the dispatcher, and marked when handled."""

import asyncio
from typing import TYPE_CHECKING

import orjson
import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import Update
from pydantic import ValidationError

from bot.lanes import Lanes
from core.channels import operator_work
from core.channels.operator_work import ClaimedUpdate
from core.kernel.drains import Drain

if TYPE_CHECKING:
    from core.app import App

_BATCH = 50
_MOST_LANES = 50
_log = structlog.get_logger(__name__)


class UpdateHandling:
    """Feeds the dispatcher, many lanes at once, one update at a time in each."""

    def __init__(self, app: "App", bot: Bot, dispatcher: Dispatcher) -> None:
        self._app = app
        self._bot = bot
        self._dispatcher = dispatcher
        self.drain = Drain("operator_updates", self.once, full=_BATCH)
        self._lanes: Lanes[str] = Lanes(_MOST_LANES, self.drain.wake)
        self._held: dict[int, ClaimedUpdate] = {}

    async def once(self) -> int:
        """Claim the heads of free lanes and start handling them; says how many."""
        limit = min(await self._lanes.room(), _BATCH)
        claimed = await operator_work.claim(
            self._app.db, self._app.clock, self._bot.id, limit, self._lanes.busy
        )
        for update in claimed:
            self._lanes.start(update.lane, self._hold(update))
        return len(claimed)

    async def keep_held(self) -> None:
        """For ever: what is being handled stays ours; after our death it is soon somebody else's."""
        while True:
            await asyncio.sleep(operator_work.RENEW_SECONDS)
            held = list(self._held.values())
            try:
                await operator_work.renew(self._app.db, self._app.clock, self._bot.id, held)
            except Exception:
                _log.exception("updates_not_renewed", updates=len(held))

    async def close(self) -> None:
        await self._lanes.close()

    async def _hold(self, update: ClaimedUpdate) -> None:
        self._held[update.update_id] = update
        try:
            await self._handle(update)
        finally:
            del self._held[update.update_id]

    async def _handle(self, update: ClaimedUpdate) -> None:
        db, clock = self._app.db, self._app.clock
        try:
            told = Update.model_validate(orjson.loads(update.payload), context={"bot": self._bot})
        except (orjson.JSONDecodeError, ValidationError) as unreadable:
            # Not an update this product knows: read again, it would say the same.
            _log.warning("update_parked", update=update.update_id)
            problem = f"unreadable: {type(unreadable).__name__}"
            await operator_work.finish(db, clock, update, problem)
            return
        try:
            await self._dispatcher.feed_update(self._bot, told)
        except TelegramRetryAfter as flood:
            await operator_work.again(db, clock, update, "429", seconds=flood.retry_after)
            self.drain.wake_in(flood.retry_after)
        except (TelegramForbiddenError, TelegramBadRequest) as refusal:
            # What was asked has been done; only the telling was refused, and would be again.
            _log.info("answer_refused", update=update.update_id, problem=refusal.message)
            await operator_work.finish(db, clock, update, refusal.message)
        except Exception as failure:
            _log.exception("update_failed", update=update.update_id, attempt=update.attempts)
            name = type(failure).__name__
            if await operator_work.again(db, clock, update, f"{name}: {failure}"[:500]):
                _log.error("update_parked", update=update.update_id, problem=name)
        else:
            await operator_work.finish(db, clock, update)
