"""Work done at once over many lanes, and one thing at a time within each."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

import structlog

Lane = TypeVar("Lane", bound=Hashable)
_log = structlog.get_logger(__name__)


class Lanes(Generic[Lane]):
    """Runs at most `most` lanes; `freed` is called whenever one has become free."""

    def __init__(self, most: int, freed: Callable[[], None]) -> None:
        self._most = most
        self._freed = freed
        self._running: dict[Lane, asyncio.Task[None]] = {}

    @property
    def busy(self) -> list[Lane]:
        return list(self._running)

    async def room(self, *, within: float | None = None) -> int:
        """How many lanes more may start; waits until there is one, or for so many seconds."""
        while len(self._running) >= self._most:
            done, _ = await asyncio.wait(
                self._running.values(), timeout=within, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
        return self._most - len(self._running)

    def start(self, lane: Lane, work: Coroutine[Any, Any, None]) -> None:
        """The lane must be free. A failure is logged: its row stays leased and is taken up again."""
        self._running[lane] = asyncio.create_task(self._run(lane, work))

    async def _run(self, lane: Lane, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            _log.exception("lane_failed")
        finally:
            del self._running[lane]
            self._freed()

    async def close(self) -> None:
        """Let what has begun come to its end for a moment, then stop it."""
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=3)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
