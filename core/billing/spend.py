"""Money for models: reserved before each call, settled after it, within the store's day."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from core.billing.models import AiSpend, Purpose
from core.billing.prices import Prices
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.ai import AiFailure, Draft, Drafter, DraftRequest, Embedded, Embedder, Usage
from core.tenants.models import TenantSettings

_MAYBE_BILLED = frozenset({"ai.timeout", "ai.unavailable"})
_LONGEST_ANSWER = 2_000  # tokens; the adapter asks for no more
_INSTRUCTIONS = 12_000  # characters of instructions and schema, generously


async def reserve(
    uow: UnitOfWork, purpose: Purpose, model: str, usd: Decimal, *, about: UUID | None = None
) -> UUID:
    """Put aside what a call may cost. LIMITED `ai.budget` if the store's day has not that much.

    A reservation nobody settled (its process died) counts as spent: the call may have been made.
    """
    budget, zone = await _budget(uow)
    since = _midnight(uow.clock.now(), zone)
    spent = await _spent_since(uow, since)
    if spent + usd > budget:
        raise DomainError(Kind.LIMITED, "ai.budget", spent=f"{spent:.2f}", budget=f"{budget:.2f}")
    if purpose is Purpose.PRICE_LOOKUP:
        await _within_own_budget(uow, purpose, usd, since)
    row = uow.add(
        AiSpend(
            id=new_id(),
            tenant_id=uow.tenant_id,
            at=uow.clock.now(),
            purpose=purpose,
            model=model,
            about_id=about,
            reserved_usd=usd,
        )
    )
    await uow.session.flush()
    return row.id


async def settle(uow: UnitOfWork, spend_id: UUID, usage: Usage, prices: Prices) -> Decimal:
    """What the call did cost; nothing if it was never answered. Settling twice changes nothing."""
    row = await uow.lock(AiSpend, spend_id)
    if row.settled_usd is None:
        row.settled_usd = prices.cost(usage)
        row.settled_at = uow.clock.now()
        row.input_tokens = usage.input_tokens
        row.output_tokens = usage.output_tokens
        if usage.input_tokens or usage.output_tokens:
            row.model = usage.model
    return row.settled_usd


async def spent_today(uow: UnitOfWork) -> tuple[Decimal, Decimal]:
    """Spent and allowed, in dollars, in the store's own day."""
    settings = await uow.session.get(TenantSettings, uow.tenant_id)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    since = _midnight(uow.clock.now(), settings.time_zone)
    return await _spent_since(uow, since), settings.ai_daily_budget_usd


async def _budget(uow: UnitOfWork) -> tuple[Decimal, str]:
    """The budget, locked: two reservations never pass on the same remainder."""
    found = (
        await uow.session.execute(
            select(TenantSettings.ai_daily_budget_usd, TenantSettings.time_zone)
            .where(TenantSettings.tenant_id == uow.tenant_id)
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    return found[0], found[1]


async def _within_own_budget(
    uow: UnitOfWork, purpose: Purpose, usd: Decimal, since: datetime
) -> None:
    """Looking up prices has a budget of its own within the store's: drafts never starve for it."""
    own = await uow.session.scalar(
        select(TenantSettings.price_daily_budget_usd).where(
            TenantSettings.tenant_id == uow.tenant_id
        )
    )
    spent = await _spent_since(uow, since, purpose)
    if own is not None and spent + usd > own:
        raise DomainError(Kind.LIMITED, "price.budget", spent=f"{spent:.2f}", budget=f"{own:.2f}")


async def _spent_since(uow: UnitOfWork, since: datetime, purpose: Purpose | None = None) -> Decimal:
    spending = select(func.sum(func.coalesce(AiSpend.settled_usd, AiSpend.reserved_usd))).where(
        AiSpend.tenant_id == uow.tenant_id, AiSpend.at >= since
    )
    if purpose is not None:
        spending = spending.where(AiSpend.purpose == purpose)
    return await uow.session.scalar(spending) or Decimal(0)


def _midnight(now: datetime, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    return datetime.combine(local.date(), time(), local.tzinfo).astimezone(UTC)


@dataclass(slots=True)
class Call:
    """One call under way: whoever makes it says what it used."""

    usage: Usage


class Paying(Protocol):
    """What counting needs of the product; `core.app.App` has it."""

    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


class Meter:
    """Calls of models by one store, each counted in short transactions around it."""

    def __init__(self, app: Paying, tenant_id: UUID, prices: Prices | None = None) -> None:
        self._app = app
        self._tenant_id = tenant_id
        self._prices = prices or Prices()

    async def embed(self, embedder: Embedder, texts: Sequence[str]) -> Embedded:
        """Raises AiFailure, and LIMITED when the day's money is spent."""
        most = self._prices.at_most(embedder.model, sum(map(len, texts)))
        if not most:
            return await embedder.embed(texts)
        async with self.counted(Purpose.EMBEDDING, embedder.model, most) as call:
            embedded = await embedder.embed(texts)
            call.usage = embedded.usage
        return embedded

    async def draft(self, drafter: Drafter, request: DraftRequest, about: UUID) -> Draft:
        """Raises AiFailure, and LIMITED when the day's money is spent."""
        most = self._prices.at_most(drafter.model, _characters(request), _LONGEST_ANSWER)
        async with self.counted(Purpose.DRAFT, drafter.model, most, about) as call:
            draft = await drafter.draft(request)
            call.usage = draft.usage
        return draft

    @asynccontextmanager
    async def counted(
        self, purpose: Purpose, model: str, usd: Decimal, about: UUID | None = None
    ) -> AsyncIterator["Call"]:
        """Reserve, let the block call, settle by the usage it gives.

        A call that timed out or was cut off may be billed all the same: what was reserved for it
        stays spent. One that was refused costs nothing.
        """
        async with self._app.uow(self._tenant_id) as uow:
            spend_id = await reserve(uow, purpose, model, usd, about=about)
        call = Call(Usage(model, 0, 0))
        try:
            yield call
        except AiFailure as failure:
            if failure.why not in _MAYBE_BILLED:
                await self._settle(spend_id, failure.usage or call.usage)
            raise
        await self._settle(spend_id, call.usage)

    async def _settle(self, spend_id: UUID, usage: Usage) -> None:
        async with self._app.uow(self._tenant_id) as uow:
            await settle(uow, spend_id, usage, self._prices)


def _characters(request: DraftRequest) -> int:
    said = [*request.turn, *(text for _, text in request.history), request.avoid or ""]
    given = [f"{p.title}{p.text}" for p in request.passages]
    return _INSTRUCTIONS + sum(map(len, said)) + sum(map(len, given))
