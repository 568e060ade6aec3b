"""Messages that are turned like pages by the buttons under them."""

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot.html import Html
from bot.telegram import is_unchanged, is_vanished


async def turn(
    query: CallbackQuery, bot: Bot, text: Html, markup: InlineKeyboardMarkup | None = None
) -> None:
    """The pressed message shows this; a fresh one does where that is deleted or too old to edit."""
    if isinstance(query.message, Message):
        try:
            await query.message.edit_text(text.source, reply_markup=markup)
        except TelegramBadRequest as refusal:
            if is_unchanged(refusal):
                return
            if not is_vanished(refusal):
                raise
        else:
            return
    await bot.send_message(query.from_user.id, text.source, reply_markup=markup)
