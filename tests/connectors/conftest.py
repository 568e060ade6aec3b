"""A store's bot in the sandbox, and hosts that run it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.host import Host, connectors_for
from core.app import App
from core.channels.models import ChannelAccount
from core.channels.service import connect_telegram_bot, disconnect
from core.kernel.settings import Settings
from sandbox.testing import Sandbox, running_sandbox
from tests.support.shop import Shop
from tests.support.waiting import until


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as ready:
        yield ready


@pytest.fixture
def settings(settings: Settings, sandbox: Sandbox) -> Settings:
    return settings.model_copy(update={"telegram_api_base": sandbox.telegram_base})


@dataclass
class Hosting:
    """A channels role of this test's own."""

    host: Host
    task: asyncio.Task[None]
    over: bool = False

    async def opens(self) -> None:
        async def opened() -> bool:
            return bool(self.host.open_sessions())

        await until(opened)

    async def closes(self, *, seconds: float = 5) -> None:
        async def closed() -> bool:
            return not self.host.open_sessions()

        await until(closed, seconds=seconds)

    async def killed(self) -> None:
        """Nothing is released, nothing is finished: as after kill -9."""
        self.over = True
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        for account in self.host._accounts.values():
            await account.stop()
        for connector in self.host._connectors.values():
            await connector.close()

    async def stopped(self) -> None:
        self.over = True
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.host.close()


StartHost = Callable[[], Awaitable[Hosting]]


@pytest.fixture
async def start_host(app: App) -> AsyncIterator[StartHost]:
    started: list[Hosting] = []

    async def start() -> Hosting:
        host = Host(app, connectors_for(app.settings))
        started.append(Hosting(host, asyncio.create_task(host.work())))
        return started[-1]

    yield start
    for hosting in started:
        if not hosting.over:
            await hosting.stopped()


@dataclass
class StoreBot:
    """The store's bot, connected, and what the database says of it."""

    shop: Shop
    account: ChannelAccount

    async def rows(self, sql: str, *values: object) -> list[Any]:
        async with self.shop.app.db.hot_platform() as connection:
            return list(await connection.fetch(sql, *values))

    async def texts(self) -> list[str]:
        return [row["text"] for row in await self.rows("SELECT text FROM messages ORDER BY id")]

    async def state(self) -> tuple[str, str | None]:
        [row] = await self.rows(
            "SELECT state, state_reason FROM channel_accounts WHERE id = $1", self.account.id
        )
        return row["state"], row["state_reason"]

    async def becomes(self, state: str, *, seconds: float = 5) -> None:
        async def there() -> bool:
            return (await self.state())[0] == state

        await until(there, seconds=seconds)

    async def said(self, count: int, *, seconds: float = 5) -> list[str]:
        """Once the conversations hold so many messages."""

        async def enough() -> list[str]:
            texts = await self.texts()
            return texts if len(texts) >= count else []

        return await until(enough, seconds=seconds)


@pytest.fixture
async def bot(shop: Shop, sandbox: Sandbox) -> StoreBot:
    """Connected by its token, not opened yet; the shop's own messengerless account is gone."""
    async with shop.app.uow(shop.tenant_id) as uow:
        await disconnect(uow, shop.staff["Олег"], shop.account.id)
    async with shop.app.uow(shop.tenant_id) as uow:
        account = await connect_telegram_bot(
            uow, shop.staff["Олег"], shop.app.vault, sandbox.store_token
        )
    return StoreBot(shop, account)
