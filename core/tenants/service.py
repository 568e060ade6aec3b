"""Opening a store and changing how it answers."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from core.audit.service import note
from core.identity.permissions import Actor, Permission
from core.kernel.clock import Clock
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.tenants.models import AddressForm, Language, Mode, Tenant, TenantSettings, Tone

TRIAL = timedelta(days=3)
LONGEST_UNDO_SECONDS = 30
LONGEST_NAME = 120
_CHOICES = {
    "language": Language,
    "tone": Tone,
    "address_form": AddressForm,
    "default_mode": Mode,
}
CHANGEABLE = frozenset({*_CHOICES, "name", "currency", "time_zone", "undo_seconds"})


def open_store(puow: PlatformUnitOfWork, clock: Clock, name: str) -> Tenant:
    """A new store, on trial from this moment, answering by the default settings."""
    now = clock.now()
    store = Tenant(
        id=new_id(),
        name=_name(name),
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
    uow: UnitOfWork, actor: Actor, changes: Mapping[str, Any]
) -> tuple[Tenant, TenantSettings]:
    """Change any of CHANGEABLE: all or nothing, audited; INVALID names the offending field."""
    actor.require(Permission.MANAGE_TENANT_SETTINGS)
    unknown = sorted(set(changes) - CHANGEABLE)
    if unknown:
        raise DomainError(Kind.INVALID, "settings.unknown", field=unknown[0], name=unknown[0])
    store = await store_of(uow)
    settings = await uow.session.get(TenantSettings, uow.tenant_id, with_for_update=True)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    checked = {field: _check(field, value) for field, value in changes.items()}
    before, after = {}, {}
    for field, value in checked.items():
        owner = store if field == "name" else settings
        if getattr(owner, field) != value:
            before[field], after[field] = getattr(owner, field), value
            setattr(owner, field, value)
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


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: str(value) if isinstance(value, Decimal | UUID) else value
        for field, value in values.items()
    }


def _check(field: str, value: object) -> object:
    if field in _CHOICES:
        try:
            return str(_CHOICES[field](str(value)))
        except ValueError as refused:
            choices = ", ".join(_CHOICES[field])
            raise _invalid(field, "settings.one_of", choices=choices) from refused
    if field == "name":
        return _name(value)
    if field == "currency":
        if not isinstance(value, str) or value not in list_currencies():
            raise _invalid(field, "settings.currency")
        return value
    if field == "time_zone":
        if not isinstance(value, str) or value not in available_timezones():
            raise _invalid(field, "settings.time_zone")
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise _invalid(field, "settings.whole_number", least=0, most=LONGEST_UNDO_SECONDS)
    if not 0 <= value <= LONGEST_UNDO_SECONDS:
        raise _invalid(field, "settings.whole_number", least=0, most=LONGEST_UNDO_SECONDS)
    return value


def _name(value: object) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > LONGEST_NAME:
        raise _invalid("name", "settings.name", most=LONGEST_NAME)
    return name


def _invalid(field: str, key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, **params)
