"""Replies: to a card, to the draft to be edited, to a question."""

from contextlib import suppress
from typing import TYPE_CHECKING

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Message, ReactionTypeEmoji

from bot.cards.deciding import Tapped
from bot.html import plain
from bot.prompts import marker_of
from bot.routers.connect import connects
from bot.routers.stores import opens_store
from bot.taps import Act, CardTap, ConnectTap, NewStoreTap, version_of
from bot.visitor import Visitor
from core.identity.permissions import Actor
from core.notifications.cards import hanging
from core.suggestions import decide
from core.suggestions.answer import answer_by_hand
from core.suggestions.card_query import card_of

if TYPE_CHECKING:
    from core.app import App

router = Router(name="replies")
_QUESTIONS = {Act.ABANDON_EDIT, Act.ABANDON_WRITE}


@router.message(F.reply_to_message)
async def replies(message: Message, app: "App", visitor: Visitor, bot: Bot) -> None:
    """What the reply answers says where it goes."""
    asked = message.reply_to_message
    marker = marker_of(asked, bot.id) if asked is not None else None
    if isinstance(marker, NewStoreTap):
        return await opens_store(message, app, visitor, bot)
    if isinstance(marker, ConnectTap):
        return await connects(message, app, visitor, bot)
    if marker is None and asked is not None:
        marker = await _card_hanging_in(app, visitor, message.chat.id, asked.message_id)
    if marker is None:
        return await _say(message, visitor.speaker.say("reply.lost"))
    if message.text is None:
        return await _say(message, visitor.speaker.say("reply.text_only"))
    actor = visitor.actor_in(marker.tenant)
    await _answer(message, message.text, marker, actor, app, visitor, bot)
    with suppress(TelegramBadRequest):
        await message.react([ReactionTypeEmoji(emoji="👌")])
        if marker.act in _QUESTIONS and asked is not None:
            await bot.delete_message(message.chat.id, asked.message_id)
    return None


@router.message(F.text.startswith("/"))
async def knows_no_such_command(message: Message, visitor: Visitor) -> None:
    await _say(message, visitor.speaker.say("reply.what"))


@router.message()
async def says_something(message: Message, visitor: Visitor) -> None:
    """Words that answer nothing."""
    key = "reply.what" if visitor.actors else "start.stranger"
    await _say(message, visitor.speaker.say(key))


async def _answer(
    message: Message,
    text: str,
    marker: CardTap,
    actor: Actor,
    app: "App",
    visitor: Visitor,
    bot: Bot,
) -> None:
    key = f"bot:{bot.id}:message:{message.chat.id}:{message.message_id}"
    async with app.uow(actor.tenant_id) as uow:
        view = await card_of(uow, marker.card)
        if marker.act == Act.ABANDON_EDIT:
            draft = Tapped(actor, visitor.speaker, marker, view, key).draft()
            version = version_of(marker.stamp)
            await decide.approve(uow, actor, draft.id, version=version, text=text, request_key=key)
        else:
            await answer_by_hand(uow, actor, view.thread.id, text, request_key=key)


async def _card_hanging_in(
    app: "App", visitor: Visitor, chat_id: int, message_id: int
) -> CardTap | None:
    """A card that has lost its buttons is known by where it hangs."""
    async with app.db.hot_platform() as sql:
        found = await hanging(sql, chat_id, message_id)
    if found is None:
        return None
    tenant_id, card_id = found
    visitor.actor_in(tenant_id)
    return CardTap(tenant=tenant_id, card=card_id, act=Act.SHOW_MAIN)


async def _say(message: Message, text: str) -> None:
    await message.reply(plain(text).source)
