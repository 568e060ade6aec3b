"""Refusals in the reader's language: to a press by an alert, to a message by an answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.html import plain
from bot.press import Press
from core.kernel.errors import DomainError
from core.kernel.i18n import Speaker, knows

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class _Said(dict[str, object]):
    """A place of a text that nobody fills stays empty."""

    def __missing__(self, key: str) -> str:
        return ""


def refusal_text(refusal: DomainError, speaker: Speaker) -> str:
    """What was refused and what can be done, as a sentence."""
    key = refusal.key
    status = f"{key}.{refusal.params.get('status')}"
    if knows(status, speaker.language):
        key = status
    if not knows(key, speaker.language):
        key = "error.unknown"
    values = {
        name: speaker.clock(value) if isinstance(value, datetime) else value
        for name, value in refusal.params.items()
    }
    return speaker.say(key).format_map(_Said(values))


class Refusing(BaseMiddleware):
    """Turns a DomainError into words; everything else goes on to be tried again."""

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        speaker: Speaker = data["visitor"].speaker
        if isinstance(event, CallbackQuery):
            async with Press(event) as press:
                data["press"] = press
                try:
                    return await handler(event, data)
                except DomainError as refusal:
                    return await press.say(refusal_text(refusal, speaker), alert=True)
        try:
            return await handler(event, data)
        except DomainError as refusal:
            if isinstance(event, Message):
                await event.reply(plain(refusal_text(refusal, speaker)).source)
        return None
