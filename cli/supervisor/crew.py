"""All children of one `run`, and the order they go in."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from cli.supervisor.child import Child, Plan
from cli.supervisor.lines import Lines


class Crew:
    """Starts children one by one and stops them in waves, the last started wave last.

    All die with this process, even if it is killed: the kernel signals them (Linux), and each
    holds the reading end of a pipe that nobody writes to and only our death closes.
    """

    def __init__(self, logs: Path, *shared: int) -> None:
        self._logs = logs
        self._waves: list[list[Child]] = []
        self.life, self._held = os.pipe()
        self._inherited = (self.life, *shared)

    @property
    def children(self) -> list[Child]:
        return [child for wave in self._waves for child in wave]

    def start(self, plans: Sequence[Plan], environment: dict[str, str]) -> list[Child]:
        """Start a wave; waves are stopped in the reverse of their starting order."""
        wave = [
            Child(plan, Lines(plan.name, self._logs), environment, self._inherited)
            for plan in plans
        ]
        self._waves.append(wave)
        for child in wave:
            child.start()
        return wave

    async def stop(self) -> None:
        while self._waves:
            wave = self._waves.pop()
            await asyncio.gather(*(child.stop() for child in wave))
        os.close(self._held)
        os.close(self.life)

    def kill(self) -> None:
        for child in self.children:
            child.kill()
