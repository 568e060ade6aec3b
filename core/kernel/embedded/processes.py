"""Processes as the operating system shows them: who works in a folder, who dies with us."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_POLL = 0.01


def working_in(folder: Path) -> list[int]:
    """Pids of the processes whose working folder this is: all of a Postgres work in its data."""
    found: list[int] = []
    if not _PROC.is_dir():
        return found
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found


def send(pids: Iterable[int], signum: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signum)


def wait_until_gone(folder: Path, seconds: float) -> bool:
    """Wait until nobody works in the folder, burying what became our child meanwhile."""
    until = time.monotonic() + seconds
    while pids := working_in(folder):
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > until:
            return False
        time.sleep(_POLL)
    return True


def adopt_orphans() -> None:
    """Become the parent of our children's orphans, so that they can be buried (Linux)."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(signum: signal.Signals, parent: int) -> None:
    """Ask the kernel for the signal when the parent dies, by kill -9 as well (Linux).

    To be called in the child. The thread that forked counts as the parent.
    """
    _prctl(_PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:
        os.kill(os.getpid(), signum)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        _libc.prctl(option, value, 0, 0, 0)


# Loaded before any fork: the child of a fork must not import or open anything.
_libc = ctypes.CDLL(None, use_errno=True)
