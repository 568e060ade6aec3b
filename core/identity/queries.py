"""Reads of people: who acts for which store, and who belongs to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, Select, column, select, table

from core.identity.models import Membership, User
from core.identity.permissions import PERMISSIONS, Actor, Permission, Role, Via
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork

# The room of stores stands on this one: here a store is known by its table alone.
_tenants = table("tenants", column("id"), column("name"), column("status"))


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One store of a person's, and their role there."""

    tenant_id: UUID
    tenant_name: str
    tenant_status: str
    role: Role


@dataclass(frozen=True, slots=True)
class MemberView:
    """One person of a store's."""

    membership_id: UUID
    user_id: UUID
    name: str
    role: Role
    on_duty: bool
    since: datetime


def actor_from(row: RowMapping, via: Via) -> Actor:
    """Of the columns user_id, name, language, tenant_id, role."""
    role = Role(row["role"])
    return Actor(
        user_id=row["user_id"],
        tenant_id=row["tenant_id"],
        name=row["name"],
        role=role,
        via=via,
        language=row["language"],
        permissions=PERMISSIONS[role],
    )


def _acting(*where: ColumnElement[bool]) -> Select[UUID, str, str, UUID, str]:
    """The current store first, then the newest."""
    return (
        select(
            User.id.label("user_id"),
            User.name,
            User.language,
            Membership.tenant_id,
            Membership.role,
        )
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.ended_at.is_(None), *where)
        .order_by(
            (Membership.tenant_id == User.current_tenant_id).desc().nulls_last(),
            Membership.id.desc(),
        )
    )


async def _actors(
    puow: PlatformUnitOfWork, via: Via, *where: ColumnElement[bool]
) -> Iterable[Actor]:
    rows = await puow.session.execute(_acting(*where))
    return [actor_from(row, via) for row in rows.mappings()]


async def people_of_telegram(
    puow: PlatformUnitOfWork, telegram_user_id: int, via: Via = Via.BOT
) -> list[Actor]:
    """Everyone this Telegram user may act as, the current store first."""
    return list(await _actors(puow, via, User.telegram_user_id == telegram_user_id))


async def actor_by_telegram(
    puow: PlatformUnitOfWork,
    telegram_user_id: int,
    via: Via = Via.BOT,
    tenant_id: UUID | None = None,
) -> Actor | None:
    """The actor of a store, or of the current one; None for whom is no member."""
    where = [User.telegram_user_id == telegram_user_id]
    if tenant_id is not None:
        where.append(Membership.tenant_id == tenant_id)
    return next(iter(await _actors(puow, via, *where)), None)


async def actor_of(
    puow: PlatformUnitOfWork, user_id: UUID, tenant_id: UUID, via: Via
) -> Actor | None:
    """The actor a member of this store is; None for whom is no member."""
    found = await _actors(puow, via, User.id == user_id, Membership.tenant_id == tenant_id)
    return next(iter(found), None)


async def memberships_of(puow: PlatformUnitOfWork, user_id: UUID) -> list[MembershipView]:
    """The stores of a person, in the order of joining."""
    rows = await puow.session.execute(
        select(Membership.tenant_id, _tenants.c.name, _tenants.c.status, Membership.role)
        .join(_tenants, _tenants.c.id == Membership.tenant_id)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [MembershipView(id_, name, status, Role(role)) for id_, name, status, role in rows]


async def people(uow: UnitOfWork, actor: Actor) -> list[MemberView]:
    """The members of a store, in the order of joining."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    rows = await uow.session.execute(
        select(
            Membership.id,
            User.id,
            User.name,
            Membership.role,
            Membership.on_duty_since.is_not(None),
            Membership.created_at,
        )
        .join(User, User.id == Membership.user_id)
        .where(Membership.tenant_id == uow.tenant_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )
    return [
        MemberView(id_, user_id, name, Role(role), on_duty, since)
        for id_, user_id, name, role, on_duty, since in rows
    ]
