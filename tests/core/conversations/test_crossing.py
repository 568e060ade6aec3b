"""Two things at once on one thread: neither is lost, nothing waits for the other for ever."""

import asyncio

import pytest
from sqlalchemy import select, text

from core.app import App
from core.conversations.models import Conversation, Turn
from core.delivery.claims import claim
from core.delivery.settle import settle
from core.kernel.errors import DomainError
from core.kernel.ids import new_id
from core.ports.channel import Sent
from core.suggestions import turns
from core.suggestions.answer import answer_by_hand
from core.suggestions.decide import undo
from tests.core.delivery.test_drain import Desk, reply
from tests.support.shop import Shop
from tests.support.waiting import until


async def somebody_waits_for_a_lock(app: App) -> None:
    """Until a transaction is held up by another."""

    waiting = text("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted")

    async def held_up() -> bool:
        async with app.platform_uow() as puow:
            return bool(await puow.session.scalar(waiting))

    await until(held_up, seconds=10)


async def test_words_that_meet_the_claim_of_their_turn_are_drafted_without_delay(
    shop: Shop,
) -> None:
    """The worker's claim commits between our reading of the turn and our writing of it."""
    await shop.writes("Иван", "Есть АКПП?")
    now = shop.app.clock.now()
    async with shop.app.db.hot_platform() as sql:
        await turns.claim(sql, new_id(), now + turns.LEASE, 10)
        writing = asyncio.create_task(shop.writes("Иван", "На Camry"))
        await somebody_waits_for_a_lock(shop.app)
    await writing
    async with shop.app.uow(shop.tenant_id) as uow:
        [turn] = (await uow.session.scalars(select(Turn))).all()
    assert (turn.state, turn.lease_until) == ("quiet", None)


async def test_words_that_meet_an_answer_by_hand_open_a_turn_with_a_card_of_its_own(
    shop: Shop,
) -> None:
    """The batch waits for the operator's transaction, and must see the turn as that leaves it."""
    await shop.writes("Иван", "Есть АКПП?")
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await answer_by_hand(uow, shop.staff["Анна"], ivan.id, "Есть", request_key="1")
        writing = asyncio.create_task(shop.writes("Иван", "А доставка?"))
        await somebody_waits_for_a_lock(shop.app)
    await writing
    async with shop.app.uow(shop.tenant_id) as uow:
        turns = (await uow.session.scalars(select(Turn).order_by(Turn.number))).all()
    assert [turn.state for turn in turns] == ["answered", "quiet"]


async def test_an_undo_that_meets_the_end_of_the_send_is_told_it_came_too_late(
    shop: Shop,
) -> None:
    """The one locks the thread first and then its reply; so must the other."""
    await shop.writes("Иван", "Есть АКПП?")
    outbound_id = await reply(shop, "Есть")
    now, desk = shop.app.clock.now(), Desk(shop)
    async with shop.app.db.hot_platform() as sql:
        [sending] = await claim(sql, desk.held, now, 1)

    async def settles() -> int:
        async with shop.app.uow(shop.tenant_id) as uow:
            return await settle(uow, [(sending, Sent("m1", now))])

    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.lock(Conversation, sending.conversation_id)
        settling = asyncio.create_task(settles())
        await somebody_waits_for_a_lock(shop.app)
        with pytest.raises(DomainError, match=r"outbound\.too_late"):
            await undo(uow, shop.staff["Анна"], outbound_id)
    assert await settling == 1
