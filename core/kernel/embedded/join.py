"""Start or join the embedded servers, and keep them while we use them."""

import asyncio
import contextlib
import fcntl
import logging
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import asyncpg

from core.kernel.embedded.account import EmbeddedError
from core.kernel.embedded.places import Places, find_places
from core.kernel.embedded.postgres import SUPERUSER

log = logging.getLogger(__name__)

DATABASE = "sales_operator"
APP_ROLE = "sales_operator_app"
PLATFORM_ROLE = "sales_operator_platform"
_WATCH_EVERY = 0.3
_LOCK_POLL = 0.02
_LOCK_PATIENCE = 90.0


@dataclass(frozen=True)
class Servers:
    """Addresses: the owner's (a superuser, for migrations), the product's, and Redis's."""

    database_url_owner: str
    database_url: str
    redis_url: str


@contextlib.asynccontextmanager
async def servers(data_dir: Path, *, durable: bool = True) -> AsyncIterator[Servers]:
    """Start the servers of this data folder, or join the running ones, until the block ends.

    The last user stops them, and waits for that. `durable=False` trades safety for speed (tests).
    """
    places = find_places(data_dir)
    use = await _join(places, data_dir, durable=durable)
    watch = asyncio.create_task(_keep_guarded(places, data_dir, durable=durable))
    try:
        yield _addresses(places)
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        await asyncio.to_thread(_leave, places, use)


async def _join(places: Places, data_dir: Path, *, durable: bool) -> IO[str]:
    use = places.use_lock.open("a")
    try:
        with await asyncio.to_thread(_locked, places.start_lock):
            # Waits here while a former guard still stops its servers.
            await asyncio.to_thread(_flock, use, fcntl.LOCK_SH)
            await _ensure_guard(places, data_dir, durable=durable)
    except BaseException:
        use.close()
        raise
    return use


async def _keep_guarded(places: Places, data_dir: Path, *, durable: bool) -> None:
    """Should the guard be killed, start another one; it restarts dead servers itself."""
    while True:
        await asyncio.sleep(_WATCH_EVERY)
        if not _is_free(places.guard_lock):
            continue
        try:
            with await asyncio.to_thread(_locked, places.start_lock):
                await _ensure_guard(places, data_dir, durable=durable)
        except EmbeddedError as error:
            log.warning("the embedded servers are down: %s", error)


async def _ensure_guard(places: Places, data_dir: Path, *, durable: bool) -> None:
    if not _is_free(places.guard_lock):
        return
    answer = await asyncio.to_thread(_start_guard, places, data_dir, durable=durable)
    if answer != "ready":
        raise EmbeddedError(answer.removeprefix("failed: ") or "the guard died at its start")
    await _prepare_database(places)


def _start_guard(places: Places, data_dir: Path, *, durable: bool) -> str:
    command = [sys.executable, "-m", "core.kernel.embedded.guard", str(data_dir.absolute())]
    home = Path(__file__).parents[3]
    with places.log("guard").open("a") as log:
        guard = subprocess.Popen(
            [*command, *([] if durable else ["--careless"])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=home,
            text=True,
            start_new_session=True,  # Ctrl-C in a terminal is for us, not for the servers
        )
    with guard.stdout or contextlib.nullcontext() as answer:
        line = answer.readline().strip() if answer else ""
    # It outlives us if others use the servers; a thread buries it if it does not.
    _bury(guard)
    return line


def _bury(guard: subprocess.Popen[str]) -> None:
    threading.Thread(target=guard.wait, daemon=True).start()


async def _prepare_database(places: Places) -> None:
    """Ensure the database and the roles: the product owns nothing and bypasses nothing."""
    connection = await _connect(places, "postgres")
    try:
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        for role, login in ((APP_ROLE, "LOGIN"), (PLATFORM_ROLE, "NOLOGIN")):
            if role not in roles:
                await connection.execute(
                    f"CREATE ROLE {role} {login} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
                )
        await connection.execute(
            f"GRANT {PLATFORM_ROLE} TO {APP_ROLE} WITH INHERIT FALSE, SET TRUE"
        )
        known = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if not known:
            await connection.execute(f"CREATE DATABASE {DATABASE}")
    finally:
        await connection.close()


async def _connect(places: Places, database: str) -> asyncpg.Connection:
    return await asyncpg.connect(user=SUPERUSER, database=database, host=str(places.sockets))


def _addresses(places: Places) -> Servers:
    host = quote(str(places.sockets), safe="/")
    return Servers(
        database_url_owner=f"postgresql://{SUPERUSER}@/{DATABASE}?host={host}",
        database_url=f"postgresql://{APP_ROLE}@/{DATABASE}?host={host}",
        redis_url=f"unix://{quote(str(places.redis_socket), safe='/')}?db=0",
    )


def _leave(places: Places, use: IO[str]) -> None:
    """Give up our share; whoever was the last waits until the servers are down."""
    use.close()
    with places.use_lock.open("a") as probe:
        alone = _try(probe, fcntl.LOCK_EX)
        shared = not alone and _try(probe, fcntl.LOCK_SH)
    if shared:
        return  # others go on
    until = time.monotonic() + _LOCK_PATIENCE
    while not _is_free(places.guard_lock) and time.monotonic() < until:
        time.sleep(_LOCK_POLL)


def _locked(path: Path) -> IO[str]:
    file = path.open("a")
    try:
        _flock(file, fcntl.LOCK_EX)
    except BaseException:
        file.close()
        raise
    return file


def _flock(file: IO[str], kind: int) -> None:
    until = time.monotonic() + _LOCK_PATIENCE
    while not _try(file, kind):
        if time.monotonic() > until:
            raise EmbeddedError(f"{file.name} stays locked by another process")
        time.sleep(_LOCK_POLL)


def _try(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_free(path: Path) -> bool:
    if not path.exists():
        return True
    with path.open("a") as file:
        return _try(file, fcntl.LOCK_EX)
