"""Events reach their reactions once, and what never succeeds is put aside with its reason."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.app import open_app
from core.events import service
from core.events.catalogue import Event
from core.events.models import EventReceipt, OutboxEvent
from core.events.relay import LEASE, Relay, relay_once, sweep
from core.events.service import reaction, record
from core.kernel.clock import HeldClock, SystemClock
from core.kernel.settings import Settings
from core.kernel.uow import UnitOfWork
from tests.support.shop import Shop, open_shop


@dataclass(frozen=True, slots=True)
class DoorOpened(Event):
    """Somebody came in."""

    door: UUID
    times: int


seen: list[DoorOpened] = []
broken: list[bool] = []
at_work: list[Callable[[], Awaitable[None]]] = []  # what happens while somebody is greeted


async def greet(_uow: UnitOfWork, event: DoorOpened) -> None:
    if broken:
        raise RuntimeError("the greeter is ill")
    for meanwhile in at_work:
        await meanwhile()
    seen.append(event)


@pytest.fixture(autouse=True)
async def a_greeter() -> AsyncIterator[None]:
    seen.clear()
    broken.clear()
    at_work.clear()
    reaction(DoorOpened)(greet)
    yield
    service._reactions.pop(DoorOpened)


async def opened(shop: Shop, times: int = 1) -> DoorOpened:
    event = DoorOpened(shop.tenant_id, shop.account.id, times)
    async with shop.app.uow(shop.tenant_id) as uow:
        record(uow, event)
    return event


async def kept(shop: Shop) -> list[OutboxEvent]:
    async with shop.app.uow(shop.tenant_id) as uow:
        return list(await uow.session.scalars(select(OutboxEvent)))


async def due_again(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboxEvent).values(lease_until=None))


async def test_an_event_arrives_as_it_was_recorded_and_once(shop: Shop) -> None:
    event = await opened(shop)
    assert await relay_once(shop.app) == 1
    assert await relay_once(shop.app) == 0
    assert seen == [event]


async def test_what_was_rolled_back_has_not_happened(shop: Shop) -> None:
    with pytest.raises(RuntimeError):
        async with shop.app.uow(shop.tenant_id) as uow:
            record(uow, DoorOpened(shop.tenant_id, shop.account.id, 1))
            raise RuntimeError("no")
    assert await relay_once(shop.app) == 0


async def test_a_relay_that_died_before_it_noted_so_does_not_react_twice(shop: Shop) -> None:
    await opened(shop)
    await relay_once(shop.app)
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboxEvent).values(done_at=None, lease_until=None))
    assert await relay_once(shop.app) == 1
    assert len(seen) == 1


async def test_a_reaction_that_fails_is_tried_again_later(shop: Shop) -> None:
    await opened(shop)
    broken.append(True)
    await relay_once(shop.app)
    assert await relay_once(shop.app) == 0, "not at once"
    async with shop.app.uow(shop.tenant_id) as uow:
        assert not list(await uow.session.scalars(select(EventReceipt)))
    broken.clear()
    await due_again(shop)
    await relay_once(shop.app)
    assert len(seen) == 1


async def test_what_never_succeeds_is_parked_with_its_reason(shop: Shop) -> None:
    await opened(shop)
    broken.append(True)
    for _ in range(10):
        await relay_once(shop.app)
        await due_again(shop)
    [row] = await kept(shop)
    assert row.parked_at is not None
    assert row.problem == "RuntimeError"
    assert await relay_once(shop.app) == 0


async def test_one_poisoned_event_does_not_hold_up_the_others(shop: Shop) -> None:
    await opened(shop, 1)
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboxEvent).values(kind="NeverHeardOf"))
    await opened(shop, 2)
    await relay_once(shop.app)
    assert [event.times for event in seen] == [2]


async def test_what_was_delivered_long_ago_is_forgotten(shop: Shop) -> None:
    await opened(shop)
    await relay_once(shop.app)
    long_ago = shop.app.clock.now() - timedelta(days=8)
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboxEvent).values(done_at=long_ago))
        await uow.session.execute(update(EventReceipt).values(at=long_ago))
    await sweep(shop.app)
    assert await kept(shop) == []


async def test_what_a_killed_relay_had_claimed_is_carried_within_seconds(
    settings: Settings,
) -> None:
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        await opened(shop)
        killed = Relay(app)

        async def dies() -> None:
            raise asyncio.CancelledError

        at_work.append(dies)
        with pytest.raises(asyncio.CancelledError):
            await killed.once()
        at_work.clear()
        assert await Relay(app).once() == 0, "for all the others know it is still at work"
        clock.move(LEASE + timedelta(milliseconds=1))
        assert timedelta(seconds=15) >= LEASE
        assert await Relay(app).once() == 1
        assert len(seen) == 1


async def test_a_relay_that_is_slow_keeps_what_it_is_at(settings: Settings) -> None:
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        for number in range(6):
            await opened(shop, number)
        taken_over: list[int] = []

        async def takes_five_seconds() -> None:
            clock.move(timedelta(seconds=5))
            at_work.clear()
            async with asyncio.timeout(5):  # it would wait for this very transaction
                taken_over.append(await Relay(app).once())
            at_work.append(takes_five_seconds)

        at_work.append(takes_five_seconds)
        assert await Relay(app).once() == 6
        assert taken_over == [0] * 6
        assert [event.times for event in seen] == list(range(6))


async def test_a_relay_whose_database_was_away_takes_up_at_once_what_it_had_claimed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It broke off, so nothing of it is under way: nobody has to wait for the lease to end."""
    await opened(shop)
    relay = Relay(shop.app)

    async def is_away(*_: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as away:
        away.setattr("core.events.relay._deliver", is_away)
        away.setattr("core.events.relay._put_back", is_away)
        with pytest.raises(OSError, match="away"):
            await relay.once()
    assert await Relay(shop.app).once() == 0, "another relay cannot know"
    assert await relay.once() == 1
    assert len(seen) == 1
