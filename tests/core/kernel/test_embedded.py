"""The embedded servers: Russian full text, kill -9 of every part, one start for many users."""

import asyncio
import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core.kernel.embedded import Servers, servers
from core.kernel.embedded.processes import send, working_in
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="so-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
async def used() -> AsyncIterator[tuple[Path, Servers]]:
    """Servers that several tests use, and hurt, one after the other."""
    made = Path(tempfile.mkdtemp(prefix="so-test-"))
    async with servers(made) as addresses:
        yield made, addresses
    shutil.rmtree(made)


@pytest.fixture
def running(used: tuple[Path, Servers]) -> Servers:
    return used[1]


@pytest.fixture
def its_folder(used: tuple[Path, Servers]) -> Path:
    return used[0]


@contextlib.asynccontextmanager
async def postgres(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


async def ask(url: str, question: str) -> object:
    async with postgres(url) as connection:
        return await connection.fetchval(question)


def answers(url: str, question: str = "SELECT 1") -> Callable[[], Awaitable[object]]:
    """Asks until it is answered: a server that is starting refuses."""

    async def attempt() -> object:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return await ask(url, question)
        return None

    return attempt


def postmaster(folder: Path) -> int:
    return int((folder / "servers/postgres/postmaster.pid").read_text().split()[0])


def guard_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("PPid"))


async def test_russian_full_text_and_vectors_work_and_the_product_bypasses_nothing(
    running: Servers,
) -> None:
    async with postgres(running.database_url_owner) as owner:
        found = await owner.fetchval(
            "SELECT to_tsvector('russian', 'Продаём КОРОБКИ передач АКПП')"
            " @@ to_tsquery('russian', 'коробка & акпп')"
        )
        assert found
        assert await owner.fetchval("SELECT lower('АКПП Ёж')") == "акпп ёж"
        await owner.execute("CREATE EXTENSION vector")
        assert await owner.fetchval("SELECT '[1,2]'::halfvec <-> '[1,3]'::halfvec") == 1
        await owner.execute("CREATE TABLE owners_only (id int)")
    async with postgres(running.database_url) as product:
        assert await product.fetchval("SELECT current_user") == "sales_operator_app"
        assert not await product.fetchval(
            "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole"
            " FROM pg_roles WHERE rolname = current_user"
        )
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await product.execute("SELECT * FROM owners_only")
        await product.execute("SET ROLE sales_operator_platform")


async def test_nothing_listens_on_a_port_and_strangers_cannot_reach_the_sockets(
    running: Servers, its_folder: Path
) -> None:
    assert await ask(running.database_url, "SHOW listen_addresses") == ""
    redis = Redis.from_url(running.redis_url)
    assert (await redis.config_get("port"))["port"] == "0"
    assert (await redis.config_get("appendonly"))["appendonly"] == "yes"
    await redis.aclose()
    assert (its_folder / "servers/sockets").stat().st_mode & 0o077 == 0


async def test_postgres_killed_comes_back_by_itself_with_the_committed_rows(
    running: Servers, its_folder: Path
) -> None:
    busy = await asyncpg.connect(running.database_url_owner)
    await busy.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    # A backend in the middle of work outlives its postmaster and blocks the next one.
    work = asyncio.create_task(busy.execute("SELECT count(*) FROM generate_series(1, 1e9::bigint)"))
    in_the_middle = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%1e9%' AND state = 'active'"
    await until(answers(running.database_url_owner, in_the_middle + " AND pid <> pg_backend_pid()"))
    killed = postmaster(its_folder)
    os.kill(killed, signal.SIGKILL)
    seven = await until(answers(running.database_url_owner, "SELECT seven FROM kept"), seconds=10)
    assert seven == 7
    assert postmaster(its_folder) != killed
    with pytest.raises((asyncpg.PostgresError, OSError, asyncpg.InterfaceError)):
        await work
    busy.terminate()


async def test_redis_killed_comes_back_by_itself_with_its_data(
    running: Servers, its_folder: Path
) -> None:
    redis = Redis.from_url(running.redis_url)
    await redis.set("kept", "7")
    [pid] = working_in(its_folder / "servers/redis")
    os.kill(pid, signal.SIGKILL)

    async def attempt() -> object:
        with contextlib.suppress(RedisError):
            return await redis.get("kept")
        return None

    assert await until(attempt, seconds=10) == b"7"
    assert working_in(its_folder / "servers/redis") != [pid]
    await redis.aclose()


async def test_a_second_user_joins_and_the_first_may_leave(folder: Path) -> None:
    first, second = servers(folder), servers(folder)
    addresses = await first.__aenter__()
    owned_by = postmaster(folder)
    assert await second.__aenter__() == addresses
    assert postmaster(folder) == owned_by
    await first.__aexit__(None, None, None)
    assert await ask(addresses.database_url, "SELECT 1") == 1
    await second.__aexit__(None, None, None)
    assert working_in(folder / "servers/postgres") == []
    assert working_in(folder / "servers/redis") == []


async def test_a_killed_guard_is_replaced_and_takes_its_servers_down_cleanly(
    running: Servers, its_folder: Path
) -> None:
    await ask(running.database_url_owner, "SELECT 1")
    former = postmaster(its_folder)
    os.kill(guard_of(former), signal.SIGKILL)

    async def another() -> object:
        with contextlib.suppress(OSError):
            return postmaster(its_folder) != former
        return False

    await until(another, seconds=15)
    assert await until(answers(running.database_url), seconds=15) == 1


USER = """
import asyncio, json, pathlib, sys
from core.kernel.embedded import servers

async def main():
    async with servers(pathlib.Path(sys.argv[1])) as s:
        print(json.dumps(vars(s)), flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


# As root an ordinary user is played by `nobody`; he may read the interpreter wherever it lies,
# which in root's home he otherwise could not.
AS_NOBODY = [
    *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"),
    *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
]


def start_user(folder: Path, *prefix: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
    )


async def first_line(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout
    line = await asyncio.to_thread(process.stdout.readline)
    answer: dict[str, str] = json.loads(line)
    return answer


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


async def test_everything_killed_at_once_starts_again_on_the_same_data(folder: Path) -> None:
    user = start_user(folder)
    addresses = await first_line(user)
    async with postgres(addresses["database_url_owner"]) as owner:
        await owner.execute("CREATE TABLE kept AS SELECT 'цел' AS word")
    send([user.pid, guard_of(postmaster(folder))], signal.SIGKILL)
    send(working_in(folder / "servers/postgres"), signal.SIGKILL)
    send(working_in(folder / "servers/redis"), signal.SIGKILL)
    end(user)
    # Worse: the pid in the stale file belongs to a stranger by now.
    stale = folder / "servers/postgres/postmaster.pid"
    lines = stale.read_text().splitlines()
    stale.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    async with servers(folder) as again:
        assert await ask(again.database_url_owner, "SELECT word FROM kept") == "цел"


async def test_servers_end_when_their_only_user_is_killed(folder: Path) -> None:
    user = start_user(folder)
    await first_line(user)
    end(user)

    async def gone() -> bool:
        both = (folder / "servers/postgres", folder / "servers/redis")
        return not any(working_in(place) for place in both)

    await until(gone, seconds=10)
    log = (folder / "servers/postgres.log").read_text()
    assert "database system is shut down" in log


async def test_an_ordinary_user_runs_the_servers_himself(folder: Path) -> None:
    prefix: list[str] = []
    uid = os.geteuid()
    if uid == 0:
        prefix, uid = AS_NOBODY, pwd.getpwnam("nobody").pw_uid
        os.chown(folder, uid, -1)
    user = start_user(folder, *prefix)
    try:
        addresses = await first_line(user)
        assert (folder / "servers/postgres").stat().st_uid == uid
        assert await ask(addresses["database_url"], "SELECT 1") == 1
    finally:
        user.communicate("")
    assert working_in(folder / "servers/postgres") == []


async def test_a_long_path_gets_its_sockets_elsewhere_and_finds_them_again(folder: Path) -> None:
    deep = folder.joinpath(*["очень-длинное-имя"] * 4)
    deep.mkdir(parents=True)
    async with servers(deep) as first:
        assert await ask(first.database_url, "SELECT 1") == 1
    async with servers(deep) as second:
        assert second == first
        assert await ask(second.database_url, "SELECT 1") == 1
    shutil.rmtree((deep / "servers/sockets.path").read_text())
