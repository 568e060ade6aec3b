"""A web of the tests' own, and a store that asks it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.kernel.clock import HeldClock
from core.kernel.transaction import refuse_inside_transaction
from core.ports.ai import Usage
from core.ports.prices import Condition, Estimate, Listing, Listings, PriceQuestion
from core.pricing.ask import ask
from core.pricing.look_up import PriceDesk
from core.pricing.models import PriceLookup
from tests.support.shop import Shop

QUESTION = "Сколько стоит раздатка на Prado 120?"


def offers(n: int, price: int = 45_000) -> tuple[Listing, ...]:
    return tuple(
        Listing(f"Лот {i}", f"{price + 1000 * i} ₽", Condition.USED, f"Разбор {i}",
                f"https://avito.ru/{i}")
        for i in range(n)
    )  # fmt: skip


@dataclass
class Market:
    """A web of the test's own: keeps what it was asked, has as many listings as it is told."""

    listings: int = 6
    model: str = "gpt-4.1"
    asked: list[PriceQuestion] = field(default_factory=list)
    estimated: int = 0
    failures: list[Exception] = field(default_factory=list)
    gate: asyncio.Event | None = None
    range: tuple[int, int] | None = (40_000, 55_000)

    async def close(self) -> None: ...

    async def search_used_transmission_price(self, question: PriceQuestion) -> Listings:
        refuse_inside_transaction("the market")
        self.asked.append(question)
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        return Listings(offers(self.listings), Usage(self.model, 10_000, 500, 1))

    async def estimate_price_from_ai(self, question: PriceQuestion) -> Estimate:
        self.estimated += 1
        low, high = self.range or (None, None)
        usage = Usage(self.model, 5_000, 50, 1)
        return Estimate(
            None if low is None else Decimal(low),
            None if high is None else Decimal(high),
            "RUB",
            ("https://drom.ru/1",),
            usage,
        )


def later(shop: Shop, span: timedelta) -> None:
    clock = shop.app.clock
    assert isinstance(clock, HeldClock)
    clock.move(span)


async def asks(shop: Shop, name: str = "Иван", who: str = "Анна") -> PriceLookup:
    conversation = await shop.conversation(name)
    async with shop.app.uow(shop.tenant_id) as uow:
        return await ask(uow, shop.staff[who], conversation.id)


async def works(shop: Shop) -> None:
    """A worker does what is due."""
    desk = PriceDesk(shop.app, wake=lambda: None)
    while await desk.once():
        await desk.settled()


async def lookups(shop: Shop) -> list[PriceLookup]:
    async with shop.app.uow(shop.tenant_id) as uow:
        return list(await uow.session.scalars(select(PriceLookup).order_by(PriceLookup.id)))


def figures(lookup: PriceLookup) -> list[Decimal | None]:
    return [lookup.lowest, lookup.median, lookup.highest]


async def spent(shop: Shop) -> list[tuple[Any, ...]]:
    async with shop.app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        rows = await sql.fetch("SELECT reserved_usd, settled_usd FROM ai_spend ORDER BY id")
    return [tuple(row) for row in rows]


async def wanted(shop: Shop) -> int:
    """How often cards were asked to be drawn."""
    async with shop.app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        return int(await sql.fetchval("SELECT coalesce(sum(wanted), 0) FROM cards"))
