"""The process that owns the embedded servers: `python -m core.kernel.embedded.guard DATA_DIR`.

Users hold a shared lock on one file. The guard waits for the exclusive one: the kernel gives it
when the last user has left, however he went. The servers are told by the kernel to shut down
should the guard itself be killed. The first line on stdout is `ready` or `failed: <why>`.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.kernel.embedded import postgres, redis
from core.kernel.embedded.account import Account, EmbeddedError, choose_account, open_the_way
from core.kernel.embedded.binaries import postgres_program, redis_program
from core.kernel.embedded.places import Places, find_places
from core.kernel.embedded.processes import adopt_orphans, die_with_parent

_PATIENCE = 60.0  # a start after a crash replays the log first
_STEADY = 5.0  # a server that lived this long was not failing at start
_LONGEST_PAUSE = 5.0
_LOG_LIMIT = 8 * 1024 * 1024
_POLL = 0.01
_TRIES = 200


@dataclass
class Server:
    """One server: how to start it, how to tell it is ready, how to stop it."""

    name: str
    folder: Path
    command: list[str]
    clear: Callable[[Places], None]
    is_ready: Callable[[Places, int], bool]
    stop: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0


class Guard:
    """Starts both servers, restarts the dead, stops all when nobody uses them."""

    def __init__(self, places: Places, account: Account, *, durable: bool) -> None:
        self._places = places
        self._account = account
        self._stopping = threading.Event()
        self._servers = [
            Server(
                "postgres",
                places.postgres,
                postgres.command(places, durable=durable),
                postgres.clear_leftovers,
                postgres.is_ready,
                postgres.STOP,
            ),
            Server(
                "redis",
                places.redis,
                redis.command(places, durable=durable),
                redis.clear_leftovers,
                redis.is_ready,
                redis.STOP,
            ),
        ]

    def start(self) -> None:
        """Start both and return once both answer."""
        for server in self._servers:
            self._launch(server)
        until = time.monotonic() + _PATIENCE
        for server in self._servers:
            while not self._answers(server):
                if server.process is None or server.process.poll() is not None:
                    raise EmbeddedError(self._last_words(server))
                if time.monotonic() > until:
                    raise EmbeddedError(f"{server.name} does not answer after {_PATIENCE:.0f} s")
                time.sleep(_POLL)

    def watch(self) -> None:
        """Restart what dies until told to stop; then wait for both to end."""
        while True:
            try:
                pid, status = os.wait()  # any child: a server, or an orphan of one
            except ChildProcessError:
                return
            server = next((s for s in self._servers if s.process and s.process.pid == pid), None)
            if server is None or server.process is None:
                continue
            server.process.returncode = status
            server.process = None
            if self._stopping.is_set():
                if not any(s.process for s in self._servers):
                    return
            else:
                self._relaunch(server)

    def stop(self) -> None:
        """Ask both to end; they do so in their own time, `watch` returns then."""
        self._stopping.set()
        for server in self._servers:
            if server.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(server.process.pid, server.stop)

    def _relaunch(self, server: Server) -> None:
        steady = time.monotonic() - server.started > _STEADY
        server.failures = 0 if steady else server.failures + 1
        pause = min(0.1 * 2**server.failures, _LONGEST_PAUSE) if server.failures else 0
        if self._stopping.wait(pause):
            return
        _say(f"{server.name} died, starting it again")
        try:
            self._launch(server)
        except (EmbeddedError, OSError) as error:
            _say(f"{server.name}: {error}")
            os._exit(1)  # a user notices and starts another guard
        if self._stopping.is_set():  # told so while it was starting
            self.stop()

    def _launch(self, server: Server) -> None:
        server.clear(self._places)
        parent = os.getpid()
        with _log_file(self._places.log(server.name)) as log:
            server.process = subprocess.Popen(
                server.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin"},
                cwd=server.folder,
                user=self._account.uid,
                group=self._account.gid,
                extra_groups=None if self._account.uid is None else [],
                start_new_session=True,
                # After the change of user, which would clear it.
                preexec_fn=lambda: die_with_parent(server.stop, parent),  # noqa: PLW1509 only a system call
            )
        server.started = time.monotonic()

    def _answers(self, server: Server) -> bool:
        return server.process is not None and server.is_ready(self._places, server.process.pid)

    def _last_words(self, server: Server) -> str:
        log = self._places.log(server.name)
        lines = log.read_text(errors="replace").splitlines()[-5:]
        return f"{server.name} did not start, {log} ends: " + " | ".join(lines)


@contextlib.contextmanager
def _log_file(path: Path) -> Iterator[int]:
    if path.exists() and path.stat().st_size > _LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {line}\n")
    sys.stderr.flush()


def _prepare(data_dir: Path, *, durable: bool) -> Guard:
    places = find_places(data_dir)
    account = choose_account(places.postgres)
    account.own(places.sockets)
    account.own(places.redis)
    targets = (places.postgres, places.redis, places.sockets)
    open_the_way(account, *targets, program=postgres_program("postgres"))
    open_the_way(account, program=redis_program())
    postgres.make_cluster(places, account, durable=durable)
    return Guard(places, account, durable=durable)


def _wait_for_last_user(places: Places, guard: Guard) -> None:
    with places.use_lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        guard.stop()
        threading.Event().wait()  # holds newcomers off until this process is gone


def _take(lock: IO[str]) -> None:
    """Hold the guards' lock; somebody who only looks whether it is free holds it for an instant."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_POLL)
        else:
            return
    raise EmbeddedError("another guard runs on these data")


def main() -> None:
    parser = argparse.ArgumentParser(prog="guard")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--careless", action="store_true", help="data may be lost: for tests")
    arguments = parser.parse_args()
    adopt_orphans()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    places = find_places(arguments.data_dir)
    with places.guard_lock.open("a") as lock:
        try:
            _take(lock)
            guard = _prepare(arguments.data_dir, durable=not arguments.careless)
            signal.signal(signal.SIGTERM, lambda *_: guard.stop())
            guard.start()
        except (EmbeddedError, OSError) as error:
            sys.stdout.write(f"failed: {error}\n")
            sys.exit(1)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdout.close()
        threading.Thread(target=_wait_for_last_user, args=(places, guard), daemon=True).start()
        guard.watch()
        sys.stderr.flush()
        os._exit(0)  # the thread that holds the users' lock never ends by itself


if __name__ == "__main__":
    main()
