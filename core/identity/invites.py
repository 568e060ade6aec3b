"""Ways into a store: each good once, for a week, and only its fingerprint is kept."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.errors import invite_expired, invite_unknown, invite_used, owners_only
from core.identity.models import Invite, Membership, User
from core.identity.permissions import PERMISSIONS, Actor, Permission, Role
from core.identity.service import TelegramProfile, meet
from core.kernel.crypto import fingerprint, new_token
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork

INVITE_LIFE = timedelta(days=7)
# In front of an invite's token in a deep link: t.me/<bot>?start=inv_<token>, 47 characters of 64.
START_PREFIX = "inv_"


@dataclass(frozen=True, slots=True)
class Joined:
    """What came of a press on an invite. `already`: they were a member, and nothing changed."""

    user: User
    tenant_id: UUID
    role: Role
    already: bool


def start_link(bot_username: str, token: str) -> str:
    """The address that opens the operators' bot and joins the store."""
    return f"https://t.me/{bot_username}?start={START_PREFIX}{token}"


def invite(uow: UnitOfWork, actor: Actor, role: Role) -> tuple[Invite, str]:
    """A new way into the actor's store. The token is told this once."""
    actor.require(Permission.MANAGE_USERS)
    if role is Role.OWNER and actor.role is not Role.OWNER:
        raise owners_only()
    return _make(uow, uow.tenant_id, role, actor.user_id)


def invite_founder(puow: PlatformUnitOfWork, tenant_id: UUID) -> tuple[Invite, str]:
    """The way in for a store's first owner, when nobody is there to invite them."""
    return _make(puow, tenant_id, Role.OWNER, None)


def _make(
    unit: UnitOfWork | PlatformUnitOfWork, tenant_id: UUID, role: Role, by: UUID | None
) -> tuple[Invite, str]:
    token = new_token()
    now = unit.clock.now()
    row = Invite(
        tenant_id=tenant_id,
        id=new_id(),
        token_hash=fingerprint(token),
        role=role,
        created_at=now,
        created_by=by,
        expires_at=now + INVITE_LIFE,
    )
    return unit.add(row), token


async def join(puow: PlatformUnitOfWork, token: str, profile: TelegramProfile) -> Joined:
    """Use an invite up. Of any number of people who press it at once exactly one gets in.

    A member who presses one uses nothing up. Errors: invite.unknown, invite.used, invite.expired.
    """
    given = await puow.session.scalar(select(Invite).where(Invite.token_hash == fingerprint(token)))
    if given is None:
        raise invite_unknown()
    user = await meet(puow, profile)
    already = await _membership(puow, given.tenant_id, user.id)
    if already is not None:
        return Joined(user, given.tenant_id, Role(already.role), already=True)
    now = puow.clock.now()
    taken = await puow.session.scalar(
        update(Invite)
        .where(Invite.token_hash == given.token_hash)
        .where(Invite.used_at.is_(None), Invite.expires_at > now)
        .values(used_at=now, used_by=user.id)
        .returning(Invite.role)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        # The same person pressing twice at once: the other press has just let them in.
        inside = await _membership(puow, given.tenant_id, user.id)
        if inside is not None:
            return Joined(user, given.tenant_id, Role(inside.role), already=True)
        raise (
            invite_expired() if given.used_at is None and given.expires_at <= now else invite_used()
        )
    return await enter(puow, user, given.tenant_id, Role(taken), by=given.created_by)


async def enter(
    puow: PlatformUnitOfWork, user: User, tenant_id: UUID, role: Role, *, by: UUID | None = None
) -> Joined:
    """Make a person a member, on duty at once if they may answer customers."""
    now = puow.clock.now()
    answers = Permission.MANAGE_CONVERSATIONS in PERMISSIONS[role]
    made = await puow.session.scalar(
        insert(Membership)
        .values(
            tenant_id=tenant_id,
            id=new_id(),
            user_id=user.id,
            role=role,
            on_duty_since=now if answers else None,
            created_at=now,
            created_by=by,
        )
        .on_conflict_do_nothing()
        .returning(Membership.id)
    )
    if made is not None:
        user.current_tenant_id = tenant_id
        return Joined(user, tenant_id, role, already=False)
    standing = await _membership(puow, tenant_id, user.id)
    return Joined(user, tenant_id, Role(standing.role) if standing else role, already=True)


async def _membership(
    puow: PlatformUnitOfWork, tenant_id: UUID, user_id: UUID
) -> Membership | None:
    found: Membership | None = await puow.session.scalar(
        select(Membership).where(
            Membership.tenant_id == tenant_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )
    return found
