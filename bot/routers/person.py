"""What a person sets for themselves: language, duty; and the ways to the settings and to help."""

from typing import TYPE_CHECKING

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
)

from bot.commands import offer_to
from bot.html import inline, plain
from bot.routers.start import store_name
from bot.screens import turn
from bot.taps import LanguageTap
from bot.telegram import app_page
from bot.visitor import Visitor
from core.identity.duty import is_on_duty, set_duty
from core.identity.permissions import Permission
from core.identity.queries import actor_by_telegram
from core.identity.service import meet, set_language
from core.identity.sign_in import login_link
from core.kernel.i18n import LANGUAGES, Speaker

if TYPE_CHECKING:
    from core.app import App

router = Router(name="person")
_LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}


@router.message(Command("help"))
async def asks_help(message: Message, visitor: Visitor) -> None:
    await message.answer(plain(visitor.speaker.say("help.text")).source)


@router.message(Command("language"))
async def asks_language(message: Message, visitor: Visitor) -> None:
    buttons = [
        InlineKeyboardButton(
            text=_LANGUAGE_NAMES[language], callback_data=LanguageTap(language=language).pack()
        )
        for language in LANGUAGES
    ]
    await message.answer(
        plain(visitor.speaker.say("language.ask")).source,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[buttons]),
    )


@router.callback_query(LanguageTap.filter())
async def chooses_language(
    query: CallbackQuery, callback_data: LanguageTap, app: "App", visitor: Visitor, bot: Bot
) -> None:
    async with app.platform_uow() as puow:
        user = await meet(puow, visitor.profile)
        await set_language(puow, user.id, callback_data.language)
    speaker = Speaker(callback_data.language)
    await turn(query, bot, plain(speaker.say("language.changed")))
    async with app.platform_uow() as puow:
        actor = await actor_by_telegram(puow, visitor.profile.user_id)
    if actor is not None:
        await offer_to(bot, query.from_user.id, actor)


@router.message(Command("duty"))
async def changes_duty(
    message: Message, command: CommandObject, app: "App", visitor: Visitor
) -> None:
    """/duty on, /duty off; without a word, how it stands."""
    actor = visitor.actor()
    actor.require(Permission.MANAGE_CONVERSATIONS)
    word = (command.args or "").strip().lower()
    async with app.uow(actor.tenant_id) as uow:
        if word in {"on", "off"}:
            await set_duty(uow, actor, on=word == "on")
            key = f"duty.{word}"
        else:
            key = "duty.ask_on" if await is_on_duty(uow, actor) else "duty.ask_off"
    await message.answer(plain(visitor.speaker.say(key)).source)


@router.message(Command("settings"))
async def opens_settings(message: Message, app: "App", visitor: Visitor) -> None:
    """The Mini App, and a one-time link to the same as a plain page."""
    actor = visitor.actor()
    if actor.user_id is None:
        return
    async with app.platform_uow() as puow:
        token = await login_link(puow, actor.user_id)
    speaker, address = visitor.speaker, app.settings.public_address
    link = f"{address}/app/#login={token}"
    rows: list[list[InlineKeyboardButton]] = []
    page = app_page(app.settings)
    if page is not None:
        rows.append([InlineKeyboardButton(text=speaker.say("button.open_app"), web_app=page)])
    title = speaker.say(
        "settings.open", store=await store_name(app, actor.user_id, actor.tenant_id)
    )
    text = inline(title) + plain("\n") + plain(speaker.say("settings.copy_link", link=link))
    await message.answer(
        text.source, reply_markup=InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
    )
