"""The whole product in this test's own loop, and the people around it, who speak the domain.

`shop = await world.shop(); ivan = await shop.customer("Иван"); await ivan.writes("…");
card = await anna.card("…"); await anna.taps("Отправить"); assert await ivan.receives("…")`

The roles are the real ones, on a database and a Redis of the test's own; they meet the people in
a sandbox over HTTP. Nobody sleeps: every look at a chat is held by the sandbox until the chat
shows what is looked for.
"""

import asyncio
import base64
import itertools
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import func, select

import api.serve
import bot.serve
import connectors.host
import core.worker
from core.app import App, open_app
from core.catalog.service import put_products
from core.channels.service import connect_telegram_bot
from core.identity.duty import set_duty
from core.identity.invites import invite, join
from core.identity.permissions import Actor, Role, Via
from core.identity.queries import actor_by_telegram
from core.identity.service import TelegramProfile
from core.kernel.heartbeat import seen_lately
from core.kernel.settings import Settings
from core.knowledge.models import IndexingJob
from core.knowledge.service import put_document
from core.onboarding.create_owner import create_owner
from core.onboarding.demo.goods import documents, products
from core.tenants.service import settings_of
from sandbox.testing import Sandbox
from tests.support.waiting import until

Json = dict[str, Any]
SOON = 15.0  # what must happen has happened by then, on a busy machine too
_FAST = {"quiet_milliseconds": 50, "undo_seconds": 0}
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))


def plain(text: str) -> str:
    """Thin and hard spaces as plain ones: a reader does not see the difference."""
    return text.translate(_SPACES)


@dataclass(frozen=True)
class Shown:
    """A message of a chat at the moment it was looked at."""

    raw: Json

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        return plain(self.raw["text"])

    @property
    def buttons(self) -> dict[str, str]:
        """What they say, and what a press would tell the bot."""
        return {
            button["text"]: button.get("callback_data", "")
            for row in self.raw["buttons"]
            for button in row
        }

    def says(self, parts: Sequence[str]) -> bool:
        return all(plain(part) in self.text for part in parts)


@dataclass
class Chat:
    """A person's chat with a bot."""

    sandbox: Sandbox
    name: str
    id: int
    bot: str

    @property
    def _path(self) -> str:
        return f"telegram/chats/{self.id}/messages"

    async def writes(
        self, text: str = "", *, files: Sequence[Json] = (), to: Shown | None = None
    ) -> list[int]:
        """Send to the bot; the ids of the messages."""
        body: Json = {"text": text, "files": list(files)}
        if to is not None:
            body["reply_to"] = to.id
        sent = await self.sandbox.call("POST", self._path, body, bot=self.bot)
        return [int(number) for number in sent["message_ids"]]

    async def edits(self, message_id: int, text: str) -> None:
        await self.sandbox.call("PATCH", f"{self._path}/{message_id}", {"text": text}, bot=self.bot)

    async def shows(self, *, after: int = 0) -> list[Shown]:
        """All that the bot has there now, oldest first."""
        found = await self.sandbox.call("GET", self._path, bot=self.bot, from_bot=True, after=after)
        return [Shown(message) for message in found["messages"]]

    async def sees(
        self,
        *parts: str,
        button: str | None = None,
        without: str | None = None,
        after: int = 0,
        only: Shown | None = None,
        seconds: float = SOON,
    ) -> Shown:
        """The newest message of the bot's that says all this, once there is one."""
        loop = asyncio.get_running_loop()
        end, version = loop.time() + seconds, -1
        latest: list[dict[str, Any]] = []
        while (left := end - loop.time()) > 0:
            found = await self.sandbox.call(
                *("GET", self._path),
                bot=self.bot,
                from_bot=True,
                after=after,
                version=version,
                wait=min(left, 30),
            )
            version, latest = found["version"], found["messages"] or latest
            for message in reversed([Shown(raw) for raw in found["messages"]]):
                if (
                    message.says(parts)
                    and (only is None or message.id == only.id)
                    and (button is None or button in message.buttons)
                    and (without is None or plain(without) not in message.text)
                ):
                    return message
        shown = "\n---\n".join(
            f"{Shown(raw).id} {Shown(raw).text} {list(Shown(raw).buttons)}" for raw in latest[-5:]
        )
        raise AssertionError(
            f"{self.name} does not see {parts} {button or ''} within {seconds:.0f} s, but:\n{shown}"
        )

    async def blocks_bot(self, *, blocked: bool = True) -> None:
        await self.sandbox.call(
            "POST", "telegram/blocks", {"user_id": self.id, "bot": self.bot, "blocked": blocked}
        )


@dataclass
class Customer(Chat):
    """Writes to the store's bot."""

    async def receives(self, *parts: str, seconds: float = SOON) -> str:
        return (await self.sees(*parts, seconds=seconds)).text

    async def got(self) -> list[str]:
        """Everything the store has sent until now."""
        return [message.text for message in await self.shows()]


@dataclass
class Member(Chat):
    """A person of the store, in the chat with the operators' bot."""

    actor: Actor

    async def card(
        self, *parts: str, button: str | None = "Отправить", seconds: float = SOON
    ) -> Shown:
        """A card with these words, ready to be decided upon (or with another button)."""
        return await self.sees(*parts, button=button, seconds=seconds)

    async def taps(self, label: str, on: Shown | None = None) -> str:
        """Press a button, on the newest message that has it if none is named; what is answered."""
        message = on or await self.sees(button=label)
        if label not in message.buttons:
            message = await self.sees(button=label, only=message)
        answer = await self.sandbox.call(
            "POST",
            "telegram/callbacks",
            {
                "chat_id": self.id,
                "message_id": message.id,
                "user_id": self.id,
                "data": message.buttons[label],
                "bot": self.bot,
            },
        )
        return plain((answer["answer"] or {}).get("text") or "")

    async def replies(self, text: str, to: Shown) -> int:
        [message_id] = await self.writes(text, to=to)
        return message_id


@dataclass
class Shop:
    """A store with its owner Олег and its operator Анна, its own bot and its own customers."""

    world: "World"
    tenant_id: UUID
    bot: str
    account_id: UUID
    oleg: Member
    anna: Member

    async def customer(self, name: str, *, language: str = "ru") -> Customer:
        chat_id = await self.world.person(name, "customer", [self.bot], language=language)
        return Customer(self.world.sandbox, name, chat_id, self.bot)

    async def operator(self, name: str) -> Member:
        return await self.world.hire(self.tenant_id, self.oleg.actor, name)

    async def change(self, **settings: object) -> None:
        async with self.world.app.uow(self.tenant_id) as uow:
            row = await settings_of(uow)
            for name, value in settings.items():
                setattr(row, name, value)

    async def rows(self, sql: str, *values: object) -> list[Any]:
        """Read the database; `$1` is the store."""
        async with self.world.app.db.hot_platform() as connection:
            return list(await connection.fetch(sql, self.tenant_id, *values))

    async def stocked(self, *, fully: bool = False) -> None:
        """The demo store's gearbox U250E-CAM40, or all its goods and papers, ready to be found."""
        goods = [one for one in products() if fully or getattr(one, "sku", "") == "U250E-CAM40"]
        async with self.world.app.uow(self.tenant_id) as uow:
            report = await put_products(uow, self.oleg.actor, goods)
            assert not report.rejected
            for document in documents() if fully else []:
                await put_document(uow, self.oleg.actor, document)

        async def indexed() -> bool:
            async with self.world.app.uow(self.tenant_id) as uow:
                left = await uow.session.scalar(
                    select(func.count()).where(IndexingJob.tenant_id == self.tenant_id)
                )
            return left == 0

        await until(indexed, seconds=30)


@dataclass
class World:
    """The running product, and a sandbox full of people."""

    app: App
    sandbox: Sandbox
    api_url: str
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def shop(self, name: str = "", **settings: object) -> Shop:
        """A new store whose bot is open. Short pauses, unless the story is about them."""
        number = next(self._numbers)
        username = f"shop{number}_bot"
        token = f"{7_200_000_000 + number}:shop_{number}_token"
        await self.sandbox.call(
            "POST",
            "telegram/bots",
            {"token": token, "username": username, "name": f"Лавка {number}"},
        )
        founder = await self.person("Олег", "owner")
        profile = TelegramProfile(founder, "Олег", "ru", founder)
        async with self.app.platform_uow() as puow:
            created = await create_owner(puow, name or f"Лавка {number}", founder=profile)
        async with self.app.platform_uow() as puow:
            owner = await actor_by_telegram(puow, founder, Via.BOT, created.tenant_id)
        assert owner is not None
        async with self.app.uow(created.tenant_id) as uow:
            # Анна alone is on duty, so that what reaches Олег has been sent to him.
            await set_duty(uow, owner, on=False)
            account = await connect_telegram_bot(uow, owner, self.app.vault, token)
        shop = Shop(
            self,
            created.tenant_id,
            username,
            account.id,
            Member(self.sandbox, "Олег", founder, self._operators_bot, owner),
            await self.hire(created.tenant_id, owner, "Анна"),
        )
        await shop.change(**{**_FAST, **settings})

        async def open_() -> bool:
            [row] = await shop.rows("SELECT state FROM channel_accounts WHERE tenant_id = $1")
            return bool(row["state"] == "connected")

        await until(open_, seconds=SOON)
        return shop

    async def person(
        self, name: str, role: str, starts: Sequence[str] | None = None, *, language: str = "ru"
    ) -> int:
        """Somebody new with a Telegram account; their chat's id."""
        body = {"name": name, "role": role, "language": language}
        found = await self.sandbox.call(
            "POST", "people", {**body, "starts": True if starts is None else list(starts)}
        )
        return int(found["chat_id"])

    async def stranger(self, name: str) -> Member:
        """Somebody who has started the operators' bot and belongs to no store."""
        chat_id = await self.person(name, "operator")
        nobody = Actor(None, UUID(int=0), name, Role.GUEST, Via.BOT, permissions=frozenset())
        return Member(self.sandbox, name, chat_id, self._operators_bot, nobody)

    async def hire(self, tenant_id: UUID, owner: Actor, name: str) -> Member:
        chat_id = await self.person(name, "operator")
        async with self.app.uow(tenant_id) as uow:
            _, token = invite(uow, owner, Role.OPERATOR)
        async with self.app.platform_uow() as puow:
            await join(puow, token, TelegramProfile(chat_id, name, "ru", chat_id))
        async with self.app.platform_uow() as puow:
            actor = await actor_by_telegram(puow, chat_id, Via.BOT, tenant_id)
        assert actor is not None
        return Member(self.sandbox, name, chat_id, self._operators_bot, actor)

    async def calm(self) -> None:
        """No fault and no script left for the next story."""
        await self.sandbox.call("DELETE", "faults")
        await self.sandbox.call("DELETE", "openai/script")

    @property
    def _operators_bot(self) -> str:
        return self.sandbox.operator_token.partition(":")[0]


def file(kind: str, name: str, content: bytes, *, album: str | None = None) -> Json:
    """A file for `writes(files=[…])`."""
    return {
        "kind": kind,
        "name": name,
        "base64": base64.b64encode(content).decode(),
        "album": album,
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


@asynccontextmanager
async def open_world(
    settings: Settings, sandbox: Sandbox, *, prefix: str = "world:", port: int | None = None
) -> AsyncIterator[World]:
    """Start the roles and wait until they live; stop them politely at the end."""
    port = port or free_port()
    settings = settings.model_copy(
        update={
            "port": port,
            "telegram_bot_token": SecretStr(sandbox.operator_token),
            "telegram_api_base": sandbox.telegram_base,
            "openai_api_key": SecretStr(sandbox.openai_key),
            "openai_base_url": sandbox.openai_base,
        }
    )
    stop = asyncio.Event()
    roles = {
        "worker": core.worker.serve,
        "channels": connectors.host.serve,
        "bot": bot.serve.serve,
        "api": api.serve.serve,
    }
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings, role="test", redis_prefix=prefix))
        running = []
        for role, serve in roles.items():
            its = await stack.enter_async_context(
                open_app(settings, role=role, redis_prefix=prefix, pool_size=5)
            )
            running.append(asyncio.create_task(serve(its, stop), name=role))
        try:
            await until(lambda: _alive(app, running, prefix), seconds=30)
            yield World(app, sandbox, f"http://127.0.0.1:{port}")
        finally:
            stop.set()
            await asyncio.gather(*running)


async def _alive(app: App, running: Sequence[asyncio.Task[None]], prefix: str) -> bool:
    for task in running:
        if task.done():
            task.result()
            raise AssertionError(f"the role {task.get_name()} has ended")
    seen = await seen_lately(app.nudges.redis, ("worker", "channels", "bot"), prefix=prefix)
    return all(seen.values())
