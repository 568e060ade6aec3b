"""The desk every test of the bot sits at."""

from collections.abc import AsyncIterator

import pytest

from core.kernel.settings import Settings
from tests.bot.desk import Desk, open_desk


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with open_desk(settings) as ready:
        yield ready
