"""The whole product under one supervisor: what `make run` starts."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import httpx

from cli import steps
from cli.errors import CommandError
from cli.joining import settle, with_servers
from cli.outside import ask_sandbox, inside_sandbox, sandbox_address, wait_for_sandbox
from cli.supervisor.child import Plan
from cli.supervisor.crew import Crew
from cli.supervisor.var_lock import hold
from core.kernel.settings import Settings, environment

# Stopped in the reverse order: first who starts new work, last who finishes what is begun.
WAVES = (("worker",), ("api", "bot", "channels"), ("scheduler",))
_SANDBOX_SECONDS = 20.0
_READY_SECONDS = 60.0
_POLL = 0.05


def _role_command(name: str, life: int) -> list[str]:
    return [sys.executable, "-m", "cli.main", name, "--supervised", str(life)]


def _sandbox_command(settings: Settings) -> list[str]:
    port, data = str(settings.sandbox_port), str(settings.data_dir / "outside")
    return [sys.executable, "-m", "cli.main", "sandbox", "--port", port, "--data", data]


Step = Callable[[Settings], Awaitable[None]]


@dataclass(frozen=True)
class Product:
    """What is run; a test may put simpler processes in the places of the real ones."""

    role_command: Callable[[str, int], Sequence[str]] = _role_command
    sandbox_command: Callable[[Settings], Sequence[str]] = _sandbox_command
    migrate: Step = steps.migrate
    seed: Step = steps.seed
    waves: Sequence[Sequence[str]] = field(default=WAVES)

    async def run(self, settings: Settings) -> None:
        """Until SIGTERM, SIGINT or SIGHUP; the second one kills."""
        with hold(settings.var_dir.absolute()) as lock:
            crew = Crew(settings.data_dir / "logs", lock)
            async with _until_signal(crew) as stopped:
                work = asyncio.create_task(self._work(settings, crew))
                stop = asyncio.create_task(stopped.wait())
                await asyncio.wait([work, stop], return_when=asyncio.FIRST_COMPLETED)
                stop.cancel()
                work.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await work

    async def _work(self, settings: Settings, crew: Crew) -> None:
        """Start everything and stay until cancelled; the servers go down after the crew."""
        began = time.monotonic()
        async with contextlib.AsyncExitStack() as stack:
            try:
                ready = await self._prepare(settings, crew, stack)
                # Roles work as the product's own database role; only migrations are the owner's.
                variables = _with_ours(environment(ready) | {"MIGRATION_DATABASE_URL": ""})
                for wave in self.waves:
                    plans = [Plan(name, self.role_command(name, crew.life)) for name in wave]
                    crew.start(plans, variables)
                await _announce(ready, began)
                await asyncio.Event().wait()
            finally:
                await crew.stop()

    async def _prepare(
        self, settings: Settings, crew: Crew, stack: contextlib.AsyncExitStack
    ) -> Settings:
        """Servers up, the outside chosen, the database migrated and seeded."""
        given = await ask_sandbox(settings) if settings.sandbox_on else None
        if settings.sandbox_on and given is None:
            # It starts while the servers do.
            crew.start([Plan("sandbox", self.sandbox_command(settings))], _with_ours({}))
        settings = await stack.enter_async_context(with_servers(settings))
        values = environment(settings)
        if settings.sandbox_on:
            values = inside_sandbox(settings, given or await _started_sandbox(settings))
            print(f"sandbox ready {sandbox_address(settings)}", flush=True)
        ready = settle(values)
        await self.migrate(ready)
        await self.seed(ready)
        return ready


async def _started_sandbox(settings: Settings) -> dict[str, str]:
    try:
        return await wait_for_sandbox(settings, _SANDBOX_SECONDS)
    except TimeoutError:
        raise CommandError(
            f"the sandbox does not answer on port {settings.sandbox_port}:"
            f" see {settings.data_dir / 'logs' / 'sandbox.log'}, or set SANDBOX_PORT"
        ) from None


def _with_ours(values: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **values, "PYTHONUNBUFFERED": "1"}


@contextlib.asynccontextmanager
async def _until_signal(crew: Crew) -> AsyncIterator[asyncio.Event]:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stopped.is_set():
            crew.kill()
            return
        print("stopping…", flush=True)
        stopped.set()

    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for signum in signals:
        loop.add_signal_handler(signum, ask)
    try:
        yield stopped
    finally:
        for signum in signals:
            loop.remove_signal_handler(signum)


async def _announce(settings: Settings, began: float) -> None:
    """Wait for the API to say it is ready, then print where everything is."""
    local = settings.model_copy(update={"public_url": None}).public_address
    answer = "no answer"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                response = await client.get(f"{local}/readyz")
                if response.is_success:
                    print(_addresses(settings, time.monotonic() - began), flush=True)
                    return
                answer = response.text
            await asyncio.sleep(_POLL)
    print(f"not ready after {_READY_SECONDS:.0f} s, {local}/readyz says: {answer}", flush=True)


def _addresses(settings: Settings, seconds: float) -> str:
    rows = [
        ("Mini App", f"{settings.public_address}/app/"),
        ("API", f"{settings.public_address}/openapi.json"),
        ("logs and data", str(settings.data_dir)),
    ]
    if settings.sandbox_on:
        rows.insert(0, ("try it here", f"{sandbox_address(settings)}/"))
    lines = [f"  {name:<14} {place}" for name, place in rows]
    title = f"AI Sales Operator is ready ({seconds:.1f} s)"
    return "\n".join(["", title, *lines, "  Ctrl-C stops everything", ""])
