"""One child: patience with a failing one, no patience with a stubborn one, bounded logs."""

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest

from cli.roles import until_stopped
from cli.supervisor.child import Child, Plan
from cli.supervisor.lines import Lines
from tests.support.waiting import until

PYTHON = (sys.executable, "-u", "-c")
STUBBORN = "import signal; signal.signal(15, signal.SIG_IGN); print('up'); signal.pause()"


class Console(io.StringIO):
    def fileno(self) -> int:
        return os.open(os.devnull, os.O_RDONLY)


def child(folder: Path, *command: str) -> tuple[Child, Console]:
    console = Console()
    lines = Lines("one", folder, console=console)
    return Child(Plan("one", command), lines, dict(os.environ)), console


async def test_who_fails_at_once_is_not_started_in_a_tight_loop(tmp_path: Path) -> None:
    failing, console = child(tmp_path, "/bin/false")
    failing.start()

    async def third() -> bool:
        return failing.starts == 3

    await until(third)
    await failing.stop()
    pauses = [line.rpartition(" in ")[2] for line in console.getvalue().splitlines()]
    assert pauses[:2] == ["0.3 s", "0.8 s"]
    assert "ended with code 1" in console.getvalue()


async def test_a_command_that_does_not_exist_is_said_and_tried_again(tmp_path: Path) -> None:
    missing, console = child(tmp_path, "/nowhere/to/be/found")
    missing.start()

    async def told() -> bool:
        return "cannot be started" in console.getvalue()

    await until(told)
    await missing.stop()


async def test_who_does_not_stop_in_time_is_killed(tmp_path: Path) -> None:
    stubborn, console = child(tmp_path, *PYTHON, STUBBORN)
    stubborn.start()

    async def up() -> bool:
        return "up" in console.getvalue()

    await until(up)
    pid = stubborn.pid
    assert pid
    await stubborn.stop(seconds=0.1)
    assert "did not stop within" in console.getvalue()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_output_is_prefixed_kept_and_bounded(tmp_path: Path) -> None:
    console = Console()
    lines = Lines("api", tmp_path, console=console, limit=1000)
    stream = asyncio.StreamReader()
    stream.feed_data("привет\nполови".encode())
    stream.feed_data("на\n".encode() + b"x" * 50 + b"\n" + b"no end")
    stream.feed_eof()
    await lines.follow(stream)
    shown = console.getvalue().splitlines()
    assert shown[:2] == ["api       │ привет", "api       │ половина"]
    assert shown[-1] == "api       │ no end"
    for _ in range(100):
        lines.write([b"y" * 90])
    lines.close()
    sizes = [entry.stat().st_size for entry in os.scandir(tmp_path)]
    assert len(sizes) == 2
    assert max(sizes) <= 1000


async def test_a_role_stops_when_the_supervisors_end_of_the_pipe_is_gone() -> None:
    ours, theirs = os.pipe()

    async def work(stop: asyncio.Event) -> None:
        os.close(theirs)
        await stop.wait()

    assert await until_stopped(work, ours) == 0
    os.close(ours)


async def test_a_role_that_ends_by_itself_has_failed() -> None:
    async def work(stop: asyncio.Event) -> None:
        del stop

    assert await until_stopped(work, None) == 1
