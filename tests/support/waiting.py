"""Waiting for what other processes do: asked again at once, with a limit, never slept through."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_PAUSE = 0.02


async def until(probe: Callable[[], Awaitable[T]], *, seconds: float = 5) -> T:
    """Return the probe's first truthy answer; fail with its last one when time is up."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not (answer := await probe()):
        if loop.time() > end:
            raise AssertionError(f"still {answer!r} after {seconds} s")
        pause: asyncio.Future[None] = loop.create_future()
        loop.call_later(_PAUSE, pause.set_result, None)
        await pause
    return answer
