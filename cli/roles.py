"""The product's processes, one per role, and how one of them lives and ends."""

import asyncio
import gc
import importlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from core.kernel.settings import Settings

# `async def serve(app: App, stop: asyncio.Event) -> None`: works until `stop` is set.
ROLES = {
    "api": "api.serve",
    "bot": "bot.serve",
    "worker": "core.worker",
    "scheduler": "core.scheduler",
    "channels": "connectors.host",
}

Serve = Callable[[Any, asyncio.Event], Awaitable[None]]

# Drafting, indexing and sweeping give way to the card and the reply that somebody waits for.
_GIVES_WAY = {"worker": 5, "scheduler": 5}
_YOUNG_OBJECTS = 10_000
GRACE = 8.0  # the supervisor kills after 10


async def serve_role(role: str, settings: Settings, life: int | None = None) -> int:
    """Serve until SIGTERM, SIGINT, or the end of file on `life` (the supervisor is gone)."""
    logs = importlib.import_module("core.kernel.logs")
    logs.configure(level=settings.log_level, form=settings.log_format, role=role)
    os.nice(_GIVES_WAY.get(role, 0))
    open_app = importlib.import_module("core.app").open_app
    serve: Serve = importlib.import_module(ROLES[role]).serve

    async def work(stop: asyncio.Event) -> None:
        async with open_app(settings, role=role) as app:
            _settle_memory()
            await serve(app, stop)

    return await until_stopped(work, life)


def _settle_memory() -> None:
    """What was imported stays: looking through it for garbage holds everything up for long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 20)


async def until_stopped(work: Callable[[asyncio.Event], Awaitable[None]], life: int | None) -> int:
    """Run `work` with an event that a signal or the supervisor's death sets; then it must hurry."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    deadline = threading.Timer(GRACE, os._exit, args=[1])
    deadline.daemon = True

    def ask() -> None:
        if life is not None:
            loop.remove_reader(life)
        if not stop.is_set():
            stop.set()
            deadline.start()

    signals = (signal.SIGTERM, signal.SIGINT)
    for signum in signals:
        loop.add_signal_handler(signum, ask)
    if life is not None:
        loop.add_reader(life, ask)  # nobody ever writes: readable is the end of file
    try:
        await work(stop)
    finally:
        deadline.cancel()
        for signum in signals:
            loop.remove_signal_handler(signum)
    return 0 if stop.is_set() else 1  # a role has no reason to end by itself
