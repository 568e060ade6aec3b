"""Keeps what was drawn: cards that finish together are settled by one statement."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from core.kernel.database import DATABASE_TROUBLE
from core.notifications import cards
from core.notifications.cards import LEASE, DrawnCard

if TYPE_CHECKING:
    from core.app import App

_FIRST_WAIT_SECONDS = 0.1
_log = structlog.get_logger(__name__)


class Settling:
    """Gathers while one statement runs, and settles what has gathered by the next.

    Nobody waits for it: until it is settled a card stays leased, so nobody else draws it.
    """

    def __init__(self, app: "App", settled: Callable[[], None]) -> None:
        self._app = app
        self._settled = settled
        self._waiting: list[DrawnCard] = []
        self._flusher: asyncio.Task[None] | None = None

    def settle(self, drawn: DrawnCard) -> None:
        """It will be kept shortly, together with others."""
        self._waiting.append(drawn)
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())

    async def close(self) -> None:
        """Keep what is still waiting."""
        if self._flusher is not None:
            await self._flusher

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._keep(batch)
                self._settled()
        finally:
            self._flusher = None

    async def _keep(self, drawn: list[DrawnCard]) -> None:
        """Through a short outage of the database; a card sent and not kept would be sent twice."""
        waited, wait = 0.0, _FIRST_WAIT_SECONDS
        while True:
            try:
                async with self._app.db.hot_platform() as sql:
                    await cards.settle(sql, drawn, self._app.clock.now())
            except DATABASE_TROUBLE:
                if waited >= LEASE.total_seconds():
                    _log.exception("cards_unsettled", cards=len(drawn))
                    return
                await asyncio.sleep(wait)
                waited, wait = waited + wait, wait * 2
            else:
                return
