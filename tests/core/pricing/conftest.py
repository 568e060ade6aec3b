"""A store whose web and clock are the test's own."""

from dataclasses import replace

import pytest

from core.app import App
from core.kernel.clock import HeldClock
from tests.core.pricing.market import Market
from tests.support.shop import Shop, open_shop


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
async def shop(app: App, market: Market) -> Shop:
    clock = HeldClock(app.clock.now())
    app.db._clock = clock
    return await open_shop(replace(app, prices=market, clock=clock))
