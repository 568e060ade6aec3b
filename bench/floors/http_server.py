"""HTTP/1.1 with keep-alive and nothing else, for what must cost little."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import cast

import httptools


@dataclass(slots=True)
class Request:
    """A request that has been read to its end."""

    path: str
    body: bytes


Answer = Callable[[Request], Awaitable[tuple[int, bytes]]]


class _Connection(asyncio.Protocol):
    """Requests of one connection come one after the other: no client here pipelines."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._parser = httptools.HttpRequestParser(self)
        self._url, self._body = b"", b""
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._url, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        request = Request(self._url.decode(), self._body)
        self._task = asyncio.create_task(self._reply(request))

    async def _reply(self, request: Request) -> None:
        status, body = await self._answer(request)
        if self._transport is not None:
            head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: "
            self._transport.write(head.encode() + str(len(body)).encode() + b"\r\n\r\n" + body)


async def serve(port: int, answer: Answer) -> None:
    """Until cancelled, on loopback."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer), "127.0.0.1", port)
    async with server:
        await server.serve_forever()
