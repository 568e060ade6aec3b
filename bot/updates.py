"""The drain of kept updates: each lane in order into the dispatcher, and marked when handled."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson
import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import Update
from pydantic import ValidationError

from bot.lanes import Lanes
from bot.refusals import regret
from core.channels import operator_work
from core.channels.operator_work import ClaimedUpdate
from core.kernel import failpoints
from core.kernel.database import is_away
from core.kernel.drains import Drain

if TYPE_CHECKING:
    from core.app import App

_BATCH = 50
_MOST_LANES = 50
_OUTAGE_SECONDS, _AWAY_SECONDS = 1.0, 0.2
_LONGEST_PROBLEM = 500
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
        failpoints.reach("press.claimed")
        try:
            told = Update.model_validate(orjson.loads(update.payload), context={"bot": self._bot})
        except (orjson.JSONDecodeError, ValidationError) as unreadable:
            # Not an update this product knows: read again, it would say the same.
            _log.warning("update_parked", update=update.update_id)
            await self._finish(update, f"unreadable: {type(unreadable).__name__}")
            return
        if update.attempts > operator_work.MOST_DEATHS:
            await self._park(update, told, "died over it")
            return
        try:
            await self._dispatcher.feed_update(self._bot, told)
        except TelegramRetryAfter as flood:
            await self._later(update, "429", flood.retry_after)
        except (TelegramForbiddenError, TelegramBadRequest) as refusal:
            # What was asked has been done; only the telling was refused, and would be again.
            _log.info("answer_refused", update=update.update_id, problem=refusal.message)
            await self._finish(update, refusal.message)
        except Exception as failure:
            await self._failed(update, told, failure)
        else:
            failpoints.reach("press.handled")
            await self._finish(update)

    async def _failed(self, update: ClaimedUpdate, told: Update, failure: Exception) -> None:
        problem = f"{type(failure).__name__}: {failure}"[:_LONGEST_PROBLEM]
        if self._may_wait(update, failure):
            _log.warning("update_waits", update=update.update_id, problem=problem)
            await self._later(update, problem, _OUTAGE_SECONDS)
            return
        _log.exception("update_failed", update=update.update_id, attempt=update.attempts)
        if update.attempts >= operator_work.MOST_ATTEMPTS:
            await self._park(update, told, problem)
        else:
            db, clock = self._app.db, self._app.clock
            await _surely(lambda: operator_work.again(db, clock, update, problem))

    def _may_wait(self, update: ClaimedUpdate, failure: Exception) -> bool:
        """Telegram or the database is away: the same will do once they are back."""
        waited = self._app.clock.now() - update.received_at
        away = isinstance(failure, TelegramNetworkError | TelegramServerError) or is_away(failure)
        return away and waited < operator_work.PATIENCE

    async def _later(self, update: ClaimedUpdate, problem: str, seconds: float) -> None:
        """It is nobody's failure: as often as it takes."""
        db, clock = self._app.db, self._app.clock
        await _surely(lambda: operator_work.again(db, clock, update, problem, seconds=seconds))
        self.drain.wake_in(seconds)

    async def _park(self, update: ClaimedUpdate, told: Update, problem: str) -> None:
        """Given up: whoever asked for it is told so, that they may ask again."""
        _log.error("update_parked", update=update.update_id, problem=problem)
        try:
            await regret(self._app, told)
        except TelegramRetryAfter as flood:
            await self._later(update, problem, flood.retry_after)
            return
        except TelegramAPIError as refusal:
            if self._may_wait(update, refusal):
                await self._later(update, problem, _OUTAGE_SECONDS)
                return
            _log.warning("regret_unsaid", update=update.update_id, problem=str(refusal))
        await self._finish(update, problem)

    async def _finish(self, update: ClaimedUpdate, problem: str | None = None) -> None:
        db, clock = self._app.db, self._app.clock
        await _surely(lambda: operator_work.finish(db, clock, update, problem))


async def _surely(write: Callable[[], Awaitable[None]]) -> None:
    """However long the database is away: the lane would else stand still for a lease after it."""
    while True:
        try:
            return await write()
        except Exception as failure:
            if not is_away(failure):
                raise
            await asyncio.sleep(_AWAY_SECONDS)
