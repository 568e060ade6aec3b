"""A database, a clock that stands still, and a store with its owner."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from core.kernel.clock import HeldClock
from core.kernel.database import Database
from core.kernel.nudges import Nudges
from tests.support.cluster import Database as Clone


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 9, 1, 9, tzinfo=UTC))


@pytest.fixture
async def db(database: Clone, redis_url: str, clock: HeldClock) -> AsyncIterator[Database]:
    nudges = Nudges(redis_url)
    opened = Database(database.url, clock=clock, nudges=nudges)
    await opened.open()
    yield opened
    await opened.close()
    await nudges.close()
