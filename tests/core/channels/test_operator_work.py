"""Updates of the operators' bot in somebody's hands: for a short while, unless it says it lives."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from core.app import App, open_app
from core.channels import operator_inbox, operator_work
from core.channels.operator_work import LEASE
from core.kernel.clock import HeldClock
from core.kernel.settings import Settings
from core.ports.channel import RawUpdate

BOT = 77
A_MOMENT = timedelta(seconds=1)


@pytest_asyncio.fixture
async def held(settings: Settings) -> AsyncIterator[tuple[App, HeldClock]]:
    clock = HeldClock(datetime(2026, 11, 1, tzinfo=UTC))
    async with open_app(settings, role="test", clock=clock) as app:
        await operator_inbox.keep(
            app.db, BOT, [RawUpdate("1", "5", "{}"), RawUpdate("2", "5", "{}")]
        )
        yield app, clock


async def test_what_a_dead_bot_had_in_hand_is_soon_taken_up(held: tuple[App, HeldClock]) -> None:
    app, clock = held
    [first] = await operator_work.claim(app.db, clock, BOT, 10)
    assert not await operator_work.claim(app.db, clock, BOT, 10)
    clock.move(LEASE + A_MOMENT)
    [again] = await operator_work.claim(app.db, clock, BOT, 10)
    assert again.update_id == first.update_id
    # A person looks at dead buttons meanwhile: that must not last.
    assert timedelta(seconds=10) >= LEASE


async def test_what_takes_long_stays_with_who_is_at_it(held: tuple[App, HeldClock]) -> None:
    app, clock = held
    [mine] = await operator_work.claim(app.db, clock, BOT, 10)
    for _ in range(5):
        clock.move(LEASE - A_MOMENT)
        await operator_work.renew(app.db, clock, BOT, [mine])
        assert not await operator_work.claim(app.db, clock, BOT, 10)
    await operator_work.finish(app.db, clock, mine)
    [next_] = await operator_work.claim(app.db, clock, BOT, 10)
    assert next_.update_id == 2
