"""The desk every test of the bot sits at."""

from collections.abc import AsyncIterator

import pytest

from core.kernel.settings import Settings
from tests.bot.desk import Desk, open_desk


@pytest.fixture
async def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    # A machine busy with tests may need longer than an operator would be left waiting.
    monkeypatch.setattr("bot.press._PATIENCE_SECONDS", 12.0)
    async with open_desk(settings) as ready:
        yield ready
