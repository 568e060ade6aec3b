"""The fork server, as the exam sees it: who died where; and how Postgres and Redis are killed."""

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bench.delivery.world import World
from core.kernel.embedded.places import find_places
from core.kernel.embedded.processes import working_in
from core.kernel.settings import environment


@dataclass
class Crew:
    """Roles that die and come back. Hired before there is a world: they need seconds to get ready."""

    folder: Path
    deaths: Counter[tuple[str, str]] = field(default_factory=Counter)
    lives: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None

    async def hire(self) -> None:
        """Start the fork server; it imports everything, and waits for its plan."""
        self.folder.mkdir(exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.delivery.forks"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=(self.folder / "server.log").open("wb"),
        )

    async def start(
        self,
        world: World,
        *,
        shares: dict[str, dict[str, int]],
        replicas: dict[str, int],
        mutant: str | None = None,
    ) -> None:
        settings = world.settings
        asked: dict[str, Any] = {
            "folder": str(self.folder),
            "mutant": mutant,
            "shares": shares,
            "replicas": replicas,
            "environment": environment(settings),
            "settings": {"database_url": settings.database_url, "redis_url": settings.redis_url},
        }
        plan = self.folder / "plan.json"
        plan.write_bytes(orjson.dumps(asked))
        await self._say(str(plan))
        assert self._process is not None
        assert self._process.stdout is not None
        if not await self._process.stdout.readline():
            raise RuntimeError(f"the fork server did not start: see {self.folder / 'server.log'}")
        self._reading = asyncio.create_task(self._read())

    async def calm(self) -> None:
        """From now on nobody dies."""
        await self._say("calm")

    async def stop(self) -> None:
        """Everybody at once; asked twice it does nothing."""
        if self._process is None or self._process.returncode is not None:
            return
        with suppress(OSError):
            await self._say("stop")
        await self._process.wait()
        if self._reading is not None:
            await self._reading

    async def _say(self, word: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())
        await self._process.stdin.drain()

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
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
