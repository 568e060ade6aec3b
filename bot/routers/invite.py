"""/invite: a deep link for one person, in a role."""

from typing import TYPE_CHECKING

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.html import inline, plain
from bot.routers.start import store_name
from bot.taps import InviteTap
from bot.telegram import Face
from bot.visitor import Visitor
from core.identity import invites
from core.identity.permissions import Permission, Role
from core.kernel.errors import DomainError, Kind

if TYPE_CHECKING:
    from core.app import App

router = Router(name="invite")
_OFFERED = (Role.OPERATOR, Role.ADMIN, Role.VIEWER)


@router.message(Command("invite"))
async def asks_role(message: Message, app: "App", visitor: Visitor) -> None:
    actor, speaker = visitor.actor(), visitor.speaker
    actor.require(Permission.MANAGE_USERS)
    roles = (*_OFFERED, Role.OWNER) if actor.role is Role.OWNER else _OFFERED
    buttons = [
        InlineKeyboardButton(
            text=speaker.say(f"role.{role}").capitalize(),
            callback_data=InviteTap(tenant=actor.tenant_id, role=role).pack(),
        )
        for role in roles
    ]
    store = await store_name(app, actor.user_id, actor.tenant_id)
    await message.answer(
        inline(speaker.say("invite.ask", store=store)).source,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[buttons[:2], buttons[2:]]),
    )


@router.callback_query(InviteTap.filter())
async def invites_somebody(
    query: CallbackQuery,
    callback_data: InviteTap,
    app: "App",
    visitor: Visitor,
    face: Face,
    bot: Bot,
) -> None:
    actor, speaker = visitor.actor_in(callback_data.tenant), visitor.speaker
    if callback_data.role not in list(Role):
        raise DomainError(Kind.INVALID, "error.unknown")
    async with app.uow(actor.tenant_id) as uow:
        made, token = invites.invite(uow, actor, Role(callback_data.role))
    until = f"{made.expires_at.astimezone(speaker.zone):%d.%m %H:%M}"
    text = speaker.say(
        "invite.made",
        role=speaker.say(f"role.{callback_data.role}"),
        until=until,
        link=face.link(f"{invites.START_PREFIX}{token}"),
    )
    await bot.send_message(query.from_user.id, plain(text).source)
