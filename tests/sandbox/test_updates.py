"""Updates: kept until confirmed, by polling and by webhook, in order, with their faults."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from aiogram import Bot
from aiogram.exceptions import TelegramConflictError
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from sandbox.main import address, listen
from sandbox.shapes import Json
from sandbox.testing import Sandbox, serving
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio


def texts(updates: list[Json]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def polled(sandbox: Sandbox) -> bool:
    """The server alone knows that a poll hangs."""
    return bool((await sandbox.call("GET", "status"))["bots"][1]["polling"])


async def test_updates_come_again_until_confirmed(sandbox: Sandbox, store: Bot) -> None:
    for text in ("раз", "два", "три"):
        await sandbox.writes("Иван", text)
    first = await store.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["раз", "два"]
    assert await store.get_updates(limit=2) == first
    rest = await store.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest if u.message] == ["три"]
    assert await store.get_updates(offset=rest[-1].update_id + 1) == []


async def test_a_long_poll_ends_when_something_comes(sandbox: Sandbox, store: Bot) -> None:
    poll = asyncio.create_task(store.get_updates(timeout=30))
    await until(lambda: polled(sandbox))
    await sandbox.writes("Иван", "сюрприз")
    (update,) = await asyncio.wait_for(poll, 5)
    assert update.message is not None
    assert update.message.text == "сюрприз"


async def test_two_pollers_conflict_and_the_newer_stays(sandbox: Sandbox, store: Bot) -> None:
    older = asyncio.create_task(store.get_updates(timeout=30))
    await until(lambda: polled(sandbox))
    newer = asyncio.create_task(store.get_updates(timeout=30))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
        await older
    await sandbox.writes("Иван", "кому?")
    assert len(await newer) == 1


async def test_only_asked_for_kinds_come(sandbox: Sandbox, store: Bot) -> None:
    await store.get_updates(allowed_updates=["edited_message"])
    said = await sandbox.writes("Иван", "раз")
    path = f"customers/Иван/messages/{said['message_id']}"
    await sandbox.call("PATCH", path, {"text": "два"})
    (update,) = await store.get_updates()
    assert update.edited_message is not None


async def test_a_fault_sends_an_update_twice(sandbox: Sandbox, store: Bot) -> None:
    await sandbox.fault("telegram", "duplicate_updates")
    await sandbox.writes("Иван", "эхо")
    (first,) = await store.get_updates()
    (again,) = await store.get_updates(offset=first.update_id + 1)
    assert again == first
    assert await store.get_updates(offset=first.update_id + 1) == []


async def test_a_fault_turns_the_order_round(sandbox: Sandbox, store: Bot) -> None:
    await sandbox.fault("telegram", "reorder_updates", seconds=5)
    await sandbox.writes("Иван", "раз")
    poll = asyncio.create_task(store.get_updates(timeout=5))
    await sandbox.writes("Иван", "два")
    assert [u.message.text for u in await poll if u.message] == ["два", "раз"]


class Receiver:
    """A product's webhook: keeps what came, answers as told."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.secrets: list[str | None] = []
        self.statuses: list[int] = []
        self.reply: Json | None = None
        self.came = asyncio.Condition()
        self.app = FastAPI()
        self.app.post("/hook")(self.take)

    async def take(self, request: Request) -> Response:
        status = self.statuses.pop(0) if self.statuses else 200
        async with self.came:
            if status == 200:
                self.got.append(await request.json())
            self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
            self.came.notify_all()
        if self.reply is not None and status == 200:
            return JSONResponse(self.reply)
        return Response(status_code=status)

    async def count(self, number: int) -> list[Json]:
        async with asyncio.timeout(10), self.came:
            await self.came.wait_for(lambda: len(self.got) >= number)
        return self.got


@asynccontextmanager
async def receiving() -> AsyncIterator[tuple[Receiver, str]]:
    receiver = Receiver()
    sock = listen("127.0.0.1", 0)
    url = f"{address(sock)}/hook"
    config = uvicorn.Config(receiver.app, log_level="critical", timeout_graceful_shutdown=0)
    async with serving(config, sock):
        yield receiver, url


async def test_a_webhook_gets_everything_in_order_despite_errors(
    sandbox: Sandbox, store: Bot
) -> None:
    async with receiving() as (receiver, url):
        receiver.statuses = [500, 503]
        await sandbox.writes("Иван", "до вебхука")
        await store.set_webhook(url, secret_token="s3cret-Token")
        await sandbox.writes("Иван", "после")
        got = await receiver.count(2)
        assert texts(got) == ["до вебхука", "после"]
        assert set(receiver.secrets) == {"s3cret-Token"}
        info = await store.get_webhook_info()
        assert info.url == url
        assert info.last_error_message is not None
        assert "500" in info.last_error_message or "503" in info.last_error_message
        with pytest.raises(TelegramConflictError, match="webhook is active"):
            await store.get_updates()
        await store.delete_webhook()
        assert await store.get_updates() == []
    assert "s3cret-Token" not in str(await sandbox.requests())


async def test_a_webhook_may_answer_with_a_method(sandbox: Sandbox, store: Bot) -> None:
    async with receiving() as (receiver, url):
        chat = (await sandbox.people())["Иван"]["chat_id"]
        receiver.reply = {"method": "sendMessage", "chat_id": chat, "text": "из вебхука"}
        await store.set_webhook(url)
        await sandbox.writes("Иван", "раз")
        assert await sandbox.received("Иван", contains="из вебхука")


async def test_a_webhook_may_get_an_update_twice(sandbox: Sandbox, store: Bot) -> None:
    async with receiving() as (receiver, url):
        await store.set_webhook(url)
        await sandbox.fault("telegram", "duplicate_updates")
        await sandbox.writes("Иван", "эхо")
        first, again = await receiver.count(2)
        assert first == again
