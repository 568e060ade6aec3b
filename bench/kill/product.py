"""The product as `sales-operator run` starts it, and the ways to kill it."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import httpx

from core.kernel.embedded.processes import working_in

ROOT = Path(__file__).parents[2]
ROLES = ("api", "bot", "worker", "scheduler", "channels")
_START_SECONDS = 120.0
_POLL = 0.1


class Product:
    """One product on one VAR_DIR; started anew whenever its supervisor has been killed."""

    def __init__(self, var_dir: Path, port: int, sandbox_port: int, mutant: str | None) -> None:
        self._port = port
        self._out = var_dir.parent / "product.out"
        module = ["bench.kill.mutants", "run"] if mutant else ["cli.main", "run"]
        self._command = [sys.executable, "-m", *module]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self._environment = kept | {
            "PYTHONPATH": str(ROOT),
            "VAR_DIR": str(var_dir),
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
            "SANDBOX": "1",
            "KILL_MUTANT": mutant or "",
        }
        self.servers = var_dir / "sandbox" / "servers"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self._out.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    async def ready(self) -> float:
        """Seconds until /readyz says so."""
        began = time.monotonic()
        last = "no answer"
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            while time.monotonic() - began < _START_SECONDS:
                if self._process is not None and self._process.returncode is not None:
                    last = f"it ended with {self._process.returncode}"
                    break
                try:
                    answer = await client.get(f"http://127.0.0.1:{self._port}/readyz")
                    if answer.is_success:
                        return time.monotonic() - began
                    last = answer.text
                except httpx.HTTPError as down:
                    last = repr(down)
                await asyncio.sleep(_POLL)
        seconds = time.monotonic() - began
        raise RuntimeError(f"not ready after {seconds:.0f} s, see {self._out}: {last}")

    async def stop(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 40)
        except TimeoutError:
            await self.kill_all()

    def kill_role(self, role: str) -> int:
        """How many processes were hit: none if it is just being started again."""
        return _kill(self._of_role(role))

    def kill_servers(self) -> int:
        """Postgres with its backends, and Redis."""
        found = [pid for name in ("postgres", "redis") for pid in working_in(self.servers / name)]
        return _kill(found)

    async def kill_all(self, *, servers: bool = False) -> int:
        """The supervisor, the roles, the guard of the servers; with them the servers as well."""
        assert self._process is not None
        supervisor = self._process.pid
        tree = _tree(supervisor)
        hit = _kill([supervisor, *(pid for pid in tree if not _serves(pid, self.servers))])
        if servers:
            hit += self.kill_servers()
        await self._process.wait()
        return hit

    def _of_role(self, role: str) -> list[int]:
        assert self._process is not None
        children = _children().get(self._process.pid, [])
        return [pid for pid in children if role in _words(pid)[-3:]]


def _words(pid: int) -> list[str]:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().decode().split("\0")[:-1]
    except OSError:
        return []


def _serves(pid: int, servers: Path) -> bool:
    try:
        return (Path("/proc") / str(pid) / "cwd").readlink().is_relative_to(servers)
    except OSError:
        return False


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found.setdefault(int(stat[1]), []).append(int(entry.name))
    return found


def _tree(pid: int) -> list[int]:
    children, found, queue = _children(), [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def _kill(pids: Iterable[int]) -> int:
    hit = 0
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        hit += 1
    return hit
