"""Pages that change as things happen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import orjson
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from api import live
from core.app import App
from core.identity.permissions import Role
from core.identity.sign_in import ACCESS_LIFE, refresh, sign_out
from core.kernel.clock import HeldClock
from core.kernel.ids import new_id
from tests.api.conftest import Store
from tests.support.redis import cut


@asynccontextmanager
async def _page(address: str, token: str) -> AsyncIterator[ClientConnection]:
    url = address.replace("http", "ws") + "/api/v1/live"
    async with websockets.connect(url, proxy=None) as socket:
        await _send(socket, type="auth", token=token)
        yield socket


async def _send(socket: ClientConnection, **message: object) -> None:
    await socket.send(orjson.dumps(message).decode())


async def _next(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(10):
        message: dict[str, Any] = orjson.loads(await socket.recv())
    return message


async def _closed(socket: ClientConnection) -> int:
    async with asyncio.timeout(10):
        await socket.wait_closed()
    return socket.close_code or 0


async def _tell(core: App, store: Store, kind: str, subject: object) -> None:
    async with core.uow(store.id) as uow:
        uow.tell(kind, subject)


async def test_a_page_hears_its_own_store_alone(
    address: str, core: App, store: Store, other_store: Store
) -> None:
    subject, foreign = new_id(), new_id()
    token = store.sessions[Role.OPERATOR].access_token
    async with _page(address, token) as page:
        assert await _next(page) == {"type": "ready"}
        await _tell(core, other_store, "conversation.changed", foreign)
        await _tell(core, store, "conversation.changed", subject)
        assert await _next(page) == {
            "type": "conversation.changed",
            "conversation_id": str(subject),
        }
        await _tell(core, store, "settings.changed", store.id)
        assert await _next(page) == {"type": "settings.changed"}
        await _send(page, type="ping")
        assert await _next(page) == {"type": "pong"}


async def test_who_may_not_see_conversations_hears_of_none(
    address: str, core: App, store: Store
) -> None:
    async with _page(address, store.sessions[Role.GUEST].access_token) as page:
        assert await _next(page) == {"type": "ready"}
        await _tell(core, store, "conversation.changed", new_id())
        await _tell(core, store, "flags.changed", "RAG_ENABLED")
        assert await _next(page) == {"type": "flags.changed"}


@pytest.mark.parametrize(
    "first", ['{"type":"auth","token":"forged"}', '{"type":"auth"}', '{"type":"ping"}']
)
async def test_a_first_word_that_is_no_session_closes(address: str, first: str) -> None:
    async with websockets.connect(address.replace("http", "ws") + "/api/v1/live") as page:
        await page.send(first)
        assert await _closed(page) == 4401


@pytest.mark.parametrize("first", ["not json", "[]", "7", b"\x00\x01", '"' + "x" * 9000 + '"'])
async def test_garbage_closes_without_a_word(address: str, first: str | bytes) -> None:
    async with websockets.connect(address.replace("http", "ws") + "/api/v1/live") as page:
        await page.send(first)
        assert await _closed(page) == 4403


async def test_silence_closes(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "AUTH_SECONDS", 0.05)
    async with websockets.connect(address.replace("http", "ws") + "/api/v1/live") as page:
        assert await _closed(page) == 4401


async def test_a_page_ends_with_its_token(
    address: str, store: Store, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.02)
    async with _page(address, store.sessions[Role.OWNER].access_token) as page:
        assert await _next(page) == {"type": "ready"}
        clock.move(ACCESS_LIFE)
        assert await _next(page) == {"type": "auth.expired"}
        assert await _closed(page) == 4401


async def test_a_newer_token_carries_the_page_on(
    address: str, core: App, store: Store, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.02)
    old = store.sessions[Role.OWNER]
    async with _page(address, old.access_token) as page:
        assert await _next(page) == {"type": "ready"}
        clock.move(ACCESS_LIFE - timedelta(minutes=1))
        async with core.platform_uow() as puow:
            renewed = await refresh(puow, old.refresh_token)
        assert renewed is not None
        await _send(page, type="auth", token=renewed.access_token)
        assert await _next(page) == {"type": "ready"}
        clock.move(timedelta(minutes=2))
        await _send(page, type="ping")
        assert await _next(page) == {"type": "pong"}


async def test_another_persons_token_does_not(address: str, store: Store) -> None:
    async with _page(address, store.sessions[Role.OWNER].access_token) as page:
        assert await _next(page) == {"type": "ready"}
        await _send(page, type="auth", token=store.sessions[Role.VIEWER].access_token)
        assert await _closed(page) == 4403


@pytest.mark.parametrize("how", ["signs out", "leaves the store"])
async def test_who_is_gone_hears_no_more(
    address: str, core: App, store: Store, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECHECK_SECONDS", 0.02)
    session = store.sessions[Role.VIEWER]
    async with _page(address, session.access_token) as page:
        assert await _next(page) == {"type": "ready"}
        async with core.platform_uow() as puow:
            if how == "signs out":
                await sign_out(puow, session.session_id)
            else:
                sql = await puow.sql()
                await sql.execute(
                    "UPDATE memberships SET ended_at = now() WHERE user_id = $1", session.user_id
                )
        assert await _next(page) == {"type": "auth.expired"}
        assert await _closed(page) == 4401


async def test_a_page_that_does_not_keep_up_is_closed() -> None:
    page = live.Page()
    for n in range(live.MOST_WAITING_NOTES):
        page.tell(str(n).encode())
        page.tell(str(n).encode())
    assert len(await page.take()) == live.MOST_WAITING_NOTES  # type: ignore[arg-type]
    for n in range(live.MOST_WAITING_NOTES + 1):
        page.tell(str(n).encode())
    assert await page.take() == 1008


async def test_after_an_outage_of_redis_pages_come_back(
    address: str, core: App, store: Store
) -> None:
    async with _page(address, store.sessions[Role.OWNER].access_token) as page:
        assert await _next(page) == {"type": "ready"}
        await cut(core.nudges.redis, listening=True)
        assert await _closed(page) == 1012
    async with _page(address, store.sessions[Role.OWNER].access_token) as page:
        assert await _next(page) == {"type": "ready"}
        await _tell(core, store, "settings.changed", store.id)
        assert await _next(page) == {"type": "settings.changed"}
