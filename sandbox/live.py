"""What just happened, told to whoever looks: pages over SSE, tests that wait for a chat."""

import asyncio
from collections.abc import AsyncIterator

from sandbox.shapes import Json

BACKLOG = 1000


class Signal:
    """Wakes everyone who waits at the moment it is sent; costs nothing when no one does."""

    __slots__ = ("_waiters",)

    def __init__(self) -> None:
        self._waiters: list[asyncio.Future[None]] = []

    def send(self) -> None:
        if self._waiters:
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait(self, seconds: float) -> bool:
        """True when sent in time."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return False
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
        return True


class Live:
    """Fan-out to the open pages; a page that lags loses its oldest events."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[Json]] = set()

    @property
    def watched(self) -> bool:
        return bool(self._readers)

    def tell(self, event: Json) -> None:
        for reader in self._readers:
            if reader.full():
                reader.get_nowait()
            reader.put_nowait(event)

    async def follow(self, heartbeat: float = 15.0) -> AsyncIterator[Json | None]:
        """Events as they come; None after `heartbeat` seconds of silence."""
        reader: asyncio.Queue[Json] = asyncio.Queue(BACKLOG)
        self._readers.add(reader)
        try:
            while True:
                try:
                    async with asyncio.timeout(heartbeat):
                        event = await reader.get()
                except TimeoutError:
                    yield None
                else:
                    yield event
        finally:
            self._readers.discard(reader)
