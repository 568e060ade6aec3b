"""Money for models: reserved before each call, settled after it, within the store's day."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from core.billing.models import AiDay, AiSpend, Purpose
from core.billing.prices import Prices, most_tokens, prices_in_force
from core.events.catalogue import BudgetSpent
from core.events.service import record
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.ai import (
    AiFailure,
    Draft,
    Drafter,
    DraftRequest,
    Embedded,
    Embedder,
    Judge,
    Judgement,
    JudgeRequest,
    Usage,
)
from core.tenants.models import TenantSettings

SPENT = "ai.budget"
_MAYBE_BILLED = frozenset({"ai.timeout", "ai.unavailable"})
_LONGEST_ANSWER = 2_000  # tokens; the adapter asks for no more
_LONGEST_JUDGEMENT = 700
_INSTRUCTIONS = 12_000  # characters of instructions and schema, generously
_PLACES = Decimal("0.00000001")

_BUDGET = "SELECT ai_daily_budget_usd, time_zone FROM tenant_settings WHERE tenant_id = $1"
# The row of the day is the one thing that calls made at once wait for, from here to the commit:
# whoever comes second reads the sum with the first one's money in it.
_PUT_ASIDE = """
INSERT INTO ai_days AS d (tenant_id, day, spent_usd, calls)
SELECT $1::uuid, $2::date, $3::numeric, 1 WHERE $3::numeric <= $4::numeric
ON CONFLICT (tenant_id, day) DO UPDATE
    SET spent_usd = d.spent_usd + excluded.spent_usd, calls = d.calls + 1
    WHERE d.spent_usd + excluded.spent_usd <= $4::numeric
RETURNING d.spent_usd
"""
_REFUSED = """
INSERT INTO ai_days AS d (tenant_id, day, refused, spent_out_at) VALUES ($1, $2, 1, $3)
ON CONFLICT (tenant_id, day) DO UPDATE
    SET refused = d.refused + 1, spent_out_at = coalesce(d.spent_out_at, excluded.spent_out_at)
RETURNING d.refused = 1
"""
_KEEP = """
INSERT INTO ai_spend (tenant_id, id, at, day, purpose, model, about_id, reserved_usd)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_SETTLE = """
WITH call AS (
    UPDATE ai_spend SET settled_usd = $3, settled_at = $4, input_tokens = $5, output_tokens = $6,
        model = coalesce($7, model)
    WHERE tenant_id = $1 AND id = $2 AND settled_usd IS NULL
    RETURNING day, reserved_usd
), freed AS (
    UPDATE ai_days d SET spent_usd = d.spent_usd + $3 - call.reserved_usd
    FROM call WHERE d.tenant_id = $1 AND d.day = call.day
)
SELECT 1 FROM call
"""


async def reserve(
    uow: UnitOfWork, purpose: Purpose, model: str, usd: Decimal, *, about: UUID | None = None
) -> UUID:
    """Put aside what a call may cost. LIMITED `ai.budget` if the store's day has not that much.

    A reservation nobody settled (its process died) counts as spent: the call may have been made.
    """
    sql, now, usd = await uow.sql(), uow.clock.now(), usd.quantize(_PLACES)
    found = await sql.fetchrow(_BUDGET, uow.tenant_id)
    if found is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    budget, zone = found
    day = _day(now, zone)
    if await sql.fetchval(_PUT_ASIDE, uow.tenant_id, day, usd, budget) is None:
        spent = await _spent_on(uow, day)
        raise DomainError(Kind.LIMITED, SPENT, spent=f"{spent:.2f}", budget=f"{budget:.2f}")
    if purpose is Purpose.PRICE_LOOKUP:
        await _within_own_budget(uow, purpose, usd, day)
    spend_id = new_id()
    await sql.execute(_KEEP, uow.tenant_id, spend_id, now, day, purpose, model, about, usd)
    return spend_id


async def settle(uow: UnitOfWork, spend_id: UUID, usage: Usage, prices: Prices) -> None:
    """What the call did cost; nothing if it was never answered. Settling twice changes nothing."""
    sql, used = await uow.sql(), bool(usage.input_tokens or usage.output_tokens)
    await sql.execute(
        _SETTLE,
        uow.tenant_id,
        spend_id,
        prices.cost(usage).quantize(_PLACES),
        uow.clock.now(),
        usage.input_tokens,
        usage.output_tokens,
        usage.model if used else None,
    )


async def spent_today(uow: UnitOfWork) -> tuple[Decimal, Decimal]:
    """Spent and allowed, in dollars, in the store's own day."""
    today = await day_of(uow)
    return today.spent, today.budget


async def refused(uow: UnitOfWork) -> None:
    """A call was refused for want of money: the first of a day is an event, told to the owner."""
    sql = await uow.sql()
    found = await sql.fetchrow(_BUDGET, uow.tenant_id)
    if found is None:
        return
    budget, zone = found
    day = _day(uow.clock.now(), zone)
    if await sql.fetchval(_REFUSED, uow.tenant_id, day, uow.clock.now()):
        record(uow, BudgetSpent(uow.tenant_id, day.isoformat(), f"{budget:.2f}"))


@dataclass(frozen=True, slots=True)
class Day:
    """A store's day of spending. `spent_out_at`: since when drafts are for people alone."""

    day: date
    spent: Decimal
    budget: Decimal
    calls: int
    spent_out_at: datetime | None

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.budget - self.spent)


async def day_of(uow: UnitOfWork) -> Day:
    settings = await uow.session.get(TenantSettings, uow.tenant_id)
    if settings is None:
        raise DomainError(Kind.NOT_FOUND, "error.not_found", what="tenant")
    today = _day(uow.clock.now(), settings.time_zone)
    row = await uow.session.scalar(
        select(AiDay)
        .where(AiDay.tenant_id == uow.tenant_id, AiDay.day == today)
        .execution_options(populate_existing=True)
    )
    budget = settings.ai_daily_budget_usd
    if row is None:
        return Day(today, Decimal(0), budget, 0, None)
    return Day(today, row.spent_usd, budget, row.calls, row.spent_out_at)


async def _spent_on(uow: UnitOfWork, day: date) -> Decimal:
    spent = await uow.session.scalar(
        select(AiDay.spent_usd).where(AiDay.tenant_id == uow.tenant_id, AiDay.day == day)
    )
    return spent or Decimal(0)


async def _within_own_budget(uow: UnitOfWork, purpose: Purpose, usd: Decimal, day: date) -> None:
    """Looking up prices has a budget of its own within the store's: drafts never starve for it.

    The row of the day is held by now: two look-ups never pass on the same remainder.
    """
    own = await uow.session.scalar(
        select(TenantSettings.price_daily_budget_usd).where(
            TenantSettings.tenant_id == uow.tenant_id
        )
    )
    spent = await uow.session.scalar(
        select(func.sum(func.coalesce(AiSpend.settled_usd, AiSpend.reserved_usd))).where(
            AiSpend.tenant_id == uow.tenant_id, AiSpend.day == day, AiSpend.purpose == purpose
        )
    ) or Decimal(0)
    if own is not None and spent + usd > own:
        raise DomainError(Kind.LIMITED, "price.budget", spent=f"{spent:.2f}", budget=f"{own:.2f}")


def _day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


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
        self._prices = prices or prices_in_force()

    async def embed(self, embedder: Embedder, texts: Sequence[str]) -> Embedded:
        """Raises AiFailure, and LIMITED when the day's money is spent."""
        most = self._prices.cost(Usage(embedder.model, sum(map(most_tokens, texts)), 0))
        if not most:
            return await embedder.embed(texts)
        async with self.counted(Purpose.EMBEDDING, embedder.model, most) as call:
            embedded = await embedder.embed(texts)
            call.usage = embedded.usage
        return embedded

    async def draft(self, drafter: Drafter, request: DraftRequest, about: UUID) -> Draft:
        """Raises AiFailure, and LIMITED when the day's money is spent."""
        most = self._most(drafter.model, _words_of(request), _LONGEST_ANSWER)
        async with self.counted(Purpose.DRAFT, drafter.model, most, about) as call:
            draft = await drafter.draft(request)
            call.usage = draft.usage
        return draft

    async def judge(self, judge: Judge, request: JudgeRequest, about: UUID) -> Judgement:
        """Raises AiFailure, and LIMITED when the day's money is spent."""
        given = [f"{p.title}{p.text}" for p in request.passages]
        most = self._most(
            judge.model, [*request.asked, *request.sentences, *given], _LONGEST_JUDGEMENT
        )
        async with self.counted(Purpose.SELF_CHECK, judge.model, most, about) as call:
            judgement = await judge.judge(request)
            call.usage = judgement.usage
        return judgement

    @asynccontextmanager
    async def counted(
        self, purpose: Purpose, model: str, usd: Decimal, about: UUID | None = None
    ) -> AsyncIterator["Call"]:
        """Reserve, let the block call, settle by the usage it gives.

        A call that timed out or was cut off may be billed all the same: what was reserved for it
        stays spent, as it does where the answer says nothing of its usage. One that was refused
        costs nothing.
        """
        try:
            async with self._app.uow(self._tenant_id) as uow:
                spend_id = await reserve(uow, purpose, model, usd, about=about)
        except DomainError as refusal:
            if refusal.key == SPENT:
                async with self._app.uow(self._tenant_id) as uow:
                    await refused(uow)
            raise
        call = Call(Usage(model, 0, 0))
        try:
            yield call
        except AiFailure as failure:
            if failure.why not in _MAYBE_BILLED:
                await self._settle(spend_id, failure.usage or call.usage)
            raise
        if call.usage.input_tokens or call.usage.output_tokens:
            await self._settle(spend_id, call.usage)

    async def _settle(self, spend_id: UUID, usage: Usage) -> None:
        async with self._app.uow(self._tenant_id) as uow:
            await settle(uow, spend_id, usage, self._prices)

    def _most(self, model: str, texts: Sequence[str], answer: int) -> Decimal:
        told = self._prices.at_most(model, _INSTRUCTIONS, answer)
        return told + self._prices.cost(Usage(model, sum(map(most_tokens, texts)), 0))


def _words_of(request: DraftRequest) -> list[str]:
    said = [*request.turn, *(text for _, text in request.history), request.avoid or ""]
    shown = [f"{e.question}{e.answer}" for e in request.examples]
    return [*said, *shown, *(f"{p.title}{p.text}" for p in request.passages)]
