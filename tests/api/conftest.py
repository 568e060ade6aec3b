"""A real API over HTTP on a real database: a store with five people, another, and a stranger."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from api.app import create_app
from core.app import App, open_app
from core.channels.models import ChannelAccount
from core.conversations.receive import AccountRef
from core.identity.invites import enter
from core.identity.permissions import Role
from core.identity.service import TelegramProfile, meet
from core.identity.sign_in import Tokens, sign_in
from core.kernel.clock import HeldClock
from core.kernel.ids import new_id
from core.kernel.settings import Settings
from core.onboarding.create_owner import create_owner
from core.ports.channel import ChannelKind
from tests.support.shop import Shop
from tests.support.waiting import until

BOT_TOKEN = "7000000001:AAE-test-token-of-the-operators-bot"
WEBHOOK_SECRET = "operator-secret-1"


@dataclass
class Store:
    """A store and its people's sessions, by role."""

    id: UUID
    sessions: dict[Role, Tokens] = field(default_factory=dict)

    def bearer(self, role: Role = Role.OWNER) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.sessions[role].access_token}"}


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 9, 1, 9, tzinfo=UTC))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={
            "telegram_bot_token": SecretStr(BOT_TOKEN),
            "telegram_webhook_secret": SecretStr(WEBHOOK_SECRET),
        }
    )


@pytest.fixture
async def core(settings: Settings, clock: HeldClock) -> AsyncIterator[App]:
    async with open_app(settings, role="api", clock=clock) as app:
        yield app


@contextlib.asynccontextmanager
async def serving(core: App, dist: Path) -> AsyncIterator[str]:
    """The API on a free port; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(
            uvicorn.Config(create_app(core, dist=dist), log_config=None, ws="websockets-sansio")
        )
        server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        task = asyncio.create_task(server.serve(sockets=[listener]))

        async def started() -> bool:
            if task.done():
                task.result()
            return server.started

        await until(started)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A Mini App, built."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Mini App</title>")
    (folder / "assets" / "index-1a2b3c.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not yours")
    return folder


@pytest.fixture
async def address(core: App, dist: Path) -> AsyncIterator[str]:
    async with serving(core, dist) as url:
        yield url


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client


async def open_store(core: App, name: str, first_id: int, *roles: Role) -> Store:
    """A store whose owner and others have signed in."""
    async with core.platform_uow() as puow:
        founder = TelegramProfile(first_id, "Олег", "ru", chat_id=first_id)
        created = await create_owner(puow, name, founder=founder)
    store = Store(created.tenant_id)
    for n, role in enumerate((Role.OWNER, *roles)):
        profile = TelegramProfile(first_id + n, role.value.title(), "ru", chat_id=first_id + n)
        async with core.platform_uow() as puow:
            user = await meet(puow, profile)
            if role is not Role.OWNER:
                await enter(puow, user, store.id, role)
            store.sessions[role] = await sign_in(puow, user)
    return store


@pytest.fixture
async def store(core: App) -> Store:
    everyone = (Role.ADMIN, Role.OPERATOR, Role.VIEWER, Role.GUEST)
    return await open_store(core, "Разборка 24", 500, *everyone)


@pytest.fixture
async def other_store(core: App) -> Store:
    return await open_store(core, "Чужой магазин", 900)


@pytest.fixture
async def shop_of_api(core: App, store: Store) -> Shop:
    """The customers of the store."""
    account_id = new_id()
    async with core.uow(store.id) as uow:
        uow.add(
            ChannelAccount(
                tenant_id=store.id,
                id=account_id,
                kind=ChannelKind.TELEGRAM_BOT,
                name="shop_bot",
                external_id="700700",
                state_changed_at=core.clock.now(),
                connected_at=core.clock.now(),
            )
        )
    return Shop(core, store.id, AccountRef(account_id, ChannelKind.TELEGRAM_BOT))
