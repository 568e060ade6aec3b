"""Events reach their reactions once, and what never succeeds is put aside with its reason."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.events import service
from core.events.catalogue import Event
from core.events.models import EventReceipt, OutboxEvent
from core.events.relay import relay_once, sweep
from core.events.service import reaction, record
from core.kernel.uow import UnitOfWork
from tests.support.shop import Shop


@dataclass(frozen=True, slots=True)
class DoorOpened(Event):
    """Somebody came in."""

    door: UUID
    times: int


seen: list[DoorOpened] = []
broken: list[bool] = []


async def greet(_uow: UnitOfWork, event: DoorOpened) -> None:
    if broken:
        raise RuntimeError("the greeter is ill")
    seen.append(event)


@pytest.fixture(autouse=True)
async def a_greeter() -> AsyncIterator[None]:
    seen.clear()
    broken.clear()
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
