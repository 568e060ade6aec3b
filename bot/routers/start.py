"""/start: joining by an invite, coming back, or two ways on for whoever has no store."""

from typing import TYPE_CHECKING
from uuid import UUID

from aiogram import Bot, F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import ChatMemberUpdated, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.commands import offer_to
from bot.html import Html, inline, joined, plain
from bot.taps import NewStoreTap
from bot.visitor import Visitor
from core.identity.invites import START_PREFIX, join
from core.identity.permissions import Actor, Permission, Role, Via
from core.identity.queries import actor_of, memberships_of
from core.identity.reach import note_unreachable
from core.identity.service import meet
from core.kernel.i18n import Speaker

if TYPE_CHECKING:
    from core.app import App

router = Router(name="start")


@router.message(CommandStart(deep_link=True, magic=F.args.startswith(START_PREFIX)))
async def joins(
    message: Message, command: CommandObject, app: "App", visitor: Visitor, bot: Bot
) -> None:
    """By an invite's deep link."""
    token = (command.args or "").removeprefix(START_PREFIX)
    async with app.platform_uow() as puow:
        joined_store = await join(puow, token, visitor.profile)
        await puow.session.flush()
        user_id = joined_store.user.id
        actor = await actor_of(puow, user_id, joined_store.tenant_id, Via.BOT)
    if actor is None:
        return
    key = "start.already" if joined_store.already else "start.joined"
    await welcome(message, app, bot, actor, key)


@router.message(CommandStart())
async def starts(message: Message, app: "App", visitor: Visitor, bot: Bot) -> None:
    """The first time or again: whoever starts the bot can be written to."""
    async with app.platform_uow() as puow:
        await meet(puow, visitor.profile)
    if visitor.actors:
        await welcome(message, app, bot, visitor.actors[0], "start.welcome")
        return
    new_store = InlineKeyboardButton(
        text=visitor.speaker.say("button.new_store"), callback_data=NewStoreTap().pack()
    )
    await message.answer(
        plain(visitor.speaker.say("start.stranger")).source,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[new_store]]),
    )


@router.my_chat_member(F.chat.type == "private")
async def comes_or_goes(event: ChatMemberUpdated, app: "App") -> None:
    """The person has blocked the bot: no cards until they start it again."""
    if event.new_chat_member.status == "kicked":
        async with app.db.hot_platform() as sql:
            await note_unreachable(sql, event.chat.id, app.clock.now())


async def welcome(message: Message, app: "App", bot: Bot, actor: Actor, key: str) -> None:
    """Where one is, as what, and what to do next."""
    speaker = Speaker(actor.language)
    greeting = speaker.say(
        key,
        name=actor.name,
        store=await store_name(app, actor.user_id, actor.tenant_id),
        role=speaker.say(f"role.{actor.role}"),
    )
    await message.answer(joined([inline(greeting), _next(actor, speaker)], by="\n\n").source)
    await offer_to(bot, message.chat.id, actor)


async def store_name(app: "App", user_id: UUID | None, tenant_id: UUID) -> str:
    if user_id is None:
        return ""
    async with app.platform_uow() as puow:
        stores = await memberships_of(puow, user_id)
    return next((store.tenant_name for store in stores if store.tenant_id == tenant_id), "")


def _next(actor: Actor, speaker: Speaker) -> Html:
    lines = []
    if actor.role is Role.OWNER:
        lines.append(plain(speaker.say("start.owner")))
    if actor.may(Permission.MANAGE_CONVERSATIONS):
        lines.append(plain(speaker.say("start.operator")))
    elif actor.may(Permission.VIEW_CONVERSATIONS):
        lines.append(plain(speaker.say("start.viewer")))
    else:
        lines.append(plain(speaker.say("start.guest")))
    return joined(lines, by="\n\n")
