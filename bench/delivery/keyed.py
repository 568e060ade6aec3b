"""A channel that takes our key, as Telegram Personal does: for these exams alone, over HTTP."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

import aiohttp
import orjson

from core.ports.channel import (
    Account,
    Capabilities,
    ChannelKind,
    FileGone,
    Inbound,
    Keep,
    Later,
    Outbound,
    Profile,
    RawUpdate,
    SendOutcome,
    Sent,
    Session,
    Unsure,
)

_BEAT_SECONDS = 5


class KeyedConnector:
    """Opens accounts at a stand-in; a repeated send under one key arrives once."""

    kind = ChannelKind.TELEGRAM_PERSONAL
    capabilities = Capabilities(takes_our_key=True, typing=True)

    def __init__(self, base: str) -> None:
        self._base = base
        self._http: aiohttp.ClientSession | None = None

    def read(self, update: RawUpdate) -> list[Inbound]:
        del update
        return []

    async def open(self, account: Account) -> Session:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=15),
                connector=aiohttp.TCPConnector(limit=0),
            )
        return KeyedSession(self._http, self._base, Profile(account.external_id, account.name))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()


class KeyedSession:
    """One account, open."""

    def __init__(self, http: aiohttp.ClientSession, base: str, profile: Profile) -> None:
        self.profile = profile
        self._http = http
        self._base = base

    async def pull(self, keep: Keep) -> None:
        while True:
            await keep([])
            await asyncio.sleep(_BEAT_SECONDS)

    async def send(self, message: Outbound) -> SendOutcome:
        body = {
            "key": str(message.key),
            "chat": message.external_chat_id,
            "text": message.text,
        }
        try:
            async with self._http.post(f"{self._base}/keyed/send", data=orjson.dumps(body)) as said:
                answer = orjson.loads(await said.read())
        except aiohttp.ClientConnectorError:
            return Later(0.5, "channel.unreachable")
        except (aiohttp.ClientError, TimeoutError):
            return Unsure("channel.no_answer")
        return Sent(str(answer["id"]), datetime.now(UTC))

    async def typing(self, external_chat_id: str) -> None:
        del external_chat_id

    async def fetch(self, external_file_id: str) -> AsyncGenerator[bytes, None]:
        if external_file_id:
            raise FileGone(external_file_id)
        yield b""

    async def probe(self) -> None: ...

    async def close(self) -> None: ...
