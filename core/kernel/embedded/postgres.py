"""How to make, start and recognise the embedded Postgres. Runs inside the guard: no asyncio."""

import shutil
import signal
import subprocess
from pathlib import Path

from core.kernel.embedded.account import Account, EmbeddedError
from core.kernel.embedded.binaries import postgres_program
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import send, wait_until_gone, working_in

SUPERUSER = "postgres"
STOP = signal.SIGINT  # "fast": ends sessions, writes everything, exits
_PATIENCE = 20.0
_STATUS_LINE = 7  # of postmaster.pid

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "max_connections": "200",
    "max_wal_size": "1GB",
    # A write that is on the disk when it returns, rather than a write and a flush of all there is:
    # half the time in the median, and where flushes now and then took 70 to 250 ms these took 4.
    "wal_sync_method": "open_datasync",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # A new store's tables are planned for as if they were empty until somebody has counted them.
    "autovacuum_naptime": "15s",
}
# For data that may be lost: tests.
_CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "128MB",
}


def make_cluster(places: Places, account: Account, *, durable: bool) -> None:
    """Create the data folder if there is none; a half-made one of a killed start is redone."""
    if (places.postgres / "PG_VERSION").exists():
        return
    draft = places.postgres.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    account.own(draft)
    command = [
        str(postgres_program("initdb")),
        *("-D", str(draft), "-U", SUPERUSER, "--auth=trust", "--no-instructions"),
        # Built into Postgres: the same everywhere, whatever locales the machine has. The rest of
        # LC_* stays C, so that Russian full text and lower() do not depend on the environment.
        *("--encoding=UTF8", "--locale=C"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *([] if durable else ["--no-sync"]),
    ]
    made = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
        cwd="/",
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
    )
    if made.returncode != 0:
        raise EmbeddedError(f"initdb: {made.stderr.strip()}")
    if places.postgres.exists():
        places.postgres.rmdir()  # empty, or there is something we must not touch
    draft.rename(places.postgres)


def command(places: Places, *, durable: bool) -> list[str]:
    options = _SETTINGS | {"unix_socket_directories": str(places.sockets)}
    options |= {} if durable else _CARELESS
    given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(postgres_program("postgres")), "-D", str(places.postgres), *given]


def clear_leftovers(places: Places) -> None:
    """End what a killed guard or postmaster left running on these data, and its stale pid file."""
    folder = places.postgres
    here = working_in(folder)
    postmaster = _postmaster(folder)
    if postmaster in here:
        send([postmaster], STOP)
        wait_until_gone(folder, _PATIENCE)
    # Backends without a postmaster: recovery may only begin once the last of them is gone.
    send(working_in(folder), signal.SIGKILL)
    if not wait_until_gone(folder, _PATIENCE):
        raise EmbeddedError(f"processes {working_in(folder)} hold {folder} and cannot be killed")
    # Nobody is here, yet the pid in the lock files may be a stranger's by now, or a zombie's that
    # nobody buries (a container without an init); Postgres would take either for itself.
    (folder / "postmaster.pid").unlink(missing_ok=True)
    for name in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
        (places.sockets / name).unlink(missing_ok=True)


def is_ready(places: Places, pid: int) -> bool:
    lines = _pid_file(places.postgres)
    if len(lines) <= _STATUS_LINE or lines[0].strip() != str(pid):
        return False
    return lines[_STATUS_LINE].strip() == "ready"


def _postmaster(folder: Path) -> int | None:
    lines = _pid_file(folder)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def _pid_file(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
