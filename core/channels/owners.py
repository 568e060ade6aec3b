"""The name a process holds leases under, and the proof that another process is dead.

A name says where and when its process began: host, boot, PID namespace, PID, start time. Only a
process that shares the host, the boot and the PID namespace is judged: there, a PID that is gone,
or that has another start time by now, cannot come back. Elsewhere nothing can be proved, and the
lease runs out by itself. (A dead namespace's number may be given to a new one: then all its
processes are dead as well, so the judgement still holds.)
"""

import os
import socket
from pathlib import Path

from core.kernel.ids import new_id

_SEPARATOR = "|"
_PROC = Path("/proc")
_START_TIME, _STATE = 19, 0  # fields of /proc/<pid>/stat after the closing bracket
_DEAD_STATES = {"Z", "X"}


def place() -> str | None:
    """What must be the same for a PID to mean the same process; None where it cannot be known."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        space = (_PROC / "self/ns/pid").stat().st_ino
    except OSError:
        return None
    return _SEPARATOR.join([socket.gethostname(), boot, str(space)])


def new_owner() -> str:
    """A name nobody had before, good for one host of this process."""
    where = place() or socket.gethostname()
    pid = os.getpid()
    return _SEPARATOR.join([where, str(pid), _started(pid) or "?", new_id().hex[-12:]])


def is_dead(owner: str) -> bool:
    """Whether that process is proved to have ended; False also where nobody can tell."""
    here = place()
    parts = owner.rsplit(_SEPARATOR, 3)
    if here is None or len(parts) != 4 or parts[0] != here or not parts[1].isdigit():  # noqa: PLR2004 - place, pid, start, nonce
        return False
    pid, started = int(parts[1]), parts[2]
    try:
        os.kill(pid, 0)  # hidepid hides /proc/<pid> of others, but not this
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    now_started = _started(pid)
    return now_started is not None and started not in {"?", now_started}


def _started(pid: int) -> str | None:
    """Ticks from boot to its start; `ended` for a process nobody has waited for yet."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return "ended" if fields[_STATE] in _DEAD_STATES else fields[_START_TIME]
