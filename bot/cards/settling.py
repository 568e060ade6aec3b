"""Keeps what was drawn: cards that finish together are settled by one statement."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import asyncpg
import structlog

from core.notifications import cards
from core.notifications.cards import LEASE, DrawnCard

if TYPE_CHECKING:
    from core.app import App

_FIRST_WAIT_SECONDS = 0.1
_log = structlog.get_logger(__name__)


class Settling:
    """Gathers while one statement runs, and settles what has gathered by the next."""

    def __init__(self, app: "App", again: Callable[[], None]) -> None:
        """`again` is called when a settled card is out of date already."""
        self._app = app
        self._again = again
        self._waiting: list[tuple[DrawnCard, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None

    def settle(self, drawn: DrawnCard) -> asyncio.Future[None]:
        """Done once it is kept, or once the lease is over and somebody else will see to it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((drawn, done))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        return done

    async def finish(self) -> None:
        """Until everything is kept that was to be."""
        while self._flusher is not None:
            await asyncio.wait([self._flusher])

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._keep([drawn for drawn, _ in batch])
                for _, done in batch:
                    if not done.done():
                        done.set_result(None)
        finally:
            self._flusher = None

    async def _keep(self, drawn: list[DrawnCard]) -> None:
        """Through a short outage of the database; a card sent and not kept would be sent twice."""
        waited, wait = 0.0, _FIRST_WAIT_SECONDS
        while True:
            try:
                async with self._app.db.hot_platform() as sql:
                    stale = await cards.settle(sql, drawn, self._app.clock.now())
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                if waited >= LEASE.total_seconds():
                    _log.exception("cards_unsettled", cards=len(drawn))
                    return
                await asyncio.sleep(wait)
                waited, wait = waited + wait, wait * 2
            else:
                if stale:
                    self._again()
                return
