"""Faults fall on the calls they name, as often as they say, and on no others."""

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from openai import APIConnectionError, AsyncOpenAI, InternalServerError, RateLimitError

from sandbox.testing import Sandbox

pytestmark = pytest.mark.asyncio


async def test_telegram_asks_to_wait_and_then_goes_on(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    await sandbox.fault("telegram", "429", method="sendMessage", seconds=7)
    await store.get_me()
    with pytest.raises(TelegramRetryAfter) as refusal:
        await store.send_message(chat, "раз")
    assert refusal.value.retry_after == 7
    await store.send_message(chat, "два")
    assert [m["text"] for m in await sandbox.received("Иван")] == ["два"]
    rows = await sandbox.requests(method="sendMessage")
    assert [row["status"] for row in rows] == [429, 200]


async def test_an_answer_lost_after_the_message_was_taken(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    await sandbox.fault("telegram", "drop_after_accept", method="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await store.send_message(chat, "дошло, но без ответа")
    assert [m["text"] for m in await sandbox.received("Иван")] == ["дошло, но без ответа"]
    await sandbox.fault("telegram", "drop_before", method="sendMessage")
    with pytest.raises(TelegramNetworkError):
        await store.send_message(chat, "не дошло")
    assert len(await sandbox.received("Иван")) == 1
    assert [r["status"] for r in await sandbox.requests(method="sendMessage")] == [None, None]


async def test_errors_rubbish_and_blocks(sandbox: Sandbox, store: Bot) -> None:
    people = await sandbox.people()
    ivan, sveta = people["Иван"]["chat_id"], people["Светлана"]["chat_id"]
    await sandbox.fault("telegram", "error", times=2)
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await store.send_message(ivan, "?")
    await sandbox.fault("telegram", "rubbish")
    with pytest.raises(Exception, match=r"(?i)decode|json|html"):
        await store.send_message(ivan, "?")
    await sandbox.fault("telegram", "blocked", chat_id=ivan, times=-1)
    await store.send_message(sveta, "мимо")
    for _ in range(3):
        with pytest.raises(TelegramForbiddenError):
            await store.send_message(ivan, "?")
    assert (await sandbox.call("DELETE", "faults"))["removed"] == 1
    await store.send_message(ivan, "снова")


async def test_the_ai_fails_in_its_own_ways(sandbox: Sandbox, openai: AsyncOpenAI) -> None:
    async def ask() -> str | None:
        done = await openai.chat.completions.create(
            model="gpt-4.1-mini", messages=[{"role": "user", "content": "Цена?"}]
        )
        return done.choices[0].message.content

    for kind, refusal in (
        ("error", InternalServerError),
        ("429", RateLimitError),
        ("drop_before", APIConnectionError),
        ("drop_after_accept", APIConnectionError),
    ):
        await sandbox.fault("openai", kind, method="chat/completions")
        with pytest.raises(refusal):
            await ask()
    await sandbox.fault("openai", "rubbish")
    assert "not json" in str(await ask())
    assert "not json" not in str(await ask())


async def test_unnamed_faults_leave_polls_alone(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    await sandbox.fault("telegram", "error")
    assert await store.get_updates() == []
    with pytest.raises(TelegramServerError):
        await store.send_message(chat, "?")
    await sandbox.fault("telegram", "error", times=-1)
    with pytest.raises(TelegramServerError):
        await store.get_updates()
