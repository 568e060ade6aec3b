"""What a send comes to, from the sandbox over HTTP: sent, refused, later, or nobody knows."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from connectors.telegram_bot.client import TelegramBotConnector
from connectors.telegram_bot.login import identify
from core.kernel.errors import DomainError
from core.kernel.transaction import InsideTransaction, in_transaction
from core.ports.channel import (
    Account,
    AccountLost,
    FileGone,
    Later,
    Outbound,
    Rejected,
    Sent,
    Session,
    Unsure,
)
from core.ports.telegram import bot_id_of
from sandbox.testing import Sandbox


def account(token: str) -> Account:
    return Account(uuid4(), uuid4(), bot_id_of(token) or "", "бот", token, "hook-secret")


@pytest.fixture
async def connector(sandbox: Sandbox) -> AsyncIterator[TelegramBotConnector]:
    ready = TelegramBotConnector(sandbox.telegram_base)
    yield ready
    await ready.close()


@pytest.fixture
async def session(sandbox: Sandbox, connector: TelegramBotConnector) -> Session:
    return await connector.open(account(sandbox.store_token))


@pytest.fixture
async def ivan(sandbox: Sandbox) -> str:
    people = await sandbox.people()
    return str(people["Иван"]["chat_id"])


def to(chat: str, text: str = "Есть, 45 000 ₽", reply: str | None = None) -> Outbound:
    return Outbound(uuid4(), chat, text, reply)


async def test_what_is_sent_is_what_the_customer_reads(
    sandbox: Sandbox, session: Session, ivan: str
) -> None:
    written = await sandbox.writes("Иван", "Сколько?")
    text = "2 < 3 & «да» 👍 <b>не жирно</b> مرحبا"
    outcome = await session.send(to(ivan, text, str(written["message_id"])))
    assert isinstance(outcome, Sent)
    [message] = await sandbox.received("Иван", contains="2 < 3")
    assert message["text"] == text
    assert str(message["message_id"]) == outcome.external_message_id


async def test_a_blocked_bot_is_refused_and_the_customer_is_out_of_reach(
    sandbox: Sandbox, session: Session, ivan: str
) -> None:
    await sandbox.fault("telegram", "blocked", method="sendMessage")
    assert await session.send(to(ivan)) == Rejected("channel.blocked", customer_unreachable=True)


async def test_an_unknown_chat_and_an_impossible_text_are_refused(
    session: Session, ivan: str
) -> None:
    assert await session.send(to("999000999")) == Rejected(
        "channel.chat_not_found", customer_unreachable=True
    )
    assert await session.send(to(ivan, "я" * 4097)) == Rejected("channel.too_long")
    assert await session.send(to(ivan, " ")) == Rejected("channel.empty")


async def test_asked_for_patience_it_says_how_long(
    sandbox: Sandbox, session: Session, ivan: str
) -> None:
    await sandbox.fault("telegram", "429", method="sendMessage", seconds=7)
    assert await session.send(to(ivan)) == Later(7.0, "channel.slow_down")


@pytest.mark.parametrize("kind", ["drop_after_accept", "drop_before", "error", "rubbish"])
async def test_a_send_of_which_nothing_came_back_is_unsure(
    sandbox: Sandbox, session: Session, ivan: str, kind: str
) -> None:
    await sandbox.fault("telegram", kind, method="sendMessage")
    assert isinstance(await session.send(to(ivan)), Unsure)
    assert isinstance(await session.send(to(ivan)), Sent)


async def test_nothing_listening_means_surely_not_sent(
    connector: TelegramBotConnector, session: Session, ivan: str
) -> None:
    gone = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = gone.sockets[0].getsockname()[1]
    gone.close()
    await gone.wait_closed()
    connector._line.api = TelegramBotConnector(f"http://127.0.0.1:{port}")._line.api
    outcome = await session.send(to(ivan))
    assert isinstance(outcome, Later)
    assert outcome.why == "channel.unreachable"
    connector._line.api = TelegramBotConnector("http://no-such-host.invalid")._line.api
    assert isinstance(await session.send(to(ivan)), Later)


async def test_an_answer_that_does_not_come_in_time_is_unsure(
    sandbox: Sandbox, session: Session, ivan: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram_bot.client._ANSWER_SECONDS", 0.2)
    await sandbox.fault("telegram", "latency", method="sendMessage", seconds=1)
    assert await session.send(to(ivan)) == Unsure("channel.no_answer")


async def test_no_messenger_is_called_inside_a_transaction(session: Session, ivan: str) -> None:
    async with in_transaction():
        with pytest.raises(InsideTransaction):
            await session.send(to(ivan))
        with pytest.raises(InsideTransaction):
            await session.probe()


async def test_a_closed_session_sends_nothing(session: Session, ivan: str) -> None:
    await session.close()
    assert isinstance(await session.send(to(ivan)), Later)


async def test_a_wrong_token_is_told_apart_from_a_malformed_one(sandbox: Sandbox) -> None:
    profile = await identify(sandbox.telegram_base, sandbox.store_token)
    assert profile.external_id == bot_id_of(sandbox.store_token)
    for token, key in (
        ("7000000002:WRONG-WRONG-WRONG", "channel.token_refused"),
        ("не токен", "channel.token_malformed"),
    ):
        with pytest.raises(DomainError) as refused:
            await identify(sandbox.telegram_base, token)
        assert refused.value.key == key


async def test_a_revoked_token_is_lost(connector: TelegramBotConnector) -> None:
    wrong = account("7000000002:WRONG-WRONG-WRONG")
    with pytest.raises(AccountLost):
        await connector.open(wrong)


async def test_a_file_that_is_gone_says_so(session: Session) -> None:
    with pytest.raises(FileGone):
        async for _ in session.fetch("no-such-file"):
            pass


async def test_by_webhook_telegram_is_given_our_address_and_the_secret(sandbox: Sandbox) -> None:
    connector = TelegramBotConnector(sandbox.telegram_base, "http://127.0.0.1:9")
    mine = account(sandbox.store_token)
    session = await connector.open(mine)
    alive = asyncio.Event()

    async def keep(_: object) -> None:
        alive.set()

    pulling = asyncio.create_task(session.pull(keep))
    await alive.wait()
    pulling.cancel()
    await asyncio.gather(pulling, return_exceptions=True)
    [hook] = [row for row in await sandbox.requests() if row["method"] == "setWebhook"]
    assert hook["params"]["url"] == f"http://127.0.0.1:9/webhooks/telegram/{mine.id}"
    assert hook["params"]["secret_token"]
    await connector.close()
