"""Words of a customer's that nobody could read: the store's leaders hear of it, and not too often."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from connectors.host import connectors_for
from connectors.reading import InboxReader
from core.app import App, open_app
from core.channels import inbox
from core.channels.inbox import Mailbox
from core.kernel.clock import HeldClock, SystemClock
from core.kernel.settings import Settings
from core.notifications import notices
from core.ports.channel import RawUpdate
from tests.support.shop import Shop, open_shop

Told = list[tuple[int, list[str]]]


class Store:
    """A store on a clock of its own, and the half of its channels role that reads."""

    def __init__(self, app: App, clock: HeldClock, shop: Shop) -> None:
        self.app, self.clock, self.shop = app, clock, shop
        self._reader = InboxReader(app, connectors_for(app.settings))
        self._number = 0

    async def comes(self, *lanes: str) -> None:
        """From each of these chats comes something that is no update at all, and is read."""
        some = []
        for lane in lanes:
            self._number += 1
            some.append(RawUpdate(str(self._number), lane, "{"))
        await inbox.keep(self.app.db, Mailbox(self.shop.tenant_id, self.shop.account.id), some)
        while await self._reader.once():
            pass

    async def notices(self) -> list[Any]:
        async with self.app.db.hot_platform() as sql:
            rows = await sql.fetch(
                "SELECT key, user_id, params::text, due_at FROM notices ORDER BY created_at, id"
            )
        return [{**dict(row), "params": orjson.loads(row["params"])} for row in rows]

    async def told(self) -> Told:
        """How often, and of whom, each notice speaks that the bot sends now."""
        async with self.app.db.hot_platform() as sql:
            found = await notices.claim(sql, self.clock.now(), 10)
            for one in found:
                await notices.sent(sql, one, self.clock.now())
        return [(one.params["count"], one.params["who"]) for one in found]


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        yield Store(app, clock, await open_shop(app))


async def test_who_leads_the_store_hears_of_a_message_that_nobody_could_read(store: Store) -> None:
    await store.shop.writes("Иван", "Есть АКПП?")
    came = store.clock.now()
    await store.comes("chat-Иван")
    [notice] = await store.notices()
    assert notice["key"] == "notice.unread"
    assert notice["user_id"] == store.shop.staff["Олег"].user_id, "the owner, not the operators"
    said = notice["params"]
    assert said["channel"] == "shop_bot"
    assert abs(datetime.fromisoformat(said["since"]) - came) < timedelta(minutes=1)
    number = (await store.shop.conversation("Иван")).number
    assert said["who"] == [{"name": "Иван", "number": number}]
    assert said["count"] == 1


async def test_many_are_told_at_once_and_then_once_an_hour_and_none_is_left_untold(
    store: Store,
) -> None:
    await store.comes(*(f"chat-{n}" for n in range(7)))
    assert await store.told() == [(7, [])]
    for _ in range(3):
        store.clock.move(timedelta(minutes=10))
        await store.comes("chat-1")
        assert await store.told() == [], "the owner has been told within the hour"
    store.clock.move(timedelta(minutes=30))
    assert await store.told() == [(3, [])], "the later ones come together"
    store.clock.move(timedelta(hours=2))
    await store.comes("chat-1")
    assert await store.told() == [(1, [])]


async def test_what_comes_while_a_notice_is_being_sent_is_told_by_the_next(store: Store) -> None:
    await store.comes("chat-1")
    async with store.app.db.hot_platform() as sql:
        [going_out] = await notices.claim(sql, store.clock.now(), 10)
    await store.comes("chat-1", "chat-2")
    async with store.app.db.hot_platform() as sql:
        await notices.sent(sql, going_out, store.clock.now())
    store.clock.move(timedelta(hours=1, seconds=1))
    assert going_out.params["count"] == 1
    assert await store.told() == [(2, [])]


async def test_each_channel_is_told_of_by_itself(store: Store) -> None:
    await store.comes("chat-1")
    other = Store(store.app, store.clock, await open_shop(store.app, "Другая"))
    await other.comes("chat-1")
    assert await store.told() == [(1, []), (1, [])]
