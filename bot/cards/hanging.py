"""The two calls that hang a card. Every message costs one or two of them, so they are bare.

aiogram's own methods build a model of the keyboard twice and one of the whole answer: more work
than all the rest of a card. Of the answer only the number is wanted.
"""

from typing import Any

import orjson
from aiogram import Bot
from aiogram.methods import TelegramMethod

from bot.cards.screen import Screen

_NO_PREVIEW = orjson.dumps({"is_disabled": True}).decode()


class SendCard(TelegramMethod[dict[str, Any]]):
    """sendMessage, with what is JSON in it already in words."""

    __returning__ = dict[str, Any]
    __api_method__ = "sendMessage"

    chat_id: int
    text: str
    reply_markup: str
    parse_mode: str = "HTML"
    link_preview_options: str = _NO_PREVIEW


class EditCard(TelegramMethod[dict[str, Any]]):
    """editMessageText of a message that is the bot's own: it answers with the message."""

    __returning__ = dict[str, Any]
    __api_method__ = "editMessageText"

    chat_id: int
    message_id: int
    text: str
    reply_markup: str
    parse_mode: str = "HTML"
    link_preview_options: str = _NO_PREVIEW


async def hang(bot: Bot, chat_id: int, screen: Screen) -> int:
    """Send it; returns the message it hangs in."""
    sent = await bot(SendCard(chat_id=chat_id, text=screen.text, reply_markup=screen.markup))
    return int(sent["message_id"])


async def redraw(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Show it in the message where it hangs."""
    await bot(
        EditCard(
            chat_id=chat_id, message_id=message_id, text=screen.text, reply_markup=screen.markup
        )
    )
