"""Starts the fork server before all else: it imports for seconds, and so does whoever runs the exam."""

import subprocess
import sys

_ready: list[subprocess.Popen[bytes]] = []


def hire() -> None:
    """One fork server that waits for its plan; `hired` hands it out."""
    _ready.append(
        subprocess.Popen(
            [sys.executable, "-m", "bench.delivery.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    )


def hired() -> subprocess.Popen[bytes]:
    """The one that waits, or a new one."""
    if not _ready:
        hire()
    return _ready.pop()
