"""An import that is being worked on, and the lease it is worked on under."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.identity.permissions import Actor, Via, system
from core.imports.models import Import, ImportKind, ImportState
from core.kernel.uow import UnitOfWork
from core.tenants.service import settings_of

_TELL_EVERY = 500


class LeaseLost(Exception):
    """Somebody else has the import, or it was let go: nothing of this work may be kept."""


class Lease:
    """How far the work is; wakes whoever tells of it now and then."""

    def __init__(self) -> None:
        self.done = 0
        self._told = 0
        self._news = asyncio.Event()

    def advance(self, rows: int) -> None:
        self.done += rows
        if self.done - self._told >= _TELL_EVERY:
            self._told = self.done
            self._news.set()

    async def wait(self, seconds: float) -> None:
        """Until there is something to tell, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the work needs of the row. `currency` is of rows that name none."""

    tenant_id: UUID
    id: UUID
    token: UUID
    kind: ImportKind
    state: ImportState
    format: str
    file_name: str
    storage_key: str
    wishes: Mapping[str, Any]
    take_good_rows: bool
    currency: str
    actor: Actor

    @property
    def of_products(self) -> bool:
        return self.kind is ImportKind.PRODUCTS

    @classmethod
    async def read(cls, uow: UnitOfWork, import_id: UUID, token: UUID) -> "Claimed":
        row = await uow.get(Import, import_id)
        if row.lease_token != token or row.storage_key is None:
            raise LeaseLost
        person = row.applied_by_name or row.created_by_name
        default = (await settings_of(uow)).currency
        return cls(
            uow.tenant_id,
            import_id,
            token,
            ImportKind(row.kind),
            ImportState(row.state),
            row.format,
            row.file_name,
            row.storage_key,
            row.wishes,
            row.take_good_rows,
            row.wishes.get("currency") or default,
            _acting(system(uow.tenant_id, person), row.applied_by or row.created_by),
        )


def _acting(base: Actor, user_id: UUID | None) -> Actor:
    """The product does it in the name of who pressed: they were asked for the right to then."""
    return Actor(
        user_id, base.tenant_id, base.name, base.role, Via.SYSTEM, permissions=base.permissions
    )
