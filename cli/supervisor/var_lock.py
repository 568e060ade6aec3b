"""Only one `run` per VAR_DIR. Its children share the lock: it is free when the last has ended."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cli.errors import CommandError

_PATIENCE = 15.0
_POLL = 0.05


@contextlib.contextmanager
def hold(var_dir: Path) -> Iterator[int]:
    """Hold the lock; gives the descriptor for children to share. Names the holder if refused."""
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "run.lock").open("a+") as file:
        until = time.monotonic() + _PATIENCE
        while not _try(file):
            holder = _holder(file)
            # The children of a killed run are ending; those of a live one are not.
            if _alive(holder.get("pid")) or time.monotonic() > until:
                raise CommandError(_refusal(var_dir, holder))
            time.sleep(_POLL)
        file.seek(0)
        file.truncate()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "since": now}, file)
        file.flush()
        yield file.fileno()


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> dict[str, object]:
    file.seek(0)
    try:
        found: dict[str, object] = json.load(file)
    except ValueError:
        return {}
    return found


def _alive(pid: object) -> bool:
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError):  # dead, but its parent has not buried it yet
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def _refusal(var_dir: Path, holder: dict[str, object]) -> str:
    who = f"process {holder.get('pid', '?')}, since {holder.get('since', '?')}"
    return f"{var_dir} is in use by another run ({who}): stop it, or set VAR_DIR elsewhere"
