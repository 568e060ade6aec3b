"""Opening a store and changing how it answers."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.audit.service import note
from core.identity.permissions import Actor, Permission
from core.kernel.clock import Clock
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.tenants.checks import SETTINGS, check_together, checked, name_of_store
from core.tenants.models import Tenant, TenantSettings

TRIAL = timedelta(days=3)


def open_store(puow: PlatformUnitOfWork, clock: Clock, name: str) -> Tenant:
    """A new store, on trial from this moment, answering by the default settings."""
    now = clock.now()
    store = Tenant(
        id=new_id(),
        name=name_of_store(name),
        trial_started_at=now,
        trial_ends_at=now + TRIAL,
        created_at=now,
    )
    puow.add(store)
    puow.add(TenantSettings(tenant_id=store.id, changed_at=now))
    return store


async def settings_of(uow: UnitOfWork) -> TenantSettings:
    settings = await uow.session.get(TenantSettings, uow.tenant_id)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    return settings


async def store_of(uow: UnitOfWork) -> Tenant:
    store = await uow.session.get(Tenant, uow.tenant_id)
    if store is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    return store


async def change_settings(
    uow: UnitOfWork,
    actor: Actor,
    changes: Mapping[str, Any],
    *,
    needs: Permission = Permission.MANAGE_TENANT_SETTINGS,
    confirmed: bool = False,
) -> tuple[Tenant, TenantSettings]:
    """Change any of SETTINGS: all or nothing, audited; INVALID names the offending field.

    Each setting asks for its own permission, and no change at all for what the place `needs`.
    Autosend without a licence is switched on only by somebody who has `confirmed` it.
    """
    known = [SETTINGS[field].permission for field in changes if field in SETTINGS]
    for permission in known or [needs]:
        actor.require(permission)
    unknown = sorted(set(changes) - set(SETTINGS))
    if unknown:
        raise DomainError(Kind.INVALID, "settings.unknown", field=unknown[0], name=unknown[0])
    store = await store_of(uow)
    settings = await uow.session.get(TenantSettings, uow.tenant_id, with_for_update=True)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    values = checked(changes)
    check_together(settings, values)
    before, after = {}, {}
    for field, value in values.items():
        owner = store if field == "name" else settings
        if getattr(owner, field) != value:
            before[field], after[field] = getattr(owner, field), value
            setattr(owner, field, value)
    if "autosend_without_licence" in after:
        _waive(uow, actor, settings, confirmed=confirmed)
    if after:
        settings.version += 1
        settings.changed_at = uow.clock.now()
        settings.changed_by = actor.user_id
        note(
            uow,
            actor,
            "settings.changed",
            target_kind="tenant",
            target_id=uow.tenant_id,
            before=_plain(before),
            after=_plain(after),
        )
        uow.tell("settings.changed", uow.tenant_id)
    return store, settings


def _waive(uow: UnitOfWork, actor: Actor, settings: TenantSettings, *, confirmed: bool) -> None:
    """Who has taken it upon themselves to run without a licence, and when."""
    waived = settings.autosend_without_licence
    if waived and not confirmed:
        raise DomainError(Kind.CONFLICT, "autosend.confirm_first", field="autosend_without_licence")
    settings.licence_waived_at = uow.clock.now() if waived else None
    settings.licence_waived_by = actor.user_id if waived else None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: str(value) if isinstance(value, Decimal | UUID) else value
        for field, value in values.items()
    }
