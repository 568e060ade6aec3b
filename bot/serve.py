"""The bot role: updates in, cards out."""

import asyncio
from typing import TYPE_CHECKING

import structlog
from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError
from aiogram.types import MenuButtonWebApp

from bot import commands
from bot.cards.drawing import CardDrawing
from bot.notices import NoticeSending
from bot.poller import poll
from bot.refusals import Refusing
from bot.routers import (
    autosend,
    cards,
    connect,
    fallback,
    inbox,
    invite,
    person,
    queue,
    replies,
    start,
    stores,
)
from bot.telegram import Face, app_page, open_bot
from bot.updates import UpdateHandling
from bot.visitor import Meeting
from core.kernel import drains, serving
from core.kernel.heartbeat import keep_beating
from core.kernel.i18n import Speaker
from core.kernel.nudges import BOT

if TYPE_CHECKING:
    from core.app import App

ROLE = "bot"
ALLOWED_UPDATES = ("message", "callback_query", "my_chat_member")
# `connect` stands before `replies`: a pasted token is one, whatever it answers.
ROUTERS = (
    start, inbox, queue, person, invite, connect, stores, cards, autosend, replies, fallback,
)  # fmt: skip
WEBHOOK_PATH = "/webhooks/telegram/operator"
_LONGEST_BACKOFF_SECONDS = 5.0
_log = structlog.get_logger(__name__)


def dispatcher_for(app: "App", face: Face) -> Dispatcher:
    """All routers over private chats; nothing is kept between updates but the database."""
    dispatcher = Dispatcher(app=app, face=face)
    dispatcher.message.filter(F.chat.type == "private")
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.outer_middleware(Meeting())
        observer.outer_middleware(Refusing())
    for module in ROUTERS:
        if module.router.parent_router is not None:
            module.router.parent_router.sub_routers.remove(module.router)
            module.router._parent_router = None  # noqa: SLF001 - a second dispatcher, as tests have
        dispatcher.include_router(module.router)
    return dispatcher


async def run(app: "App") -> None:
    """Until cancelled."""
    bot = open_bot(app.settings)
    try:
        face = await _face(bot)
        drawing = CardDrawing(app, bot)
        telling = NoticeSending(app, bot)
        handling = UpdateHandling(app, bot, dispatcher_for(app, face))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(keep_beating(app.nudges.redis, ROLE, prefix=app.nudges.prefix))
                group.create_task(
                    drains.run(app.nudges, BOT, [drawing.drain, handling.drain, telling.drain]),
                    name="drains",
                )
                group.create_task(handling.keep_held(), name="keep_held")
                group.create_task(_receive(app, bot, handling), name="receive")
                group.create_task(_introduce(app, bot), name="introduce")
        finally:
            await asyncio.gather(handling.close(), drawing.close())
    finally:
        await bot.session.close()


async def serve(app: "App", stop: asyncio.Event) -> None:
    """Until `stop` is set."""
    await serving.until(stop, run(app))


async def _receive(app: "App", bot: Bot, handling: UpdateHandling) -> None:
    settings = app.settings
    if settings.telegram_mode == "polling":
        await poll(app, bot, ALLOWED_UPDATES, handling.drain.wake)
        return
    secret = settings.telegram_webhook_secret
    failures = 0
    while True:
        try:
            await bot.set_webhook(
                f"{settings.public_address}{WEBHOOK_PATH}",
                secret_token=secret.get_secret_value() if secret else None,
                allowed_updates=list(ALLOWED_UPDATES),
            )
        except TelegramAPIError as down:
            failures += 1
            _log.warning("webhook_unset", problem=str(down))
            await asyncio.sleep(min(0.2 * 2**failures, _LONGEST_BACKOFF_SECONDS))
        else:
            return


async def _face(bot: Bot) -> Face:
    """What the bot is called; waits for Telegram as long as it takes, but not for a wrong token."""
    failures = 0
    while True:
        try:
            me = await bot.get_me()
        except TelegramUnauthorizedError:
            _log.error("token_refused", variable="TELEGRAM_BOT_TOKEN")
            raise
        except TelegramAPIError as down:
            failures += 1
            _log.warning("telegram_unreachable", problem=type(down).__name__)
            await asyncio.sleep(min(0.2 * 2**failures, _LONGEST_BACKOFF_SECONDS))
        else:
            return Face(me.id, me.username or "")


async def _introduce(app: "App", bot: Bot) -> None:
    try:
        await commands.offer_to_all(bot)
        page = app_page(app.settings)
        if page is not None:
            title = Speaker("ru").say("button.menu")
            await bot.set_chat_menu_button(menu_button=MenuButtonWebApp(text=title, web_app=page))
    except TelegramAPIError as refusal:
        _log.warning("commands_not_offered", problem=str(refusal))
