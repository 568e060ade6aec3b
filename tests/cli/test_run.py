"""`run` keeps the product up: it restarts the dead, holds VAR_DIR alone, and leaves nothing behind."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.kernel.embedded.processes import working_in
from tests.support.waiting import until

ROOT = Path(__file__).parents[2]
ROLES = ("api", "bot", "worker", "scheduler", "channels")


@dataclass
class Running:
    """A started product: its supervisor, its folder, and what it printed so far."""

    process: subprocess.Popen[str]
    var_dir: Path
    output: Path

    async def prints(self, text: str, *, seconds: float = 30) -> None:
        async def seen() -> bool:
            ended = self.process.poll() is not None
            assert not ended or text in self.told(), self.told()
            return text in self.told()

        await until(seen, seconds=seconds)

    async def is_up(self) -> None:
        """Every role: the product is ready when the last of them may not be."""
        await self.prints("AI Sales Operator is ready")
        for role in ROLES:
            await self.prints(f"{role} up")

    def told(self) -> str:
        return self.output.read_text()

    async def has_servers(self) -> bool:
        return os.path.lexists(self.var_dir / "sandbox" / "servers")

    def pid(self, role: str) -> int:
        return int((self.var_dir / "pids" / role).read_text())

    def pids(self) -> set[int]:
        return {self.pid(role) for role in ROLES}

    async def another(self, role: str, than: int) -> int:
        async def born() -> int:
            pid = self.pid(role)
            return pid if pid != than else 0

        return await until(born, seconds=10)

    async def all_gone(self, pids: set[int]) -> None:
        servers = self.var_dir / "sandbox" / "servers"

        async def gone() -> bool:
            return not any(alive(pid) for pid in pids) and not any(
                working_in(servers / name) for name in ("postgres", "redis")
            )

        await until(gone, seconds=15)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


class Starter:
    """Starts products on one VAR_DIR; whatever is left at the end is killed."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self._started: list[subprocess.Popen[str]] = []
        port, sandbox_port = free_ports()
        self._environment = {
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "VAR_DIR": str(var_dir),
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
        }

    def __call__(self) -> Running:
        output = self.var_dir.with_suffix(f".{len(self._started)}.out")
        with output.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, str(ROOT / "tests/cli/stub_product.py"), "run"],
                stdout=file,
                stderr=file,
                text=True,
                env=self._environment,
                cwd=self.var_dir,
            )
        self._started.append(process)
        return Running(process, self.var_dir, output)

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture
def start() -> Iterator[Starter]:
    folder = Path(tempfile.mkdtemp(prefix="so-run-"))
    var_dir = folder / "var"
    var_dir.mkdir()
    starter = Starter(var_dir)
    yield starter
    starter.end()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_run_restarts_the_dead_refuses_a_second_and_dies_without_remains(
    start: Starter,
) -> None:
    product = start()
    await product.is_up()
    await product.prints("bot up, token 1:sandbox")

    killed = product.pid("worker")
    os.kill(killed, signal.SIGKILL)
    await product.prints("killed by SIGKILL, starting it again")
    assert await product.another("worker", than=killed)

    second = start()
    assert await asyncio.to_thread(second.process.wait, 20) == 1
    refusal = second.told().splitlines()[-1]
    assert "is in use by another run" in refusal
    assert f"process {product.process.pid}, since 20" in refusal

    # kill -9 of the supervisor: the roles, the sandbox and the servers go with it.
    left = product.pids()
    product.process.kill()
    again = start()  # at once, while the former ones are still ending
    await again.is_up()
    assert not any(alive(pid) for pid in left)

    # A clean stop: in order, and nothing remains.
    left = again.pids()
    again.process.send_signal(signal.SIGINT)
    assert await asyncio.to_thread(again.process.wait, 30) == 0
    await again.all_gone(left)
    told = again.told()
    order = [told.index(f"{role} down") for role in ("scheduler", "bot", "worker")]
    assert order == sorted(order)
    assert "Traceback" not in told


async def test_a_stop_while_it_is_still_starting_is_clean_too(start: Starter) -> None:
    product = start()
    await until(product.has_servers)
    product.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(product.process.wait, 30) == 0
    await product.all_gone(set())
    assert "Traceback" not in product.told()
