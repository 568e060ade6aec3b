"""Reading and turning flags."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.audit.service import note
from core.flags.models import PlatformFlag, TenantFlag
from core.flags.names import Flag
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork

if TYPE_CHECKING:
    from core.kernel.database import Database

# Older than this they are read anew, and what is known holds meanwhile: nobody's card waits for
# it. What is older than the second figure is not believed; the promise of a change is two seconds.
_FRESH_SECONDS, _OLDEST_SECONDS = 1.0, 1.3
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FlagState:
    """What a flag is for one store, and who says so: `default`, `platform` or `tenant`."""

    name: Flag
    enabled: bool
    source: str


def named(name: str) -> Flag:
    """The flag, or INVALID with the name refused."""
    try:
        return Flag(name)
    except ValueError as unknown:
        raise DomainError(Kind.INVALID, "flag.unknown", field="name", name=name) from unknown


def decided(
    start: Mapping[str, bool], platform: Mapping[str, bool], tenant: Mapping[str, bool]
) -> dict[Flag, FlagState]:
    """The nearest word counts: the store's own, the platform's, the environment's."""
    states = {}
    for flag in Flag:
        if flag in tenant:
            states[flag] = FlagState(flag, tenant[flag], "tenant")
        elif flag in platform:
            states[flag] = FlagState(flag, platform[flag], "platform")
        else:
            states[flag] = FlagState(flag, start[flag], "default")
    return states


async def turn(uow: UnitOfWork, actor: Actor, flag: Flag, *, enabled: bool) -> None:
    """Set one store apart from the platform."""
    actor.require(Permission.MANAGE_TENANT_SETTINGS)
    before = await uow.session.get(TenantFlag, (uow.tenant_id, flag.value))
    was = before.enabled if before else None
    now = uow.clock.now()
    row = insert(TenantFlag).values(
        tenant_id=uow.tenant_id,
        name=flag.value,
        enabled=enabled,
        changed_at=now,
        changed_by=actor.user_id,
    )
    await uow.session.execute(
        row.on_conflict_do_update(
            index_elements=["tenant_id", "name"],
            set_={"enabled": enabled, "changed_at": now, "changed_by": actor.user_id},
        )
    )
    note(
        uow,
        actor,
        "flag.turned",
        target_kind="flag",
        target_id=flag,
        before={"enabled": was},
        after={"enabled": enabled},
    )
    uow.tell("flags.changed", flag)


async def turn_platform(
    puow: PlatformUnitOfWork, user_id: UUID | None, flag: Flag, *, enabled: bool
) -> None:
    """The platform owner's word, live for every store that is not set apart."""
    values = {"enabled": enabled, "changed_at": puow.clock.now(), "changed_by": user_id}
    row = insert(PlatformFlag).values(name=flag.value, **values)
    await puow.session.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


class Flags:
    """A process's view of all flags, hardly ever older than a second."""

    def __init__(self, db: "Database", start: Mapping[str, bool]) -> None:
        self._db = db
        self._start = start
        self._platform: dict[str, bool] = {}
        self._tenants: dict[UUID, dict[str, bool]] = {}
        self._changed: dict[tuple[UUID | None, str], datetime] = {}
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def refresh(self) -> None:
        """See that they are read if what is known is older than a second; seldom waits for it."""
        age = time.monotonic() - self._read_at
        if age < _FRESH_SECONDS:
            return
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._read_over)
        if age >= _OLDEST_SECONDS:
            await asyncio.shield(self._reading)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _read_over(self, reading: asyncio.Task[None]) -> None:
        self._reading = None
        if not reading.cancelled() and (problem := reading.exception()) is not None:
            _log.warning("flags_unread", problem=type(problem).__name__)

    async def _read(self) -> None:
        began = time.monotonic()
        async with self._db.platform_unit() as puow:
            changed: dict[tuple[UUID | None, str], datetime] = {}
            platform: dict[str, bool] = {}
            of_all = select(PlatformFlag.name, PlatformFlag.enabled, PlatformFlag.changed_at)
            for name, enabled, at in await puow.session.execute(of_all):
                platform[name], changed[None, name] = enabled, at
            of_each = select(
                TenantFlag.tenant_id, TenantFlag.name, TenantFlag.enabled, TenantFlag.changed_at
            )
            tenants: dict[UUID, dict[str, bool]] = {}
            for tenant_id, name, enabled, at in await puow.session.execute(of_each):
                tenants.setdefault(tenant_id, {})[name] = enabled
                changed[tenant_id, name] = at
        self._platform, self._changed = platform, changed
        self._tenants = tenants
        self._read_at = began

    async def on(self, flag: Flag, tenant_id: UUID) -> bool:
        return (await self.of(tenant_id))[flag].enabled

    async def changed_at(self, flag: Flag, tenant_id: UUID) -> datetime | None:
        """When anybody last turned it for this store, or for all; None if nobody ever did."""
        await self.refresh()
        moments = [self._changed.get((owner, flag.value)) for owner in (None, tenant_id)]
        return max((moment for moment in moments if moment is not None), default=None)

    async def everywhere(self) -> dict[Flag, FlagState]:
        """What holds for a store that is not set apart."""
        await self.refresh()
        return decided(self._start, self._platform, {})

    async def of(self, tenant_id: UUID) -> dict[Flag, FlagState]:
        await self.refresh()
        return decided(self._start, self._platform, self._tenants.get(tenant_id, {}))
