"""Who may ask the market, when it is asked by itself, and what a draft may make of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.flags.names import Flag
from core.flags.service import turn
from core.kernel.errors import DomainError
from core.ports.ai import Intent
from core.pricing.ask import ask
from core.pricing.models import PriceRequest
from core.pricing.queries import price_facts, rests_on_estimate, shown_price
from core.suggestions.models import Suggestion
from core.tenants.models import Tenant
from tests.core.pricing.market import (
    QUESTION,
    Market,
    asks,
    later,
    lookups,
    works,
)
from tests.support.shop import Shop, gearbox, open_shop


async def test_nobody_asks_twice_what_is_known(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await shop.writes("Пётр", "раздатка на прадо 120 почём?")
    await asks(shop)
    await works(shop)
    assert (await asks(shop, "Пётр")).state == "found"
    await works(shop)
    assert len(market.asked) == 1
    later(shop, timedelta(hours=24, seconds=1))
    assert (await asks(shop)).state == "pending"
    await works(shop)
    assert len(market.asked) == 2


async def test_two_workers_and_ten_askers_make_one_call(shop: Shop, market: Market) -> None:
    names = [f"Клиент {n}" for n in range(10)]
    for name in names:
        await shop.writes(name, QUESTION)
    await asyncio.gather(*(asks(shop, name) for name in names))
    await asyncio.gather(works(shop), works(shop), works(shop))
    assert (len(market.asked), len(await lookups(shop))) == (1, 1)
    async with shop.app.uow(shop.tenant_id) as uow:
        assert len(list(await uow.session.scalars(select(PriceRequest)))) == 10


async def test_stores_know_nothing_of_each_others_markets(shop: Shop, market: Market) -> None:
    other = await open_shop(shop.app, "Другой магазин")
    for one in (shop, other):
        await one.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    assert await lookups(other) == []
    conversation = await shop.conversation("Иван")
    async with other.app.uow(other.tenant_id) as uow:
        for act in (ask, shown_price):
            with pytest.raises(DomainError) as refused:
                await act(uow, other.staff["Анна"], conversation.id)
            assert refused.value.key == "error.not_found"
    await asks(other)
    await works(other)
    assert len(market.asked) == 2, "each store pays for its own"


async def test_only_who_may_answer_may_ask(shop: Shop) -> None:
    await shop.writes("Иван", QUESTION)
    viewer = replace(shop.staff["Анна"], permissions=frozenset())
    shop.staff["Зритель"] = viewer
    with pytest.raises(DomainError) as refused:
        await asks(shop, who="Зритель")
    assert refused.value.key == "error.forbidden"


async def test_without_a_subscription_it_refuses(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    async with shop.app.platform_uow() as puow:
        await puow.session.execute(
            update(Tenant)
            .where(Tenant.id == shop.tenant_id)
            .values(trial_ends_at=shop.app.clock.now())
        )
    with pytest.raises(DomainError) as refused:
        await asks(shop)
    assert refused.value.key == "price.no_subscription"
    await works(shop)
    assert [lookup.problem for lookup in await lookups(shop)] == ["price.no_subscription"]
    assert market.asked == []


async def test_with_the_ai_off_or_no_key_the_card_says_so(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(replace(shop, app=replace(shop.app, prices=None)))
    assert [lookup.problem for lookup in await lookups(shop)] == ["ai.no_key"]
    async with shop.app.uow(shop.tenant_id) as uow:
        await turn(uow, shop.staff["Олег"], Flag.AI_SUGGESTIONS_ENABLED, enabled=False)
    shop.app.flags._read_at -= 2
    await asks(shop)
    await works(shop)
    assert [lookup.problem for lookup in await lookups(shop)] == ["ai.off"]
    assert market.asked == []


async def test_nothing_named_is_nothing_to_look_for(shop: Shop) -> None:
    await shop.writes("Иван", "Сколько стоит?")
    with pytest.raises(DomainError) as refused:
        await asks(shop)
    assert refused.value.key == "price.nothing_named"


async def test_a_draft_without_a_price_asks_by_itself(shop: Shop, market: Market) -> None:
    await shop.writes("Иван", QUESTION)
    await shop.drafted("Иван", "Уточню у коллег.")
    [lookup] = await lookups(shop)
    assert lookup.state == "pending"
    await works(shop)
    assert len(market.asked) == 1


async def test_a_catalogue_price_or_another_intent_asks_nobody(shop: Shop) -> None:
    product = await shop.sells(gearbox())
    await shop.writes("Иван", "Сколько стоит АКПП на Camry 40?")
    await shop.drafted("Иван", "Стоит {{price:P1}}", sources=(product,))
    await shop.writes("Пётр", "Есть АКПП на Camry 40?")
    await shop.drafted("Пётр", "Уточню.", intent=Intent.AVAILABILITY)
    await shop.writes("Яна", "Сколько стоит?")
    await shop.drafted("Яна", "Что именно?")
    assert await lookups(shop) == []


@pytest.mark.parametrize(("listings", "firm"), [(1, False), (2, False), (4, False), (5, True)])
async def test_only_five_listings_are_a_fact_and_an_estimate_is_never_sent_by_itself(
    shop: Shop, market: Market, listings: int, *, firm: bool
) -> None:
    market.listings = listings
    await shop.writes("Иван", QUESTION)
    await asks(shop)
    await works(shop)
    conversation = await shop.conversation("Иван")
    assert conversation.turn_id is not None
    async with shop.app.uow(shop.tenant_id) as uow:
        facts = await price_facts(uow, conversation.turn_id)
        assert bool(facts) is firm
        assert await rests_on_estimate(uow, conversation.turn_id) is not firm
    suggestion: Suggestion = await shop.drafted("Иван", "Около 45 тысяч.")
    assert ("estimated_price" in suggestion.reasons) is not firm
    if firm:
        [fact] = facts
        assert (fact.n, int(fact.price), fact.currency) == (5, 47_000, "RUB")
        later(shop, timedelta(hours=25))
        async with shop.app.uow(shop.tenant_id) as uow:
            assert await price_facts(uow, conversation.turn_id) == ()
