"""A store that sells car parts, on a database of its own."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from core.kernel.clock import HeldClock
from core.kernel.database import Database
from core.kernel.nudges import Nudges
from core.kernel.settings import Settings
from core.onboarding.create_owner import create_owner
from tests.core.knowledge.shop import Product, Shop
from tests.support.cluster import Database as Clone


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 9, 1, 9, tzinfo=UTC))


@pytest.fixture
async def app(
    database: Clone, redis_url: str, clock: HeldClock, settings: Settings
) -> AsyncIterator[Product]:
    nudges = Nudges(redis_url)
    opened = Database(database.url, clock=clock, nudges=nudges)
    await opened.open()
    yield Product(opened, clock, settings)
    await opened.close()
    await nudges.close()


@pytest.fixture
async def shop(app: Product) -> Shop:
    return await open_shop(app, "Разборка Мотор")


@pytest.fixture
async def rival(app: Product) -> Shop:
    return await open_shop(app, "Чужая разборка")


async def open_shop(app: Product, name: str) -> Shop:
    async with app.platform_uow() as puow:
        created = await create_owner(puow, name)
    return Shop(app, created.tenant_id)
