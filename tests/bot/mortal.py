"""A bot in a process of its own that dies by kill -9 at a named point."""

import asyncio
import multiprocessing
import os
import signal

from bot.serve import serve
from core.app import open_app
from core.kernel.settings import Settings

# What a bot imports takes seconds: one process does it, and each bot is forked from it.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.bot.mortal"])
_LONGEST_SECONDS = 30.0


async def bot_dies_at(point: str, settings: Settings) -> None:
    """Returns when a bot has taken up what waits for it, and was killed just there."""
    armed = settings.model_copy(update={"failpoints": f"{point}=1"})
    said = settings.data_dir / "mortal.err"
    said.parent.mkdir(parents=True, exist_ok=True)
    process = _FORKS.Process(target=_live, args=(armed, str(said)), daemon=True)
    process.start()
    await asyncio.to_thread(process.join, _LONGEST_SECONDS)
    if process.exitcode is None:
        process.kill()
    words = said.read_text(errors="replace")
    assert process.exitcode == -signal.SIGKILL, f"{process.exitcode}: {words}"
    assert words.rstrip().endswith(f"failpoint {point}"), words
    said.unlink()


def _live(settings: Settings, said: str) -> None:
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with open_app(settings, role="bot") as app:
        await serve(app, asyncio.Event())
