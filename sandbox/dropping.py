"""Closing a connection without an answer, which ASGI has no word for."""

import asyncio
from collections.abc import Callable

GRACE_TURNS = 3


async def drop_connection(send: Callable[..., object]) -> None:
    """Abort the socket behind uvicorn's `send`; the caller returns without answering."""
    cycle = getattr(send, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        message = "not served by uvicorn: no transport to close"
        raise RuntimeError(message)
    transport.abort()
    for _ in range(GRACE_TURNS):  # uvicorn learns of it in a later turn of the loop
        await asyncio.sleep(0)
