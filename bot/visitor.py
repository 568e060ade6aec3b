"""Who is at the other end, read from the database at every message and every press."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, User

from core.identity.permissions import Actor, Via
from core.identity.queries import people_of_telegram
from core.identity.service import TelegramProfile
from core.kernel.errors import DomainError, Kind
from core.kernel.i18n import Speaker

if TYPE_CHECKING:
    from core.app import App

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person and the stores they may act for at this moment, the current one first."""

    profile: TelegramProfile
    actors: tuple[Actor, ...]
    speaker: Speaker

    def actor(self) -> Actor:
        """For the current store; FORBIDDEN for a member of none."""
        if not self.actors:
            raise DomainError(Kind.FORBIDDEN, "auth.no_store")
        return self.actors[0]

    def actor_in(self, tenant_id: UUID) -> Actor:
        """For this very store; FORBIDDEN for whoever is no member of it."""
        for actor in self.actors:
            if actor.tenant_id == tenant_id:
                return actor
        raise DomainError(Kind.FORBIDDEN, "error.no_access")


async def visitor_of(app: "App", user: User, chat_id: int | None) -> Visitor:
    async with app.platform_uow() as puow:
        actors = await people_of_telegram(puow, user.id, Via.BOT)
    language = actors[0].language if actors else user.language_code
    profile = TelegramProfile(user.id, user.full_name, user.language_code, chat_id)
    return Visitor(profile, tuple(actors), Speaker(language))


class Meeting(BaseMiddleware):
    """Gives handlers `visitor`; leaves alone what no person has sent."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, Message | CallbackQuery) or event.from_user is None:
            return None
        message = event if isinstance(event, Message) else event.message
        private = message is not None and message.chat.type == "private"
        chat_id = message.chat.id if message is not None and private else None
        data["visitor"] = await visitor_of(data["app"], event.from_user, chat_id)
        return await handler(event, data)
