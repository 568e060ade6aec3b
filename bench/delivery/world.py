"""A store at two messengers, one that takes our key and one that does not, and its servers."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import httpx
from sqlalchemy.exc import DBAPIError

from bench.processes import Processes, answers, free_port
from bench.rig import ANNA, OPERATORS_BOT, PRESSERS, STORE_BOT
from core.app import App, open_app
from core.channels.service import connect
from core.conversations.models import Author, Conversation
from core.conversations.receive import AccountRef, receive
from core.delivery.models import OutboundMessage
from core.delivery.service import Reply, plan, requested_before
from core.identity.permissions import Actor, Via
from core.identity.queries import actor_by_telegram
from core.identity.service import TelegramProfile, meet
from core.identity.sign_in import sign_in
from core.kernel.embedded import servers
from core.kernel.embedded.places import find_places
from core.kernel.settings import Settings, environment, load, variables
from core.onboarding.demo import seed
from core.ports.channel import ChannelKind, InboundMessage
from migrations.run import upgrade_async

OWNER = 9_000_000_000
_READY_SECONDS = 60.0
T = TypeVar("T")
DOWN = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, DBAPIError, TimeoutError)


@dataclass
class World:
    """What is there, and what happens in it. `threads` are the conversations, by account kind."""

    app: App
    settings: Settings
    tenant_id: UUID
    owner: Actor
    owner_url: str
    folder: Path
    stand_in: httpx.AsyncClient
    processes: Processes
    accounts: dict[ChannelKind, AccountRef]
    threads: dict[ChannelKind, list[UUID]] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    _written: int = 0

    async def control(self, verb: str, **asked: Any) -> Any:
        answer = await self.stand_in.post(f"/control/{verb}", json=asked)
        return answer.raise_for_status().json()

    async def sql(self) -> asyncpg.Connection:
        """As the owner: for the judge, and for what nobody but the exam does."""
        return await asyncpg.connect(self.owner_url)

    async def execute(self, statement: str, *values: Any) -> None:
        connection = await self.sql()
        await connection.execute(statement, *values)
        await connection.close()

    async def writes(self, kind: ChannelKind, chat: int, text: str) -> None:
        """A customer writes, as the host would hand it over."""
        self._written += 1
        message = InboundMessage(
            external_chat_id=str(chat),
            external_message_id=str(self._written),
            external_user_id=str(chat),
            user_name=f"Клиент {chat}",
            text=text,
            at=self.app.clock.now(),
        )
        async with self.app.uow(self.tenant_id) as uow:
            await receive(uow, self.accounts[kind], [message])

    async def meet(self, kind: ChannelKind, count: int, first: int) -> list[UUID]:
        """So many customers who have written once: their conversations."""
        messages = [
            InboundMessage(
                external_chat_id=str(chat),
                external_message_id=f"first-{chat}",
                external_user_id=str(chat),
                user_name=f"Клиент {chat}",
                text="Здравствуйте",
                at=self.app.clock.now(),
            )
            for chat in range(first, first + count)
        ]
        for at in range(0, count, 100):
            async with self.app.uow(self.tenant_id) as uow:
                await receive(uow, self.accounts[kind], messages[at : at + 100])
        sql = await self.sql()
        rows = await sql.fetch(
            "SELECT id FROM conversations WHERE account_id = $1 AND external_chat_id = ANY($2)",
            self.accounts[kind].id,
            [str(chat) for chat in range(first, first + count)],
        )
        await sql.close()
        found = [row["id"] for row in rows]
        self.threads.setdefault(kind, []).extend(found)
        return found

    async def plans(
        self,
        conversation_id: UUID,
        text: str,
        *,
        delay: float = 0.0,
        automatic: bool = False,
    ) -> OutboundMessage:
        """A reply, by the use case itself; `text` is its request too."""
        async with self.app.uow(self.tenant_id) as uow:
            thread = await uow.lock(Conversation, conversation_id)
            again = await requested_before(uow, text)
            if again is not None:
                return again
            reply = Reply(
                text=text,
                author=Author.SYSTEM if automatic else Author.OPERATOR,
                author_user_id=None,
                request_key=text,
                fence=thread.version if automatic else None,
            )
            return await plan(uow, thread, reply, delay=timedelta(seconds=delay))

    def postgres_folder(self) -> Path:
        return find_places(self.folder).postgres


def folder_for(exam: str) -> Path:
    """In memory where there is some: kill -9 takes nothing from the kernel, and disks are slow."""
    memory = Path("/dev/shm")  # noqa: S108 - a file system, not a file in a shared folder
    where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix=f"so-{exam}-", dir=where))


async def insist(act: Callable[[], Awaitable[T]], *, seconds: float = 60) -> T:
    """Once more while the database is away: what it does must be the same done twice."""
    end = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await act()
        except DOWN:
            if asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(0.05)


@asynccontextmanager
async def world(
    folder: Path, *, latency: tuple[float, float] = (2, 20), people: Sequence[int] = PRESSERS
) -> AsyncIterator[World]:
    """Servers, the stand-in, the store with both accounts; no role runs yet."""
    for name in variables():
        os.environ.pop(name, None)
    async with contextlib.AsyncExitStack() as stack:
        embedded = await stack.enter_async_context(servers(folder))
        await upgrade_async(embedded.database_url_owner)
        port, stand_in_port = free_port(), free_port()
        base = f"http://127.0.0.1:{stand_in_port}"
        settings = _settings(folder, base, port)
        settings = settings.model_copy(
            update={"database_url": embedded.database_url, "redis_url": embedded.redis_url}
        )
        processes = Processes(folder / "logs", {**os.environ, **environment(settings)})
        stack.callback(processes.stop_all)
        least, most = (str(edge) for edge in latency)
        processes.start("stand_in", "bench.delivery.stand_in", str(stand_in_port), least, most)
        await answers(stand_in_port)
        app = await stack.enter_async_context(open_app(settings, role="bench"))
        client = httpx.AsyncClient(base_url=base, timeout=60, trust_env=False)
        await stack.enter_async_context(client)
        ready = await _store(app, settings, embedded.database_url_owner, folder, client, processes)
        ready.tokens = await _sign_in(app, people)
        yield ready


def _settings(folder: Path, base: str, port: int) -> Settings:
    os.environ.update(
        {
            "VAR_DIR": str(folder),
            "SANDBOX": "0",
            "PORT": str(port),
            "TELEGRAM_BOT_TOKEN": OPERATORS_BOT,
            "TELEGRAM_API_BASE": base,
            "LOG_LEVEL": "WARNING",
            "LOG_FORMAT": "json",
            "AI_SUGGESTIONS_ENABLED": "0",
        }
    )
    return load(None)


async def _store(
    app: App,
    settings: Settings,
    owner_url: str,
    folder: Path,
    client: httpx.AsyncClient,
    processes: Processes,
) -> World:
    """The demo's store; Анна alone is on duty, nothing can be undone, the AI is silent."""
    people = [
        {"name": "Олег", "role": "owner", "user_id": OWNER, "chat_id": OWNER},
        *(
            {"name": f"Оператор {who}", "role": "operator", "user_id": who, "chat_id": who}
            for who in (ANNA, *PRESSERS)
        ),
    ]
    tenant_id = await seed(app, people, STORE_BOT)
    async with app.platform_uow() as puow:
        owner = await actor_by_telegram(puow, OWNER, Via.BOT, tenant_id)
    assert owner is not None
    kind = ChannelKind.TELEGRAM_PERSONAL
    async with app.uow(tenant_id) as uow:
        await connect(uow, owner, app.vault, kind, "5551", "Личный", "secret", {})
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "UPDATE memberships SET on_duty_since = NULL WHERE user_id <>"
        " (SELECT id FROM users WHERE telegram_user_id = $1)",
        ANNA,
    )
    await connection.execute("UPDATE tenant_settings SET undo_seconds = 0")
    rows = await connection.fetch("SELECT id, kind FROM channel_accounts")
    await connection.close()
    accounts = {
        ChannelKind(row["kind"]): AccountRef(row["id"], ChannelKind(row["kind"])) for row in rows
    }
    return World(app, settings, tenant_id, owner, owner_url, folder, client, processes, accounts)


async def _sign_in(app: App, people: Sequence[int]) -> list[str]:
    """A session of the API for each: everybody has a limit of their own."""
    tokens = []
    for who in people:
        async with app.platform_uow() as puow:
            user = await meet(puow, TelegramProfile(who, f"Оператор {who}", "ru", chat_id=who))
            tokens.append((await sign_in(puow, user)).access_token)
    return tokens
