"""Ways into a store, by the API and by the first command: both need the bot's name."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from cli.main import main
from core.app import App
from core.identity.invites import Joined, join
from core.identity.permissions import Role
from core.identity.service import TelegramProfile
from core.kernel.settings import Settings
from tests.api.conftest import BOT_TOKEN, Store
from tests.support.waiting import until

LINK = re.compile(r"https://t\.me/shop_console_bot\?start=inv_([A-Za-z0-9_-]{43})")


@pytest.fixture
async def telegram() -> AsyncIterator[str]:
    """A Bot API that knows one bot."""
    app = FastAPI()

    @app.get(f"/bot{BOT_TOKEN}/getMe")
    async def get_me() -> dict[str, object]:
        return {"ok": True, "result": {"id": 7000000001, "username": "shop_console_bot"}}

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
def settings(settings: Settings, telegram: str) -> Settings:
    return settings.model_copy(update={"telegram_api_base": telegram})


async def _join(core: App, link: str) -> Joined:
    found = LINK.fullmatch(link)
    assert found is not None, link
    async with core.platform_uow() as puow:
        return await join(puow, found[1], TelegramProfile(601, "Мария", "ru", chat_id=601))


async def test_a_link_of_the_api_lets_one_person_in(
    http: httpx.AsyncClient, core: App, store: Store
) -> None:
    answer = await http.post("/api/v1/invites", json={"role": "operator"}, headers=store.bearer())
    assert answer.status_code == 201, answer.text
    joined = await _join(core, answer.json()["link"])
    assert (joined.tenant_id, joined.role) == (store.id, Role.OPERATOR)


async def test_the_first_store_and_its_owner_by_command(
    core: App,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secrets = settings.telegram_bot_token, settings.integration_secrets_master_key
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TELEGRAM_API_BASE": settings.telegram_api_base,
        "TELEGRAM_BOT_TOKEN": secrets[0].get_secret_value() if secrets[0] else "",
        "INTEGRATION_SECRETS_MASTER_KEY": secrets[1].get_secret_value() if secrets[1] else "",
    }.items():
        monkeypatch.setenv(name, value or "")
    code = await asyncio.to_thread(
        main, ["create-owner", "--store", "Разборка 24", "--name", "Олег"]
    )
    assert code == 0
    joined = await _join(core, capsys.readouterr().out.strip())
    assert joined.role is Role.OWNER
    for wrong in (["create-owner"], ["create-owner", "--platform"]):
        assert await asyncio.to_thread(main, wrong) == 1
    named = ["create-owner", "--platform", "--telegram-id", "77", "--name", "Олег"]
    assert await asyncio.to_thread(main, named) == 0
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        owners = await sql.fetch("SELECT name FROM users WHERE platform_owner_at IS NOT NULL")
    assert [owner["name"] for owner in owners] == ["Олег"]
