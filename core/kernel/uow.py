"""The unit of work: one transaction, one tenant, committed where it was opened."""

from abc import ABC, abstractmethod
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.kernel.clock import Clock
from core.kernel.errors import not_found
from core.kernel.tables import Row, TenantRow

RowT = TypeVar("RowT", bound=Row)
TenantRowT = TypeVar("TenantRowT", bound=TenantRow)


class _Unit(ABC):
    """What all units share: a clock, and whom to wake after the commit."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.nudged: set[str] = set()
        self.told: set[tuple[UUID, str, str]] = set()

    def nudge(self, queue: str) -> None:
        """Wake the readers of a queue once this has committed."""
        self.nudged.add(queue)

    @abstractmethod
    async def sql(self) -> "asyncpg.Connection[Any]":
        """The bare connection of this very transaction, for hot statements."""


class _OrmUnit(_Unit):
    """A unit with a session of the ORM."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        super().__init__(clock)
        self.session = session

    def add(self, row: RowT) -> RowT:
        self.session.add(row)
        return row

    async def sql(self) -> "asyncpg.Connection[Any]":
        pooled = await (await self.session.connection()).get_raw_connection()
        return cast("asyncpg.Connection[Any]", pooled.driver_connection)


class TenantUnit(_Unit):
    """What use cases of plain SQL alone are given: a transaction of one tenant."""

    tenant_id: UUID

    def tell(self, kind: str, subject: object) -> None:
        """Tell the tenant's open pages, once committed, that something changed."""
        self.told.add((self.tenant_id, kind, str(subject)))


class HotUnitOfWork(TenantUnit):
    """One without an ORM, on a connection of the hot pool."""

    def __init__(
        self, connection: "asyncpg.pool.PoolConnectionProxy[Any]", clock: Clock, tenant_id: UUID
    ) -> None:
        super().__init__(clock)
        self._connection = connection
        self.tenant_id = tenant_id

    async def sql(self) -> "asyncpg.Connection[Any]":
        return cast("asyncpg.Connection[Any]", self._connection)


class UnitOfWork(_OrmUnit, TenantUnit):
    """A transaction of one tenant: row-level security shows it no other's rows."""

    def __init__(self, session: AsyncSession, clock: Clock, tenant_id: UUID) -> None:
        super().__init__(session, clock)
        self.tenant_id = tenant_id

    async def find(self, kind: type[TenantRowT], id_: UUID) -> TenantRowT | None:
        return await self.session.get(kind, (self.tenant_id, id_))

    async def get(self, kind: type[TenantRowT], id_: UUID) -> TenantRowT:
        """The row, or NOT_FOUND, the same for a foreign id as for one that never was."""
        row = await self.find(kind, id_)
        if row is None:
            raise not_found(kind.__tablename__)
        return row

    async def lock(self, kind: type[TenantRowT], id_: UUID) -> TenantRowT:
        """The row, locked until the commit, read anew."""
        row = await self.session.scalar(
            select(kind)
            .where(kind.tenant_id == self.tenant_id, kind.id == id_)
            .with_for_update(key_share=True)  # rows may refer to it meanwhile
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise not_found(kind.__tablename__)
        return row


class PlatformUnitOfWork(_OrmUnit):
    """A transaction across tenants: sign-in, claims, the relay, flags."""
