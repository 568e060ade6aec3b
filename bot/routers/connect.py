"""/connect: the owner gives the token of the store's own bot."""

from typing import TYPE_CHECKING

from aiogram import Bot, F, Router
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message, User

from bot.html import plain
from bot.prompts import asking
from bot.taps import ConnectTap
from bot.telegram import bot_with
from bot.visitor import Visitor
from core.channels.errors import token_malformed
from core.channels.service import connect
from core.identity.permissions import Permission
from core.kernel.errors import DomainError, Kind
from core.ports.channel import ChannelKind
from core.ports.telegram import bot_id_of

if TYPE_CHECKING:
    from core.app import App

router = Router(name="connect")


def _holds_token(message: Message) -> bool:
    return message.text is not None and bot_id_of(message.text) is not None


@router.message(Command("connect"))
async def asks_token(message: Message, visitor: Visitor) -> None:
    actor = visitor.actor()
    actor.require(Permission.MANAGE_CHANNELS)
    cancel = InlineKeyboardButton(
        text=visitor.speaker.say("button.cancel"),
        callback_data=ConnectTap(tenant=actor.tenant_id).pack(),
    )
    text = plain(visitor.speaker.say("connect.ask"))
    await message.answer(text.source, reply_markup=asking([cancel]))


@router.callback_query(ConnectTap.filter())
async def thinks_better(query: CallbackQuery) -> None:
    if isinstance(query.message, Message):
        await query.message.delete()


@router.message(F.func(_holds_token))
async def pastes_token(message: Message, app: "App", visitor: Visitor, bot: Bot) -> None:
    """A token is taken wherever it is pasted: it must not stay in the chat."""
    await connects(message, app, visitor, bot)


async def connects(message: Message, app: "App", visitor: Visitor, bot: Bot) -> None:
    """Remove the token from the chat, ask Telegram whose it is, connect it."""
    token = (message.text or "").strip()
    speaker = visitor.speaker
    if not await _removed(message):
        await message.answer(plain(speaker.say("connect.not_deleted")).source)
    actor = visitor.actor()
    actor.require(Permission.MANAGE_CHANNELS)
    bot_id = bot_id_of(token)
    if bot_id is None:
        await _say(bot, message, speaker.say(token_malformed().key))
        return
    if int(bot_id) == bot.id:
        await _say(bot, message, speaker.say("connect.own"))
        return
    store_bot = await _whose(token, app.settings.telegram_api_base)
    name = store_bot.username or store_bot.full_name
    async with app.uow(actor.tenant_id) as uow:
        kind, secret = ChannelKind.TELEGRAM_BOT, token
        await connect(uow, actor, app.vault, kind, str(store_bot.id), name, secret, {})
    await _say(bot, message, speaker.say("connect.done", bot=name))


async def _whose(token: str, api_base: str | None) -> User:
    client = bot_with(token, api_base)
    try:
        return await client.get_me()
    except (TelegramUnauthorizedError, TelegramNotFound) as refusal:
        raise DomainError(Kind.INVALID, "connect.refused") from refusal
    except TelegramAPIError as down:
        raise DomainError(Kind.UNAVAILABLE, "connect.unreachable") from down
    finally:
        await client.session.close()


async def _removed(message: Message) -> bool:
    try:
        return await message.delete()
    except TelegramBadRequest:
        return False


async def _say(bot: Bot, message: Message, text: str) -> None:
    """Not a reply: the message with the token is no more."""
    await bot.send_message(message.chat.id, plain(text).source)
