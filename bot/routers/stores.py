"""«Создать магазин»: a name is asked for, the person owns the store."""

from typing import TYPE_CHECKING

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message

from bot.html import inline, plain
from bot.prompts import asking
from bot.routers.start import welcome
from bot.taps import NewStoreTap
from bot.visitor import Visitor
from core.identity.queries import actor_by_telegram
from core.onboarding.create_owner import create_owner
from core.tenants.service import store_of

if TYPE_CHECKING:
    from core.app import App

router = Router(name="stores")


@router.callback_query(NewStoreTap.filter(F.cancel.is_(False)))
async def asks_name(query: CallbackQuery, visitor: Visitor, bot: Bot) -> None:
    cancel = InlineKeyboardButton(
        text=visitor.speaker.say("button.cancel"), callback_data=NewStoreTap(cancel=True).pack()
    )
    text = plain(visitor.speaker.say("store.ask_name"))
    await bot.send_message(query.from_user.id, text.source, reply_markup=asking([cancel]))


@router.callback_query(NewStoreTap.filter(F.cancel))
async def thinks_better(query: CallbackQuery) -> None:
    if isinstance(query.message, Message):
        await query.message.delete()


async def opens_store(message: Message, app: "App", visitor: Visitor, bot: Bot) -> None:
    """The reply to the question is the name. One store for each person is opened by this way."""
    speaker = visitor.speaker
    if visitor.actors:
        await message.answer(plain(speaker.say("store.have_one")).source)
        return await welcome(message, app, bot, visitor.actors[0], "start.welcome")
    async with app.platform_uow() as puow:
        created = await create_owner(puow, message.text or "", founder=visitor.profile)
        await puow.session.flush()
        actor = await actor_by_telegram(puow, visitor.profile.user_id, tenant_id=created.tenant_id)
    if actor is None:
        return None
    async with app.uow(actor.tenant_id) as uow:
        store = await store_of(uow)
    until = f"{store.trial_ends_at.astimezone(speaker.zone):%d.%m %H:%M}"
    said = speaker.say("store.created", store=store.name, until=until)
    await message.answer(inline(said).source)
    return await welcome(message, app, bot, actor, "start.welcome")
