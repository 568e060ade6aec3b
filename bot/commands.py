"""The list of commands Telegram offers: to everybody, and to each by what they may do."""

from collections.abc import Iterator
from contextlib import suppress

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeChat

from core.identity.permissions import Actor, Permission
from core.kernel.i18n import LANGUAGES, Speaker

_EVERYBODY = ("inbox", "duty", "settings", "language", "help")
_NEEDS = {
    "review": Permission.MANAGE_CONVERSATIONS,
    "autosend": Permission.MANAGE_AUTOSEND,
    "replay": Permission.MANAGE_AUTOSEND,
    "invite": Permission.MANAGE_USERS,
    "connect": Permission.MANAGE_CHANNELS,
    "queue": Permission.MANAGE_CHANNELS,
}


async def offer_to_all(bot: Bot) -> None:
    """In each language; Russian is what others read."""
    for language in LANGUAGES:
        await bot.set_my_commands(
            _list(Speaker(language), _EVERYBODY),
            scope=BotCommandScopeAllPrivateChats(),
            language_code=None if language == "ru" else language,
        )


async def offer_to(bot: Bot, chat_id: int, actor: Actor) -> None:
    """What this person may do in the chat, in the language they chose."""
    speaker = Speaker(actor.language)
    with suppress(TelegramAPIError):
        await bot.set_my_commands(
            _list(speaker, tuple(_offered(actor))), scope=BotCommandScopeChat(chat_id=chat_id)
        )


def _offered(actor: Actor) -> Iterator[str]:
    """The common ones, with the rarer before the last two."""
    yield from _EVERYBODY[:-2]
    yield from (name for name, permission in _NEEDS.items() if actor.may(permission))
    yield from _EVERYBODY[-2:]


def _list(speaker: Speaker, names: tuple[str, ...]) -> list[BotCommand]:
    return [BotCommand(command=name, description=speaker.say(f"command.{name}")) for name in names]
