"""The unit of work: one transaction, one tenant, committed where it was opened."""

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


class _Unit:
    """What both kinds of unit share: a session, a clock, and whom to wake after the commit."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self.session = session
        self.clock = clock
        self.nudged: set[str] = set()
        self.told: set[tuple[UUID, str, str]] = set()

    def add(self, row: RowT) -> RowT:
        self.session.add(row)
        return row

    def nudge(self, queue: str) -> None:
        """Wake the readers of a queue once this has committed."""
        self.nudged.add(queue)

    async def sql(self) -> "asyncpg.Connection[Any]":
        """The bare connection of this very transaction, for hot statements."""
        pooled = await (await self.session.connection()).get_raw_connection()
        return cast("asyncpg.Connection[Any]", pooled.driver_connection)


class UnitOfWork(_Unit):
    """A transaction of one tenant: row-level security shows it no other's rows."""

    def __init__(self, session: AsyncSession, clock: Clock, tenant_id: UUID) -> None:
        super().__init__(session, clock)
        self.tenant_id = tenant_id

    def tell(self, kind: str, subject: object) -> None:
        """Tell the tenant's open pages, once committed, that something changed."""
        self.told.add((self.tenant_id, kind, str(subject)))

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


class PlatformUnitOfWork(_Unit):
    """A transaction across tenants: sign-in, claims, the relay, flags."""
