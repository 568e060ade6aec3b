"""The fork server, as the exam sees it: who died where; and how Postgres and Redis are killed."""

import asyncio
import os
import signal
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bench.delivery.hire import hired
from bench.delivery.world import World
from core.kernel.embedded.places import find_places
from core.kernel.embedded.processes import working_in
from core.kernel.settings import environment


@dataclass
class Crew:
    """Roles that die and come back."""

    deaths: Counter[tuple[str, str]] = field(default_factory=Counter)
    lives: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    _server: subprocess.Popen[bytes] = field(default_factory=hired)
    _reading: asyncio.Task[None] | None = None

    async def start(
        self,
        world: World,
        *,
        shares: dict[str, dict[str, int]],
        replicas: dict[str, int],
        mutant: str | None = None,
    ) -> None:
        settings = world.settings
        folder = world.folder / "forks"
        folder.mkdir(exist_ok=True)
        asked: dict[str, Any] = {
            "folder": str(folder),
            "mutant": mutant,
            "shares": shares,
            "replicas": replicas,
            "environment": environment(settings),
            "settings": {"database_url": settings.database_url, "redis_url": settings.redis_url},
        }
        plan = folder / "plan.json"
        plan.write_bytes(orjson.dumps(asked))
        self._say(str(plan))
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), self._server.stdout
        )
        if not await lines.readline():
            raise RuntimeError("the fork server did not start: it says why above")
        self._reading = asyncio.create_task(self._read(lines))

    def calm(self) -> None:
        """From now on nobody dies."""
        self._say("calm")

    async def stop(self) -> None:
        """Everybody at once; asked twice it does nothing."""
        if self._server.poll() is not None:
            return
        with suppress(OSError):
            self._say("stop")
        await asyncio.to_thread(self._server.wait)
        if self._reading is not None:
            await self._reading

    def _say(self, word: str) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(f"{word}\n".encode())
        self._server.stdin.flush()

    async def _read(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            told = orjson.loads(line)
            if told["code"] == -signal.SIGKILL:
                self.deaths[told["role"], told["point"]] += 1
                self.lives.append(told["seconds"])
                self.cpu.append(told["cpu"])
            elif not told["database_down"]:
                self.unasked.append(f"{told['log']}, {told['code']}: {told['said']}")

    def of(self, role: str) -> int:
        return sum(n for (who, _), n in self.deaths.items() if who == role)

    def named(self) -> int:
        """How many died at a point that has a name."""
        return sum(n for (_, point), n in self.deaths.items() if point != "anywhere")

    def seldom(self, shares: dict[str, dict[str, int]], least: int) -> list[str]:
        """The points that were hit less often than that."""
        return [
            f"{role} at {point}: {self.deaths[role, point]}"
            for role, points in shares.items()
            for point in points
            if self.deaths[role, point] < least
        ]


def crash_postgres(world: World) -> bool:
    """Kills the WAL writer with -9: all backends are thrown out, and the log is played again."""
    for pid in working_in(world.postgres_folder()):
        with suppress(OSError):
            if b"walwriter" in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return True
    return False


def redis_pids(world: World) -> list[int]:
    return working_in(find_places(world.folder).redis)
