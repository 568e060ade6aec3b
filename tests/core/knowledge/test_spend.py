import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from core.billing.models import Purpose
from core.billing.prices import Prices, own_prices
from core.billing.spend import Meter, reserve, settle, spent_today
from core.kernel.errors import DomainError
from core.ports.ai import AiFailure, Usage
from tests.core.knowledge.shop import Shop


async def allow(shop: Shop, usd: str) -> None:
    await shop.sql("UPDATE tenant_settings SET ai_daily_budget_usd = $1 RETURNING 1", Decimal(usd))


async def spent(shop: Shop) -> Decimal:
    async with shop.uow() as uow:
        return (await spent_today(uow))[0]


async def test_money_is_put_aside_and_then_settled(shop: Shop) -> None:
    async with shop.uow() as uow:
        spend = await reserve(uow, Purpose.DRAFT, "gpt-4.1", Decimal("0.5"))
    assert await spent(shop) == Decimal("0.5")
    for _ in range(2):
        async with shop.uow() as uow:
            await settle(uow, spend, Usage("gpt-4.1-2025-04-14", 1000, 100), Prices())
    assert await spent(shop) == Decimal("0.0028")


async def test_of_many_at_once_none_passes_the_budget(shop: Shop) -> None:
    await allow(shop, "1")

    async def call() -> None:
        async with shop.uow() as uow:
            await reserve(uow, Purpose.DRAFT, "gpt-4.1", Decimal("0.3"))

    came = await asyncio.gather(*(call() for _ in range(10)), return_exceptions=True)
    refused = [error for error in came if isinstance(error, DomainError)]
    assert [error.key for error in refused] == ["ai.budget"] * 7


async def test_a_new_day_of_the_store_has_its_own_money(shop: Shop) -> None:
    await allow(shop, "1")
    async with shop.uow() as uow:
        await reserve(uow, Purpose.DRAFT, "gpt-4.1", Decimal(1))
    shop.app.clock.move(timedelta(hours=11, minutes=59))  # it was noon in Moscow
    assert await spent(shop) == 1
    shop.app.clock.move(timedelta(minutes=1))
    assert await spent(shop) == 0


@pytest.mark.parametrize(
    ("why", "stays"), [("ai.timeout", "0.5"), ("ai.key_refused", "0"), ("ai.rubbish", "0")]
)
async def test_a_call_that_may_have_been_billed_stays_spent(
    shop: Shop, why: str, stays: str
) -> None:
    meter = Meter(shop.app, shop.tenant_id)
    with pytest.raises(AiFailure):
        async with meter.counted(Purpose.DRAFT, "gpt-4.1", Decimal("0.5")):
            raise AiFailure(why, again=True)
    assert await spent(shop) == Decimal(stays)


def test_prices() -> None:
    prices = Prices(own_prices("mine = 1/2, other=0.5"))
    million = 1_000_000
    assert prices.cost(Usage("gpt-4.1-mini-2025-04-14", million, 0)) == Decimal("0.40")
    assert prices.cost(Usage("mine", million, million)) == 3
    assert prices.cost(Usage("other", million, million)) == Decimal("0.5")
    assert prices.cost(Usage("nobody-knows", million, 0)) == 5
    with pytest.raises(ValueError, match="'x=-1'"):
        own_prices("x=-1")
