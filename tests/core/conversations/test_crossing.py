"""Two things at once on one thread: neither is lost, nothing waits for the other for ever."""

import asyncio

from sqlalchemy import select, text

from core.app import App
from core.conversations.models import Turn
from core.kernel.ids import new_id
from core.suggestions import draft
from tests.support.shop import Shop


async def somebody_waits_for_a_lock(app: App) -> None:
    """Until a transaction is held up by another."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(10):
        while True:
            async with app.platform_uow() as puow:
                if await puow.session.scalar(waiting):
                    return
            await asyncio.sleep(0.01)


async def test_words_that_meet_the_claim_of_their_turn_are_drafted_without_delay(
    shop: Shop,
) -> None:
    """The worker's claim commits between our reading of the turn and our writing of it."""
    await shop.writes("Иван", "Есть АКПП?")
    now = shop.app.clock.now()
    async with shop.app.db.hot_platform() as sql:
        await sql.fetch(draft._CLAIM, new_id(), now + draft._LEASE, now + draft._LEASE, 10)
        writing = asyncio.create_task(shop.writes("Иван", "На Camry"))
        await somebody_waits_for_a_lock(shop.app)
    await writing
    async with shop.app.uow(shop.tenant_id) as uow:
        [turn] = (await uow.session.scalars(select(Turn))).all()
    assert (turn.state, turn.lease_until) == ("quiet", None)
