"""Postgres: two pools over one address, and units of work upon them.

The ORM's pool serves use cases. The `hot` pool is bare asyncpg for the few roads where a round
trip counts: the inbox and the claims (HOUSE: an ORM insert costs three times a bare one).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from core.kernel import failpoints
from core.kernel.clock import Clock
from core.kernel.nudges import Nudges
from core.kernel.transaction import in_transaction
from core.kernel.uow import HotUnitOfWork, PlatformUnitOfWork, UnitOfWork

# What a database that is away, or going, raises: whoever works for ever survives these.
DATABASE_TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)
# Of these, what says nothing of the statement that met it.
_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)

APP_ROLE = "sales_operator_app"
PLATFORM_ROLE = "sales_operator_platform"

_AS_TENANT = text("SELECT set_config('app.tenant_id', :tenant, true)")
# Hot statements take arrays, for which a plan of their own always looks cheaper than one for all:
# Postgres would plan them anew each time, many for longer than they run. As the one plan may be
# made while the tables are empty, it must not be a scan of the whole; and joins are made in the
# order in which they are written.
_PLAN_ONCE = (
    "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off;"
    " SET LOCAL join_collapse_limit = 1"
)
# One message of the simple protocol: what several statements say, in one round trip. Settings are
# the transaction's own, as they must be behind a pooler.
_BEGIN_AS_PLATFORM = f"BEGIN; SET LOCAL ROLE {PLATFORM_ROLE}; {_PLAN_ONCE}"
_BEGIN_AS_TENANT = f"BEGIN; SELECT set_config('app.tenant_id', '{{}}', true); {_PLAN_ONCE}"
# The commit does not wait for the disk (docs/adr/0017).
_RELAX = "SET LOCAL synchronous_commit = off"
_RELAXED = f"; {_RELAX}"
# A word into the log that means nothing, and is on the disk when this returns.
_FLUSH = "SELECT pg_logical_emit_message(false, '', '', true)"
_AS_PLATFORM = text(f"SELECT set_config('role', '{PLATFORM_ROLE}', true)")


def _server_settings(url: URL, name: str) -> dict[str, str]:
    """Whoever the address connects as, the product works as a role that bypasses nothing.

    Behind PgBouncer in transaction mode connect as that role itself: a startup setting would be
    refused there.
    """
    settings = {"application_name": name, "timezone": "UTC"}
    if url.username != APP_ROLE:
        settings["role"] = APP_ROLE
    return settings


def is_away(failure: BaseException) -> bool:
    """Whether the database was away, or going: what was asked of it may be asked again."""
    if isinstance(failure, DBAPIError):
        cause = failure.orig.__cause__ if failure.orig is not None else None
        return failure.connection_invalidated or isinstance(cause, _AWAY)
    return isinstance(failure, _AWAY)


async def relax(sql: "asyncpg.pool.PoolConnectionProxy[Any]") -> None:
    """Make this transaction a `relaxed` one, see `hot_platform`."""
    await sql.execute(_RELAX)


async def _nothing_to_undo(_: object) -> None:
    """Hot statements set nothing that outlives their transaction.

    Without this asyncpg sends a RESET ALL after each use: half the price of keeping an update.
    """


@asynccontextmanager
async def _transaction(
    connection: "asyncpg.pool.PoolConnectionProxy[Any]", begin: str
) -> AsyncIterator[None]:
    try:
        await connection.execute(begin)
        yield
        await connection.execute("COMMIT")
    except BaseException:
        with suppress(*DATABASE_TROUBLE):  # a connection that broke has undone it already
            await connection.execute("ROLLBACK")
        raise


class Database:
    """The product's database, as one process sees it."""

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        nudges: Nudges,
        name: str = "sales-operator",
        size: int = 10,
    ) -> None:
        self.url = make_url(url).set(drivername="postgresql+asyncpg")
        self._clock = clock
        self._nudges = nudges
        self._name = name
        self._size = size
        self._hot: asyncpg.Pool[asyncpg.Record] | None = None
        self._engine = create_async_engine(
            self.url,
            pool_size=size,
            max_overflow=size,
            pool_pre_ping=False,
            connect_args={
                "server_settings": _server_settings(self.url, name),
                "command_timeout": 60,
            },
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    async def open(self) -> None:
        dsn = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._hot = await asyncpg.create_pool(
            dsn,
            min_size=min(2, self._size),
            max_size=self._size,
            command_timeout=60,
            server_settings=_server_settings(self.url, self._name),
            reset=_nothing_to_undo,
        )

    async def close(self) -> None:
        await self._engine.dispose()
        if self._hot is not None:
            await self._hot.close()

    @property
    def hot(self) -> "asyncpg.Pool[asyncpg.Record]":
        if self._hot is None:
            raise RuntimeError("the database is not open")
        return self._hot

    def nudge(self, queue: str) -> None:
        """Wake the readers of a queue after a statement that committed by itself."""
        self._nudges.send({queue})

    async def flush(self) -> None:
        """Wait until all that has been committed, relaxed or not, is on the disk.

        So a relaxed commit wakes whoever goes on with it while the disk is waited for here.
        """
        await self.hot.execute(_FLUSH)

    @asynccontextmanager
    async def unit(self, tenant_id: UUID) -> AsyncIterator[UnitOfWork]:
        """One transaction of one tenant; committed at the end, nudges sent after it."""
        async with self._sessions() as session, in_transaction():
            uow = UnitOfWork(session, self._clock, tenant_id)
            async with session.begin():
                await session.execute(_AS_TENANT, {"tenant": str(tenant_id)})
                yield uow
        failpoints.reach("unit.committed")
        self._nudges.send(uow.nudged, uow.told)

    @asynccontextmanager
    async def platform_unit(self) -> AsyncIterator[PlatformUnitOfWork]:
        """One transaction across tenants. Its callers are few, and a test lists them."""
        async with self._sessions() as session, in_transaction():
            uow = PlatformUnitOfWork(session, self._clock)
            async with session.begin():
                await session.execute(_AS_PLATFORM)
                yield uow
        self._nudges.send(uow.nudged, uow.told)

    @asynccontextmanager
    async def hot_platform(
        self, *, relaxed: bool = False
    ) -> AsyncIterator["asyncpg.pool.PoolConnectionProxy[Any]"]:
        """A bare transaction across tenants, for claims. Two round trips beside its statements.

        `relaxed`: should the database crash within a second, it may be undone. For what is then
        done again from its rows, and has not been seen outside.
        """
        begin = _BEGIN_AS_PLATFORM + _RELAXED * relaxed
        async with self.hot.acquire() as connection, _transaction(connection, begin):
            yield connection

    @asynccontextmanager
    async def hot_unit(
        self,
        tenant_id: UUID,
        *,
        relaxed: bool = False,
        flush: bool = False,
        patience: int | None = None,
    ) -> AsyncIterator[HotUnitOfWork]:
        """A bare transaction of one tenant; nudges are sent after its commit.

        `flush`: whoever is nudged may go on, here the disk is waited for, see `flush`. `patience`:
        it fails when a lock is waited for longer than so many milliseconds.
        """
        begin = _BEGIN_AS_TENANT.format(tenant_id) + _RELAXED * relaxed
        if patience is not None:
            begin += f"; SET LOCAL lock_timeout = {patience:d}"
        async with self.hot.acquire() as connection:
            async with in_transaction(), _transaction(connection, begin):
                uow = HotUnitOfWork(connection, self._clock, tenant_id)
                yield uow
            self._nudges.send(uow.nudged, uow.told)
            if flush:
                await asyncio.sleep(0)  # the nudge goes first: somebody waits for that
                await connection.execute(_FLUSH)
