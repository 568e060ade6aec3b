"""Child processes, and what CPU they have used."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from core.kernel.embedded.processes import die_with_parent

_PROC = Path("/proc")
_TICK = 1 / os.sysconf("SC_CLK_TCK")


class Processes:
    """What we started, and nobody else; stopped at the end, the last first."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """`python -m …` under a name of ours; what it says goes to a file of that name."""
        us = os.getpid()
        with (self._logs / f"{name}.log").open("wb") as log:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGTERM, us),  # noqa: PLW1509 no threads
            )

    def stop(self, *names: str) -> None:
        """SIGTERM, then SIGKILL after ten seconds."""
        processes = [self._running.pop(name) for name in names]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop_all(self) -> None:
        self.stop(*reversed(self._running))

    def pid(self, name: str) -> int:
        process = self._running[name]
        if process.poll() is not None:
            raise RuntimeError(f"{name} has ended: see {self._logs / name}.log")
        return process.pid


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def answers(port: int, seconds: float = 30) -> None:
    """Wait until somebody listens; TimeoutError if nobody does."""
    async with asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)


def machine_ticks() -> tuple[int, int]:
    """(wanted, stolen) since the machine's start: CPU that was asked for, and what others had of it."""
    with (_PROC / "stat").open() as file:
        user, nice, system, _, _, irq, softirq, stolen, *_ = map(int, file.readline().split()[1:])
    return user + nice + system + irq + softirq + stolen, stolen


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes and of children they have waited for."""
    return sum(_cpu_of(pid) for pid in pids)


def _cpu_of(pid: int) -> float:
    """The scheduler's nanoseconds where the kernel counts them, else ticks of 10 ms."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        ticks, of_children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
        exact = 0
        for thread in (_PROC / str(pid) / "task").iterdir():
            exact += int((thread / "schedstat").read_text().split()[0])
        own = exact / 1e9 if exact else ticks * _TICK
        return own + of_children * _TICK
    return 0.0


def family(roots: Sequence[int]) -> list[int]:
    """These processes and everything below them."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found, unread = [], list(roots)
    while unread:
        pid = unread.pop()
        found.append(pid)
        unread += parents.get(pid, [])
    return found
