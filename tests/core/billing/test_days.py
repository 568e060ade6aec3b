"""A day's money: kept as a sum, never outrun by calls made at once, told of once."""

import asyncio
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.billing.models import AiDay, AiSpend, Purpose
from core.billing.prices import most_tokens
from core.billing.spend import Meter, day_of, reserve
from core.events.catalogue import BudgetSpent
from core.events.models import OutboxEvent
from core.events.relay import relay_once
from core.events.service import record
from core.identity.duty import leaders
from core.kernel.errors import DomainError
from core.kernel.ids import new_id
from core.ports.ai import AiFailure, Judgement, JudgeRequest, Ruling, Usage
from core.suggestions import reactions
from tests.support.shop import Shop
from tests.support.waiting import until

REACTIONS = reactions


async def sums(shop: Shop) -> tuple[Decimal, Decimal]:
    """As the day says, and as the calls add up."""
    async with shop.app.uow(shop.tenant_id) as uow:
        day = await uow.session.scalar(select(func.sum(AiDay.spent_usd)))
        calls = await uow.session.scalar(
            select(func.sum(func.coalesce(AiSpend.settled_usd, AiSpend.reserved_usd)))
        )
    return Decimal(day or 0), Decimal(calls or 0)


async def put_aside(shop: Shop) -> bool:
    return bool((await sums(shop))[0])


async def called(shop: Shop, usd: str, usage: Usage | None = None) -> None:
    meter = Meter(shop.app, shop.tenant_id)
    async with meter.counted(Purpose.DRAFT, "gpt-4.1", Decimal(usd)) as call:
        if usage is not None:
            call.usage = usage


async def test_many_calls_at_once_never_outrun_the_day_and_its_sum_is_theirs(shop: Shop) -> None:
    await shop.change(ai_daily_budget_usd=Decimal(1))
    used = Usage("gpt-4.1", 100_000, 12_500)  # 0.3 dollars
    came = await asyncio.gather(
        *(called(shop, "0.3", used) for _ in range(12)), return_exceptions=True
    )
    went = sum(one is None for one in came)
    assert went >= 3
    day, calls = await sums(shop)
    assert day == calls == went * Decimal("0.3")
    assert day <= 1


async def test_a_process_that_dies_in_a_call_leaves_it_spent(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await reserve(uow, Purpose.DRAFT, "gpt-4.1", Decimal("0.4"))
    assert await sums(shop) == (Decimal("0.4"), Decimal("0.4"))


async def test_a_call_that_was_cancelled_stays_spent_for_it_may_be_billed(shop: Shop) -> None:
    async def call() -> None:
        meter = Meter(shop.app, shop.tenant_id)
        async with meter.counted(Purpose.DRAFT, "gpt-4.1", Decimal("0.4")):
            await asyncio.Event().wait()

    under_way = asyncio.create_task(call())
    await until(lambda: put_aside(shop))
    under_way.cancel()
    await asyncio.gather(under_way, return_exceptions=True)
    assert await sums(shop) == (Decimal("0.4"), Decimal("0.4"))


async def test_an_answer_that_says_nothing_of_its_usage_costs_what_was_put_aside(
    shop: Shop,
) -> None:
    await called(shop, "0.2", Usage("gpt-4.1", 0, 0))
    assert await sums(shop) == (Decimal("0.2"), Decimal("0.2"))


async def test_a_settlement_goes_to_the_day_of_its_call(shop: Shop) -> None:
    meter = Meter(shop.app, shop.tenant_id)
    async with meter.counted(Purpose.DRAFT, "gpt-4.1", Decimal("0.5")) as call:
        async with shop.app.uow(shop.tenant_id) as uow:
            sql = await uow.sql()  # a night passes
            await sql.execute("UPDATE ai_spend SET day = day - 1, at = at - interval '1 day'")
            await sql.execute("UPDATE ai_days SET day = day - 1")
        call.usage = Usage("gpt-4.1", 50_000, 0)
    async with shop.app.uow(shop.tenant_id) as uow:
        assert (await day_of(uow)).spent == 0
    assert await sums(shop) == (Decimal("0.1"), Decimal("0.1"))


async def test_the_first_refusal_of_a_day_is_told_and_no_other(shop: Shop) -> None:
    await shop.change(ai_daily_budget_usd=Decimal("0.1"))
    for _ in range(3):
        with pytest.raises(DomainError):
            await called(shop, "0.3")
    async with shop.app.uow(shop.tenant_id) as uow:
        events = await uow.session.scalar(
            select(func.count()).where(OutboxEvent.kind == "BudgetSpent")
        )
        today = await day_of(uow)
    assert events == 1
    assert today.spent_out_at is not None


async def test_who_can_raise_the_budget_hears_of_it_once_however_often_it_is_told(
    shop: Shop,
) -> None:
    await shop.change(ai_daily_budget_usd=Decimal("0.1"))
    with pytest.raises(DomainError):
        await called(shop, "0.3")
    for _ in range(2):
        async with shop.app.uow(shop.tenant_id) as uow:
            record(uow, BudgetSpent(uow.tenant_id, "2026-09-01", "0.10"))
        while await relay_once(shop.app):
            pass
    async with shop.app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        told = await sql.fetch("SELECT user_id, key, params::text FROM notices")
        owners = await leaders(uow)
    assert sorted(str(row["user_id"]) for row in told) == sorted(str(p.user_id) for p in owners)
    assert {(row["key"], row["params"]) for row in told} == {
        ("notice.budget_spent", '{"budget": "0.10"}')
    }


async def test_a_judge_is_counted_as_a_self_check(shop: Shop) -> None:
    class Judge:
        model = "gpt-4.1"

        async def judge(self, request: JudgeRequest) -> Judgement:
            return Judgement((Ruling.SUPPORTED,), Usage(self.model, 1_000_000, 0))

        async def close(self) -> None: ...

    request = JudgeRequest(("Есть.",), ("Есть?",), ())
    await Meter(shop.app, shop.tenant_id).judge(Judge(), request, new_id())
    async with shop.app.uow(shop.tenant_id) as uow:
        [row] = await uow.session.scalars(select(AiSpend))
    assert row.purpose == Purpose.SELF_CHECK
    assert row.settled_usd == 2


def test_what_a_text_may_take_is_never_counted_short() -> None:
    assert most_tokens("Сколько стоит АКПП?") >= 6
    assert most_tokens("😀" * 10) >= 30
    assert most_tokens("中" * 10) >= 20


async def test_refused_and_failed_calls_give_their_money_back(shop: Shop) -> None:
    meter = Meter(shop.app, shop.tenant_id)
    with pytest.raises(AiFailure):
        async with meter.counted(Purpose.DRAFT, "gpt-4.1", Decimal("0.5")):
            raise AiFailure("ai.key_refused", again=False)
    assert await sums(shop) == (Decimal(0), Decimal(0))
