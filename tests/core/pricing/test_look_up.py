"""The worker asks the market: once, within its budget, whatever becomes of the process."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from core.ports.ai import AiFailure
from core.pricing.look_up import LEASE, PriceDesk
from core.pricing.models import PriceLookup
from tests.core.pricing.market import (
    QUESTION,
    Market,
    asks,
    figures,
    later,
    lookups,
    spent,
    wanted,
    works,
)
from tests.support.shop import Shop
from tests.support.waiting import until


async def test_what_the_market_says_stands_with_its_links(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    assert (await asks(shop)).state == "pending"
    drawn = await wanted(shop)
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.source, lookup.condition, lookup.n) == (
        "found", "listings", "used", 6,
    )  # fmt: skip
    assert figures(lookup) == [45_000, 47_500, 50_000]
    assert len(lookup.links) == 6
    assert lookup.expires_at == shop.app.clock.now() + timedelta(hours=24)
    assert await wanted(shop) > drawn, "the card is drawn again"
    [question] = market.asked
    assert question.words == "Раздаточная коробка Land Cruiser Prado 120"
    [(reserved, settled)] = await spent(shop)
    assert 0 < settled < reserved


@pytest.mark.parametrize("listings", [0, 1])
async def test_fewer_than_two_listings_are_an_estimate_for_two_hours(
    shop: Shop, market: Market, listings: int
) -> None:
    market.listings = listings
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.source, lookup.n) == ("estimated", "ai_estimate", 0)
    assert figures(lookup) == [40_000, None, 55_000]
    assert lookup.expires_at == shop.app.clock.now() + timedelta(hours=2)
    assert len(await spent(shop)) == 2
    later(shop, timedelta(hours=1, minutes=59))
    assert (await asks(shop)).state == "estimated"
    later(shop, timedelta(minutes=2))
    assert (await asks(shop)).state == "pending"


@pytest.mark.parametrize("range_", [None, (55_000, 40_000), (1, 90), (1_000, 900_000)])
async def test_nothing_worth_saying_is_remembered_for_half_an_hour(
    shop: Shop, market: Market, range_: tuple[int, int] | None
) -> None:
    market.listings, market.range = 0, range_
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.lowest) == ("not_found", None)
    assert lookup.expires_at == shop.app.clock.now() + timedelta(minutes=30)


async def test_a_worker_killed_in_the_middle_is_followed_by_another(
    shop: Shop, market: Market
) -> None:
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    market.gate = gate = asyncio.Event()
    killed = PriceDesk(shop.app, wake=lambda: None)
    assert await killed.once() == 1
    await until(partial(asked_times, market, 1))
    # Its process is gone: nobody gives the row back, and until its lease is over nobody takes it.
    other = PriceDesk(shop.app, wake=lambda: None)
    assert await other.once() == 0
    later(shop, LEASE + timedelta(seconds=1))
    market.gate = None
    assert await other.once() == 1
    await other.settled()
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.n) == ("found", 6)
    # The dead rises with another answer: its token is worth nothing.
    market.listings = 2
    gate.set()
    await killed.settled()
    [same] = await lookups(shop)
    assert (same.state, same.n) == ("found", 6)


async def asked_times(market: Market, times: int) -> bool:
    return len(market.asked) == times


async def test_a_question_that_kills_every_worker_is_given_up(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    market.gate = asyncio.Event()
    killed = [PriceDesk(shop.app, wake=lambda: None) for _ in range(3)]
    for number, desk in enumerate(killed, 1):
        assert await desk.once() == 1
        await until(partial(asked_times, market, number))
        later(shop, LEASE + timedelta(seconds=1))
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.problem, len(market.asked)) == ("failed", "ai.interrupted", 3)
    market.gate.set()
    for desk in killed:
        await desk.settled()
    assert [lookup.state for lookup in await lookups(shop)] == ["failed"]


async def test_a_stopped_worker_gives_its_work_back_at_once(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    market.gate = asyncio.Event()
    stopped = PriceDesk(shop.app, wake=lambda: None)
    await stopped.once()
    await stopped.finish()
    market.gate.set()
    await works(shop)
    assert [lookup.state for lookup in await lookups(shop)] == ["found"]


async def test_a_market_that_stumbles_is_asked_again_and_errors_are_never_kept(
    shop: Shop, market: Market
) -> None:
    market.failures = [AiFailure("ai.unavailable", again=True)] * 3
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    for _ in range(4):
        await works(shop)
        later(shop, timedelta(seconds=10))
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.problem, len(market.asked)) == ("failed", "ai.unavailable", 3)
    assert (await asks(shop)).state == "pending"
    await works(shop)
    assert [lookup.state for lookup in await lookups(shop)] == ["found"]


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (AiFailure("ai.refused", again=False), "ai.refused"),
        (AiFailure("ai.key_refused", again=False), "ai.key_refused"),
    ],
)
async def test_what_would_end_the_same_is_not_tried_again(
    shop: Shop, market: Market, failure: AiFailure, why: str
) -> None:
    market.failures = [failure]
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.problem, len(market.asked)) == ("failed", why, 1)


async def test_a_bug_of_ours_is_shown_and_not_kept(shop: Shop, market: Market) -> None:
    market.failures = [ZeroDivisionError("bug")] * 3
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    for _ in range(4):
        await works(shop)
        later(shop, timedelta(seconds=10))
    assert [lookup.problem for lookup in await lookups(shop)] == ["ai.broke"]


@pytest.mark.parametrize(
    ("budgets", "why"),
    [
        ({"price_daily_budget_usd": Decimal("0.01")}, "price.budget"),
        ({"ai_daily_budget_usd": Decimal("0.01")}, "ai.budget"),
    ],
)
async def test_when_the_money_is_spent_nobody_is_asked(
    shop: Shop, market: Market, budgets: dict[str, Decimal], why: str
) -> None:
    await shop.change(**budgets)
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    [lookup] = await lookups(shop)
    assert (lookup.state, lookup.problem, market.asked) == ("failed", why, [])
    later(shop, timedelta(days=1))
    await shop.change(price_daily_budget_usd=Decimal(2), ai_daily_budget_usd=Decimal(5))
    await asks(shop)
    await works(shop)
    assert len(market.asked) == 1


async def test_looking_up_prices_leaves_the_drafts_their_money(shop: Shop, market: Market) -> None:
    """Of many different questions only those within the price budget are asked."""
    await shop.change(price_daily_budget_usd=Decimal("0.80"), ai_daily_budget_usd=Decimal(100))
    market.gate = asyncio.Event()
    for n in range(4):
        await shop.writes(f"Клиент {n}", f"Сколько стоит АКПП на Camry {n + 30}?")
        await asks(shop, f"Клиент {n}")
    desk = PriceDesk(shop.app, wake=lambda: None)
    await desk.once()

    async def all_asked_or_refused() -> bool:
        refused = [one for one in await lookups(shop) if one.problem == "price.budget"]
        return len(market.asked) + len(refused) == 4

    await until(all_asked_or_refused)
    market.gate.set()
    await desk.settled()
    states = sorted(lookup.state for lookup in await lookups(shop))
    assert states == ["failed", "failed", "found", "found"]


async def test_a_lookup_in_anothers_hands_is_passed_over_not_waited_for(
    shop: Shop, market: Market
) -> None:
    await shop.writes("Иван", QUESTION)
    asked = await asks(shop)
    desk = PriceDesk(shop.app, wake=lambda: None)
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.lock(PriceLookup, asked.id)
        async with asyncio.timeout(5):
            assert await desk.once() == 0
    assert await desk.once() == 1
    await desk.settled()
    assert len(market.asked) == 1
