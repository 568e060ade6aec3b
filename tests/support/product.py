"""The whole product as a newcomer starts it: `sales-operator run` in an empty folder."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.world import free_port

ROOT = Path(__file__).parents[2]
_LONGEST_START_SECONDS = 180.0
_POLL = 0.1


@dataclass
class Started:
    """A product that has said it is ready, and how long that took."""

    seconds: float
    page: str
    process: subprocess.Popen[bytes]


class Place:
    """A VAR_DIR of one's own and two ports: what is started there twice finds its data again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.sandbox_port = free_port(), free_port()

    @contextmanager
    def started(self) -> Iterator[Started]:
        """Ready when the block begins, and gone when it ends."""
        output = self.folder / "run.out"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        began = time.monotonic()
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "run"],
                cwd=ROOT,
                env=kept
                | {
                    "PYTHONPATH": str(ROOT),
                    "VAR_DIR": str(self.folder / "var"),
                    "PORT": str(self.port),
                    "SANDBOX_PORT": str(self.sandbox_port),
                },
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        try:
            while not (said := re.search(r"is ready \((.*?)\)", output.read_text())):
                assert process.poll() is None, output.read_text()
                assert time.monotonic() - began < _LONGEST_START_SECONDS, output.read_text()
                time.sleep(_POLL)
            del said
            page = f"http://127.0.0.1:{self.sandbox_port}/"
            yield Started(time.monotonic() - began, page, process)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def place() -> Iterator[Place]:
    folder = Path(tempfile.mkdtemp(prefix="so-e2e-"))
    folder.chmod(0o755)  # the embedded servers' own user must reach its data
    try:
        yield Place(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
