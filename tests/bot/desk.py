"""The operators' desk: the real bot over HTTP against the sandbox, and the people at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select, update

from bot.serve import run
from core.app import App, open_app
from core.channels.models import ChannelAccount
from core.conversations.models import Conversation, Turn
from core.conversations.receive import AccountRef, receive
from core.identity.invites import enter
from core.identity.models import Membership
from core.identity.permissions import Role
from core.identity.service import TelegramProfile, meet
from core.kernel.ids import new_id
from core.kernel.settings import Settings
from core.notifications.cards import touch
from core.onboarding.create_owner import create_owner
from core.ports.channel import ChannelKind, InboundMessage
from core.suggestions.models import Suggestion
from core.tenants.models import TenantSettings
from sandbox.testing import Sandbox, running_sandbox

Shown = dict[str, Any]


@dataclass
class Person:
    """Somebody at the desk: writes to the bot, presses its buttons, sees what it shows."""

    name: str
    user_id: int
    sandbox: Sandbox
    pressed: list[str] = field(default_factory=list)

    async def writes(self, text: str = "", *, reply_to: int | None = None, **more: Any) -> None:
        await self.sandbox.call(
            "POST",
            f"telegram/chats/{self.user_id}/messages",
            {"text": text, "reply_to": reply_to, **more},
        )

    async def sees(self, contains: str, *, wait: float = 5) -> Shown:
        """The newest of the bot's messages that holds this."""
        found = await self.sandbox.shown(self.user_id, contains=contains, wait=wait)
        assert found, f"{self.name} does not see «{contains}»: {await self.everything()}"
        return found[-1]

    async def everything(self) -> list[str]:
        return [message["text"] for message in await self.sandbox.shown(self.user_id, wait=0)]

    async def presses(self, label: str, *, on: Shown) -> str:
        """What the bot answers to the press of a button, by its beginning."""
        button = next(b for row in on["buttons"] for b in row if b["text"].startswith(label))
        return await self.presses_data(button["callback_data"], on=on)

    async def presses_data(self, data: str, *, on: Shown) -> str:
        answer = await self.sandbox.presses(
            self.user_id, on["message_id"], data, user_id=self.user_id
        )
        return (answer or {}).get("text") or ""

    async def taps(self, label: str, contains: str) -> str:
        return await self.presses(label, on=await self.sees(contains))


@dataclass
class Desk:
    """One store with its bot connected, Анна and Мария on duty, Олег its owner."""

    app: App
    sandbox: Sandbox
    tenant_id: UUID
    account: AccountRef
    anna: Person
    maria: Person
    oleg: Person
    _number: int = 0

    async def person(self, name: str) -> Person:
        found = (await self.sandbox.people())[name]
        return Person(name, found["user_id"], self.sandbox)

    async def customer_writes(self, text: str, *, name: str = "Иван", chat: str = "700") -> None:
        """A message of a customer's, as the channel would hand it in."""
        self._number += 1
        message = InboundMessage(
            external_chat_id=chat,
            external_message_id=str(self._number),
            external_user_id=chat,
            user_name=name,
            text=text,
            at=datetime.now(UTC),
        )
        async with self.app.uow(self.tenant_id) as uow:
            await receive(uow, self.account, [message])

    async def drafted(self, text: str, *, chat: str = "700", **changes: Any) -> UUID:
        """A draft for the open turn, as the AI's work leaves it."""
        async with self.app.uow(self.tenant_id) as uow:
            thread = await uow.session.scalar(
                select(Conversation).where(Conversation.external_chat_id == chat)
            )
            assert thread is not None
            assert thread.turn_id is not None
            await uow.session.execute(
                update(Turn).where(Turn.id == thread.turn_id).values(state="ready")
            )
            suggestion = Suggestion(
                tenant_id=self.tenant_id,
                id=new_id(),
                conversation_id=thread.id,
                turn_id=thread.turn_id,
                fence=thread.version,
                draft=text,
                text=text,
                intent="price",
                score=Decimal("0.86"),
                created_at=uow.clock.now(),
                **changes,
            )
            uow.add(suggestion)
            await uow.session.flush()
            await touch(uow, thread.id)
            return suggestion.id

    async def rows(self, query: str, *values: Any) -> list[Any]:
        async with self.app.db.hot_platform() as sql:
            return list(await sql.fetch(query, *values))


@asynccontextmanager
async def running_bot(app: App) -> AsyncIterator[asyncio.Task[None]]:
    working = asyncio.create_task(run(app))
    try:
        yield working
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


@asynccontextmanager
async def open_desk(settings: Settings, *, bot: bool = True) -> AsyncIterator[Desk]:
    async with running_sandbox() as sandbox:
        ours = settings.model_copy(
            update={
                "telegram_bot_token": SecretStr(sandbox.operator_token),
                "telegram_api_base": sandbox.telegram_base,
                "sandbox": True,
            }
        )
        async with open_app(ours, role="bot") as app:
            desk = await _furnish(app, sandbox)
            if not bot:
                yield desk
                return
            async with running_bot(app):
                yield desk


async def _furnish(app: App, sandbox: Sandbox) -> Desk:
    people = await sandbox.people()

    def profile(name: str) -> TelegramProfile:
        user_id = people[name]["user_id"]
        return TelegramProfile(user_id, name, "ru", user_id)

    async with app.platform_uow() as puow:
        store = await create_owner(puow, "Коробки", founder=profile("Олег"))
        for name in ("Анна", "Мария"):
            await enter(puow, await meet(puow, profile(name)), store.tenant_id, Role.OPERATOR)
        # The owner does not answer customers here: his chat shows only what he asks for.
        await puow.session.flush()
        await puow.session.execute(
            update(Membership).where(Membership.user_id == store.user_id).values(on_duty_since=None)
        )
    account = ChannelAccount(
        tenant_id=store.tenant_id,
        id=new_id(),
        kind=ChannelKind.TELEGRAM_BOT,
        name="shop",
        external_id="1",
        state_changed_at=app.clock.now(),
        connected_at=app.clock.now(),
    )
    async with app.uow(store.tenant_id) as uow:
        uow.add(account)
        await uow.session.execute(update(TenantSettings).values(undo_seconds=30))
    anna, maria, oleg = (
        Person(name, people[name]["user_id"], sandbox) for name in ("Анна", "Мария", "Олег")
    )
    ref = AccountRef(account.id, ChannelKind.TELEGRAM_BOT)
    return Desk(app, sandbox, store.tenant_id, ref, anna, maria, oleg)
