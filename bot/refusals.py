"""Refusals in the reader's language: to a press by an alert, to a message by an answer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, Message, TelegramObject, Update

from bot.html import plain
from bot.press import Press
from bot.telegram import shows_already
from bot.visitor import visitor_of
from core.kernel.errors import DomainError
from core.kernel.i18n import Speaker, knows

if TYPE_CHECKING:
    from core.app import App

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
                except TelegramBadRequest as refused:
                    # Whoever pressed waits for what Telegram would not show.
                    words = "" if shows_already(refused) else speaker.say("error.unknown")
                    await press.unless_answered(words, alert=True)
                    raise
        try:
            return await handler(event, data)
        except DomainError as refusal:
            if isinstance(event, Message):
                await event.reply(plain(refusal_text(refusal, speaker)).source)
        return None


async def regret(app: "App", told: Update) -> None:
    """What was asked could not be done, and will not be tried again: say so to whoever asked."""
    event = told.callback_query or told.message
    if event is None or event.from_user is None:
        return
    try:
        speaker = (await visitor_of(app, event.from_user, None)).speaker
    except Exception:  # it may be just this that fails
        speaker = Speaker(event.from_user.language_code)
    words = speaker.say("error.unknown")
    if isinstance(event, Message):
        await event.reply(plain(words).source)
        return
    async with Press(event) as press:
        await press.say(words, alert=True)
