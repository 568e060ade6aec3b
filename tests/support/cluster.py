"""One Postgres and one Redis for all test processes, and a migrated database to clone.

The servers are the product's embedded ones, careless of their data: whoever comes first starts
them, and they stop when the last test process has left or was killed. The cluster stays on disk
between sessions, so that an unchanged `migrations/` is migrated once.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import importlib
import importlib.util
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from core.kernel.embedded import EmbeddedError, Servers, servers
from core.kernel.embedded.redis import DATABASES

ROOT = Path(__file__).parents[2]
_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system, not a file in a shared folder
_ROOM = 2 << 30  # bytes: what a cluster of a whole run takes at most, with room to spare


def _folder() -> Path:
    """In memory where there is room for it: a clone copies 700 files, ten times slower on disk."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        return _MEMORY / f"sales-operator-tests-{os.getuid()}-{checkout}"
    return ROOT / "var" / "tests"


FOLDER = _folder()
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Database:
    """A database of one test's own: the owner's address and the product's."""

    name: str
    owner_url: str
    url: str


@dataclass
class Cluster:
    """What a test process holds: addresses, a slot nobody else has, and the template's name."""

    servers: Servers
    slot: int
    template: str
    admin: asyncpg.Connection
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def redis_url(self) -> str:
        """A numbered Redis database of this process's own; its user empties it."""
        return _with_query(self.servers.redis_url, f"db={self.slot}")

    async def clone(self) -> Database:
        name = f"test_{self.slot}_{next(self._numbers)}"
        await self.admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY FILE_COPY"
        )
        return Database(
            name,
            _with_database(self.servers.database_url_owner, name),
            _with_database(self.servers.database_url, name),
        )

    async def drop(self, database: Database) -> None:
        await self.admin.execute(f"DROP DATABASE {database.name} WITH (FORCE)")

    async def drop_leftovers(self) -> None:
        """Databases of a killed process that had our slot before us."""
        left = await self.admin.fetch(
            "SELECT datname FROM pg_database WHERE datname LIKE $1", f"test\\_{self.slot}\\_%"
        )
        for row in left:
            await self.admin.execute(f"DROP DATABASE {row['datname']} WITH (FORCE)")


@contextlib.asynccontextmanager
async def cluster(folder: Path = FOLDER) -> AsyncIterator[Cluster]:
    """Start or join the servers, take a slot, make the template if there is none."""
    with _slot(folder) as slot:
        _forget_what_a_crash_may_have_spoiled(folder)
        async with contextlib.AsyncExitStack() as stack:
            addresses = await _start(folder, stack)
            admin = await asyncpg.connect(_with_database(addresses.database_url_owner, "postgres"))
            stack.push_async_callback(admin.close)
            with (folder / "template.lock").open("a") as lock:
                await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
                template = await _template(admin, addresses.database_url_owner)
            found = Cluster(addresses, slot, template, admin)
            await found.drop_leftovers()
            yield found


async def _start(folder: Path, stack: contextlib.AsyncExitStack) -> Servers:
    try:
        return await stack.enter_async_context(servers(folder, durable=False))
    except EmbeddedError:
        shutil.rmtree(folder / "servers", ignore_errors=True)
        return await stack.enter_async_context(servers(folder, durable=False))


@contextlib.contextmanager
def _slot(folder: Path) -> Iterator[int]:
    """A number no other live process on this cluster has; the kernel gives it back at our end."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(DATABASES):
        file = (folder / f"slot-{number}.lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        with file:
            yield number
        return
    raise RuntimeError(f"all {DATABASES} slots are taken")


def _forget_what_a_crash_may_have_spoiled(folder: Path) -> None:
    """Without fsync only this boot's files can be trusted."""
    boot = _BOOT.read_text() if _BOOT.exists() else ""
    note = folder / "boot_id"
    with (folder / "boot.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists() or note.read_text() != boot:
            shutil.rmtree(folder / "servers", ignore_errors=True)
            note.write_text(boot)


async def _template(admin: asyncpg.Connection, owner_url: str) -> str:
    """Name of the migrated database; made here if `migrations/` has changed."""
    name = f"template_{_fingerprint()}"
    known = {row["datname"] for row in await admin.fetch("SELECT datname FROM pg_database")}
    if name in known:
        return name
    draft = f"{name}_draft"
    await admin.execute(f"DROP DATABASE IF EXISTS {draft} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {draft}")
    if importlib.util.find_spec("migrations") and importlib.util.find_spec("migrations.run"):
        upgrade = importlib.import_module("migrations.run").upgrade
        await asyncio.to_thread(upgrade, _with_database(owner_url, draft))
    # A connection the migration left open would refuse the renaming and every clone.
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", draft
    )
    await admin.execute(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*")):
        if path.is_file() and path.suffix in {".py", ".sql", ".ini", ".mako"}:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _with_query(url: str, query: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query=query))
