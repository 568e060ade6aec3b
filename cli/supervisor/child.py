"""One supervised process: started, watched, started again with patience, stopped."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass

from cli.supervisor.lines import Lines
from core.kernel.embedded.processes import die_with_parent

_PAUSES = (0.1, 0.3, 0.8, 2.0, 5.0)
_STEADY = 5.0  # whoever lived this long did not fail at his start
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Plan:
    """What to run, and its name for people."""

    name: str
    command: Sequence[str]


class Child:
    """Keeps one process running until told to stop."""

    def __init__(
        self,
        plan: Plan,
        lines: Lines,
        environment: dict[str, str],
        descriptors: tuple[int, ...] = (),
    ) -> None:
        self.name = plan.name
        self._plan = plan
        self._lines = lines
        self._environment = environment
        self._descriptors = descriptors
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self.starts = 0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep())

    async def stop(self, seconds: float = STOP_SECONDS) -> None:
        """SIGTERM, then SIGKILL once time is up; returns when it is gone."""
        self._stopping.set()
        if self._task is None:
            return
        self._signal(signal.SIGTERM)
        _, late = await asyncio.wait([self._task], timeout=seconds)
        if late:
            self._lines.say(f"did not stop within {seconds:.0f} s, killing it")
            self._signal(signal.SIGKILL)
        await self._task
        self._lines.close()

    def kill(self) -> None:
        """At once: nobody wants to wait any longer."""
        self._stopping.set()
        self._signal(signal.SIGKILL)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while not self._stopping.is_set():
            born = loop.time()
            how = await self._live()
            if self._stopping.is_set():
                return
            failures = 0 if loop.time() - born > _STEADY else failures + 1
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)] if failures else 0
            self._lines.say(f"{how}, starting it again" + (f" in {pause:g} s" if pause else ""))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause or 0.001)

    async def _live(self) -> str:
        """Run it once; returns how it ended."""
        parent = os.getpid()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._plan.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self._environment,
                pass_fds=self._descriptors,
                start_new_session=True,  # Ctrl-C in a terminal is for the supervisor alone
                preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),
            )
        except OSError as error:
            return f"cannot be started ({error})"
        self.starts += 1
        if self._stopping.is_set():
            self._signal(signal.SIGTERM)
        stream = self._process.stdout
        follow = asyncio.create_task(self._lines.follow(stream)) if stream else None
        code = await self._process.wait()
        if follow:
            # A grandchild may hold the pipe open; what the child itself said is there by now.
            await asyncio.wait([follow], timeout=0.2)
            follow.cancel()
        self._process = None
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def _signal(self, signum: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signum)
