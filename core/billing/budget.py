"""What a store lets its AI spend in a day."""

from decimal import Decimal

from core.audit.service import note
from core.billing.spend import Day, day_of
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.tenants.models import TenantSettings

MOST_USD = Decimal(1000)
_CENT = Decimal("0.01")


async def spending(uow: UnitOfWork, actor: Actor) -> Day:
    """Today's, in the store's own day."""
    actor.require(Permission.VIEW_ANALYTICS)
    return await day_of(uow)


async def change_budget(uow: UnitOfWork, actor: Actor, usd: Decimal) -> Day:
    """In force at once, for the calls of today too; INVALID outside 0..1000 dollars."""
    actor.require(Permission.MANAGE_TENANT_SETTINGS)
    if not 0 <= usd <= MOST_USD:
        raise DomainError(
            Kind.INVALID, "settings.budget", field="ai_daily_budget_usd", most=int(MOST_USD)
        )
    settings = await uow.session.get(TenantSettings, uow.tenant_id, with_for_update=True)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    before, usd = settings.ai_daily_budget_usd, usd.quantize(_CENT)
    if before != usd:
        settings.ai_daily_budget_usd = usd
        settings.version += 1
        settings.changed_at, settings.changed_by = uow.clock.now(), actor.user_id
        note(
            uow,
            actor,
            "settings.changed",
            target_kind="tenant",
            target_id=uow.tenant_id,
            before={"ai_daily_budget_usd": str(before)},
            after={"ai_daily_budget_usd": str(usd)},
        )
        uow.tell("settings.changed", uow.tenant_id)
        await uow.session.flush()
    return await day_of(uow)
