"""Telegram's pushes: the secret first, then durable, then 200."""

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import orjson
import pytest

from core.app import App
from core.channels.models import ChannelAccount
from core.flags.models import TenantFlag
from core.kernel.crypto import fingerprint
from core.kernel.ids import new_id
from core.ports.channel import ChannelKind
from tests.api.conftest import WEBHOOK_SECRET, Store
from tests.support.examples import examples

OPERATOR = "/webhooks/telegram/operator"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
ACCOUNT_SECRET = "account-secret-1"


def _update(number: int = 1, chat: int = 42) -> bytes:
    message = {"message_id": 1, "date": 1, "chat": {"id": chat}, "text": "Есть АКПП? 🚗"}
    # A space that no serializer would put there: the text is kept, not what it decodes to.
    return orjson.dumps({"update_id": number, "message": message}).replace(b"{", b"{ ", 1)


@pytest.fixture
async def account(core: App, store: Store) -> UUID:
    account_id = new_id()
    now = core.clock.now()
    async with core.uow(store.id) as uow:
        uow.add(
            ChannelAccount(
                tenant_id=store.id,
                id=account_id,
                kind=ChannelKind.TELEGRAM_BOT,
                name="shop_bot",
                external_id="800",
                webhook_secret_hash=fingerprint(ACCOUNT_SECRET),
                state_changed_at=now,
                connected_at=now,
            )
        )
        uow.add(
            TenantFlag(
                tenant_id=store.id, name="TELEGRAM_CHANNEL_ENABLED", enabled=True, changed_at=now
            )
        )
    return account_id


async def _kept(core: App, table: str) -> list[tuple[str, str]]:
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        rows = await sql.fetch(f"SELECT lane, payload FROM {table}")  # noqa: S608
    return [(row["lane"], row["payload"]) for row in rows]


async def test_an_update_is_kept_as_it_came_and_once(http: httpx.AsyncClient, core: App) -> None:
    for _ in range(2):
        answer = await http.post(OPERATOR, content=_update(), headers={HEADER: WEBHOOK_SECRET})
        assert (answer.status_code, answer.content) == (200, b"")
    assert await _kept(core, "operator_updates") == [("42", _update().decode())]


async def test_a_stores_update_is_kept_for_its_store(
    http: httpx.AsyncClient, core: App, account: UUID, store: Store
) -> None:
    path = f"/webhooks/telegram/{account}"
    for number in (7, 7, 8):
        answer = await http.post(path, content=_update(number), headers={HEADER: ACCOUNT_SECRET})
        assert answer.status_code == 200
    async with core.uow(store.id) as uow:
        sql = await uow.sql()
        rows = await sql.fetch("SELECT external_id, lane FROM channel_updates ORDER BY id")
    assert [(row["external_id"], row["lane"]) for row in rows] == [("7", "42"), ("8", "42")]


@examples(
    "secret",
    [
        None,
        b"",
        b"wrong",
        WEBHOOK_SECRET.encode() + b"x",
        "секрет".encode(),
        b"\xff\xfe",
        b"\x80" * 300,
    ],
)
async def test_without_the_secret_nothing_is_read(
    http: httpx.AsyncClient, core: App, account: UUID, secret: bytes | None
) -> None:
    headers = [] if secret is None else [(HEADER.encode(), secret)]
    answers = [
        await http.post(path, content=b"{not even json", headers=headers)
        for path in (
            OPERATOR,
            f"/webhooks/telegram/{account}",
            f"/webhooks/telegram/{new_id()}",
            "/webhooks/telegram/none",
            "/webhooks/telegram/",
        )
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, b"")}
    assert {tuple(sorted(answer.headers)) for answer in answers} == {
        tuple(sorted(answers[0].headers))
    }
    assert await _kept(core, "operator_updates") == await _kept(core, "channel_updates") == []


async def test_one_accounts_secret_opens_no_other_door(
    http: httpx.AsyncClient, account: UUID
) -> None:
    for path, secret in (
        (OPERATOR, ACCOUNT_SECRET),
        (f"/webhooks/telegram/{account}", WEBHOOK_SECRET),
    ):
        answer = await http.post(path, content=_update(), headers={HEADER: secret})
        assert answer.status_code == 401


@examples(
    "body",
    [b"", b"{", b"[]", b"1", b'{"update_id": "1"}', b'{"update_id": true}', b'{"message": {}}',
     b'{"update_id": 9223372036854775808}', b'{"update_id": -1}', b"\xff", b"[" * 5000,
     b'{"update_id": 1, "message": "\xd0"}'],
)  # fmt: skip
async def test_what_is_no_update_is_not_asked_for_again(
    http: httpx.AsyncClient, core: App, body: bytes
) -> None:
    answer = await http.post(OPERATOR, content=body, headers={HEADER: WEBHOOK_SECRET})
    assert (answer.status_code, answer.content) == (200, b"")
    assert await _kept(core, "operator_updates") == []


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"callback_query": {"from": {"id": 5}, "message": {"chat": {"id": 6}}}}, "6"),
        ({"inline_query": {"from": {"id": 5}}}, "5"),
        ({"my_chat_member": {"chat": {"id": -100}, "from": {"id": 5}}}, "-100"),
        ({"poll": {"id": "1"}}, ""),
        ({"something_new": [1, 2]}, ""),
        ({"message": {"chat": "odd", "from": "odd"}}, ""),
    ],
)
async def test_the_lane_is_the_chat_else_the_person(
    http: httpx.AsyncClient, core: App, update: dict[str, object], lane: str
) -> None:
    body = orjson.dumps({"update_id": 3, **update})
    answer = await http.post(OPERATOR, content=body, headers={HEADER: WEBHOOK_SECRET})
    assert answer.status_code == 200
    assert [kept for kept, _ in await _kept(core, "operator_updates")] == [lane]


async def test_a_body_without_end_is_cut_off(address: str, core: App) -> None:
    """No length is said: the chunks are counted as they come."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        answer = await client.post(OPERATOR, content=endless(), headers={HEADER: WEBHOOK_SECRET})
    assert answer.status_code == 413
    assert await _kept(core, "operator_updates") == []


async def test_a_disconnected_account_and_a_flag_turned_off_take_nothing(
    http: httpx.AsyncClient, core: App, account: UUID, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.channels.doors._FRESH_SECONDS", 0.0)
    monkeypatch.setattr("core.flags.service._FRESH_SECONDS", 0.0)
    monkeypatch.setattr("core.flags.service._OLDEST_SECONDS", 0.0)
    path = f"/webhooks/telegram/{account}"

    async def push(number: int) -> int:
        answer = await http.post(path, content=_update(number), headers={HEADER: ACCOUNT_SECRET})
        return answer.status_code

    async def change(statement: str) -> None:
        async with core.uow(store.id) as uow:
            await (await uow.sql()).execute(statement)

    assert await push(1) == 200
    await change("UPDATE tenant_flags SET enabled = false")
    assert await push(2) == 503
    await change("UPDATE tenant_flags SET enabled = true")
    assert await push(2) == 200
    await change("UPDATE channel_accounts SET disconnected_at = now()")
    assert await push(3) == 401


async def test_when_the_database_cannot_keep_it_telegram_shall_try_again(
    http: httpx.AsyncClient, core: App
) -> None:
    await core.db.hot.close()
    answer = await http.post(OPERATOR, content=_update(), headers={HEADER: WEBHOOK_SECRET})
    assert (answer.status_code, answer.content) == (503, b"")


async def test_a_wrong_secret_is_refused_before_the_body_has_come(address: str) -> None:
    """The answer is there although only the head of the request was sent."""
    parts = urlsplit(address)
    head = f"POST {OPERATOR} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n{HEADER}: wrong\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.setblocking(False)  # noqa: FBT003
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(line, head.encode())
        async with asyncio.timeout(5):
            answer = await loop.sock_recv(line, 4096)
    assert answer.startswith(b"HTTP/1.1 401")
