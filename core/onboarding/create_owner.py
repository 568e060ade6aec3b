"""A store and the way in for its first owner, in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from core.identity.invites import enter, invite_founder
from core.identity.permissions import Role
from core.identity.service import TelegramProfile, meet, name_platform_owner
from core.kernel.uow import PlatformUnitOfWork
from core.tenants.service import open_store


@dataclass(frozen=True, slots=True)
class Created:
    """A new store. Whose Telegram is known is inside at once, others get an invite's token."""

    tenant_id: UUID
    token: str | None
    user_id: UUID | None


async def create_owner(
    puow: PlatformUnitOfWork, store_name: str, *, founder: TelegramProfile | None = None
) -> Created:
    """Open a store for its owner, on trial from now."""
    store = open_store(puow, puow.clock, store_name)
    await puow.session.flush()
    if founder is None:
        _, token = invite_founder(puow, store.id)
        return Created(store.id, token, None)
    user = await meet(puow, founder)
    await enter(puow, user, store.id, Role.OWNER)
    return Created(store.id, None, user.id)


async def create_platform_owner(puow: PlatformUnitOfWork, profile: TelegramProfile) -> UUID:
    """Who owns the platform. Named by Telegram id alone: a link would be too dear to lose."""
    user = await meet(puow, profile)
    await name_platform_owner(puow, user.id)
    return user.id
