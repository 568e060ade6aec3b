"""A sandbox of one's own for a test: `async with running_sandbox() as sb: … sb.url`."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from sandbox.main import address, listen, server_config
from sandbox.shapes import Json
from sandbox.tokens import OPENAI_API_KEY, OPERATOR_BOT_TOKEN, STORE_BOT_TOKEN
from sandbox.world import World

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # loopback only; saves loading certificates


@dataclass(slots=True)
class Sandbox:
    """A client of a sandbox's control API; works against any running one by its address."""

    url: str
    http: httpx.AsyncClient

    operator_token: str = OPERATOR_BOT_TOKEN
    store_token: str = STORE_BOT_TOKEN
    openai_key: str = OPENAI_API_KEY

    @property
    def telegram_base(self) -> str:
        """For aiogram's TelegramAPIServer.from_base and TELEGRAM_API_BASE."""
        return f"{self.url}/telegram"

    @property
    def openai_base(self) -> str:
        return f"{self.url}/openai/v1"

    async def call(
        self, method: str, path: str, body: Json | None = None, /, **query: object
    ) -> Json:
        """One request under /sandbox; anything but 2xx raises with the answer in it."""
        params = {name: str(value) for name, value in query.items() if value is not None}
        answer = await self.http.request(
            method, f"{self.url}/sandbox/{path.lstrip('/')}", json=body, params=params
        )
        if not answer.is_success:
            message = f"{method} {path}: {answer.status_code} {answer.text}"
            raise RuntimeError(message)
        found: Json = answer.json()
        return found

    async def people(self) -> dict[str, Json]:
        """Everyone by name."""
        found = await self.call("GET", "people")
        return {person["name"]: person for person in found["people"]}

    async def writes(self, name: str, text: str = "", **message: object) -> Json:
        """A person writes to their usual bot; returns message_id, message_ids, messages."""
        return await self.call("POST", f"customers/{name}/messages", {"text": text, **message})

    async def received(
        self, name: str, *, contains: str | None = None, after: int = 0, wait: float = 5.0
    ) -> list[Json]:
        """What the person got from the bot, held until something fits."""
        found = await self.call(
            "GET", f"customers/{name}/messages", contains=contains, after=after, wait=wait
        )
        messages: list[Json] = found["messages"]
        return messages

    async def shown(
        self, chat_id: int, *, contains: str | None = None, after: int = 0, wait: float = 5.0
    ) -> list[Json]:
        """What the bot shows in a chat, held until something fits."""
        found = await self.call(
            "GET",
            f"telegram/chats/{chat_id}/messages",
            contains=contains,
            after=after,
            wait=wait,
            from_bot=True,
        )
        messages: list[Json] = found["messages"]
        return messages

    async def presses(
        self, chat_id: int, message_id: int, data: str, *, user_id: int | None = None
    ) -> Json | None:
        """Press a button; the bot's answer {"text", "alert"} or None."""
        found = await self.call(
            "POST",
            "telegram/callbacks",
            {"chat_id": chat_id, "message_id": message_id, "data": data, "user_id": user_id},
        )
        answer: Json | None = found["answer"]
        return answer

    async def fault(self, target: str, kind: str, **fault: object) -> Json:
        return await self.call("POST", "faults", {"target": target, "kind": kind, **fault})

    async def script(self, *rules: Json) -> Json:
        return await self.call("POST", "openai/script", {"rules": list(rules)})

    async def requests(self, **query: object) -> list[Json]:
        found = await self.call("GET", "requests", None, **query)
        rows: list[Json] = found["requests"]
        return rows

    async def init_data(self, user_id: int, **more: object) -> str:
        found = await self.call("POST", "telegram/init-data", {"user_id": user_id, **more})
        return str(found["init_data"])


class GuestServer(uvicorn.Server):
    """A server inside someone else's loop: leaves the signals alone, starts and stops at once."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.asked_to_stop = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        await self.asked_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self.servers:
            listener.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        running = list(self.server_state.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self.lifespan.shutdown()


@asynccontextmanager
async def serving(config: uvicorn.Config, sock: socket.socket) -> AsyncIterator[None]:
    """Serve on a bound socket inside this loop while the block runs."""
    server = GuestServer(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started and not task.done():  # noqa: ASYNC110
        await asyncio.sleep(0)  # uvicorn tells of its start by a plain flag
    try:
        yield
    finally:
        server.asked_to_stop.set()
        await task


@asynccontextmanager
async def running_sandbox(data: Path | None = None) -> AsyncIterator[Sandbox]:
    """A sandbox in this very loop, on a free port of loopback, gone with the block."""
    sock = listen("127.0.0.1", 0)
    url = address(sock)
    config = server_config(World(data), grace=0, log_level="critical")
    async with (
        serving(config, sock),
        httpx.AsyncClient(timeout=70, trust_env=False, verify=NO_TLS) as http,
    ):
        yield Sandbox(url, http)
