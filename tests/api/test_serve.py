"""The role itself: it listens where it is told, and ends when it is told."""

import asyncio
import socket

import httpx

from api.serve import serve
from core.app import open_app
from core.kernel.settings import Settings
from tests.support.waiting import until


async def test_the_role_serves_until_it_is_stopped(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stop = asyncio.Event()
    async with open_app(settings.model_copy(update={"port": port}), role="api") as app:
        serving = asyncio.create_task(serve(app, stop))
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            answer = await _first_answer(client, serving)
        assert answer.json() == {"status": "ok"}
        assert "server" not in answer.headers
        stop.set()
        async with asyncio.timeout(10):
            await serving


async def _first_answer(client: httpx.AsyncClient, serving: asyncio.Task[None]) -> httpx.Response:
    async def ask() -> httpx.Response | None:
        assert not serving.done()
        try:
            return await client.get("/healthz")
        except httpx.ConnectError:
            return None

    answer = await until(ask, seconds=10)
    assert answer is not None
    return answer
