"""/inbox: conversations by status, page by page; a tap brings a fresh card."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.html import Html, head, inline, joined, plain
from bot.press import Press
from bot.screens import turn
from bot.taps import InboxTap, OpenTap
from bot.visitor import Visitor
from core.conversations.models import Conversation
from core.conversations.queries import (
    ConversationView,
    Counts,
    Filter,
    counts,
    list_conversations,
)
from core.identity.duty import OnDuty
from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.i18n import Speaker
from core.kernel.ids import time_of
from core.kernel.paging import MOST_AT_ONCE
from core.notifications.cards import CardWanted, bring

if TYPE_CHECKING:
    from core.app import App

router = Router(name="inbox")
_SIGNS = {"waiting": "🟡", "active": "🟢", "escalated": "🔴", "resolved": "⚪"}
_PAGE = 8
_LAST_PAGE = MOST_AT_ONCE // _PAGE - 1
_LONGEST_NAME, _LONGEST_WORDS = 40, 60


@router.message(Command("inbox"))
async def opens_inbox(message: Message, app: "App", visitor: Visitor) -> None:
    text, markup = await _screen(app, visitor.actor(), visitor.speaker, "waiting", 0)
    await message.answer(text.source, reply_markup=markup)


@router.callback_query(InboxTap.filter())
async def turns_page(
    query: CallbackQuery, callback_data: InboxTap, app: "App", visitor: Visitor, bot: Bot
) -> None:
    actor = visitor.actor_in(callback_data.tenant)
    tab = callback_data.tab if callback_data.tab in _SIGNS else "waiting"
    page = min(max(callback_data.page, 0), _LAST_PAGE)
    text, markup = await _screen(app, actor, visitor.speaker, tab, page)
    await turn(query, bot, text, markup)


@router.callback_query(OpenTap.filter())
async def opens_conversation(
    query: CallbackQuery,
    callback_data: OpenTap,
    app: "App",
    visitor: Visitor,
    bot: Bot,
    press: Press,
) -> None:
    """The newest turn's card comes anew, at the end of the chat; the older one goes."""
    actor = visitor.actor_in(callback_data.tenant)
    actor.require(Permission.VIEW_CONVERSATIONS)
    if actor.user_id is None:
        return
    chat_id = query.from_user.id
    async with app.uow(actor.tenant_id) as uow:
        thread = await uow.get(Conversation, callback_data.conversation)
        if thread.turn_id is None:
            raise not_found("turns")
        to = OnDuty(actor.user_id, chat_id)
        before = await bring(uow, CardWanted(thread.id, thread.turn_id, to))
    await press.say(visitor.speaker.say("inbox.opened"))
    if before is not None:
        with suppress(TelegramBadRequest):
            await bot.delete_message(chat_id, before)


async def _screen(
    app: "App", actor: Actor, speaker: Speaker, tab: str, page: int
) -> tuple[Html, InlineKeyboardMarkup]:
    async with app.uow(actor.tenant_id) as uow:
        most = min((page + 1) * _PAGE, MOST_AT_ONCE)
        found = await list_conversations(uow, actor, Filter(status=tab), limit=most)
        numbers = await counts(uow, actor)
    total = int(getattr(numbers, tab))
    pages = min(max(1, -(-total // _PAGE)), _LAST_PAGE + 1)
    shown = found.items[page * _PAGE : (page + 1) * _PAGE]
    title = plain(f"{_SIGNS[tab]} {speaker.say(f'inbox.{tab}')}").bold()
    size = plain(speaker.count("inbox.count", total))
    where = plain(speaker.say("inbox.page", page=page + 1, pages=pages)) if pages > 1 else Html()
    now = app.clock.now()
    lines = [_line(view, speaker.ago(_when(view), now)) for view in shown]
    empty = plain(speaker.say("inbox.empty_waiting" if tab == "waiting" else "inbox.empty"))
    text = joined(
        [joined([title, size, where], by=" · "), joined(lines, by="\n\n") if lines else empty],
        by="\n\n",
    )
    return text, _keyboard(actor, tab, page, pages, shown, numbers)


def _when(view: ConversationView) -> datetime:
    last = view.last_message.at if view.last_message else None
    return view.waiting_since or last or time_of(view.id)


def _line(view: ConversationView, when: str) -> Html:
    name = inline(head(view.customer.name, _LONGEST_NAME)).bold()
    number = plain(str(view.number))
    words = " ".join(view.last_message.text.split()) if view.last_message else ""
    short = head(words, _LONGEST_WORDS)
    said = inline(short if short == words else f"{short}…")
    who = inline(view.assignee.name) if view.assignee else Html()
    return joined([joined([number, name, plain(when), who], by=" · "), said])


def _keyboard(
    actor: Actor,
    tab: str,
    page: int,
    pages: int,
    shown: list[ConversationView],
    numbers: Counts,
) -> InlineKeyboardMarkup:
    tenant = actor.tenant_id

    def to(text: str, which: str, at: int) -> InlineKeyboardButton:
        data = InboxTap(tenant=tenant, tab=which, page=at).pack()
        return InlineKeyboardButton(text=text, callback_data=data)

    opens = [
        InlineKeyboardButton(
            text=f"{view.number} · {head(' '.join(view.customer.name.split()), 16)}",
            callback_data=OpenTap(tenant=tenant, conversation=view.id).pack(),
        )
        for view in shown
    ]
    rows = [opens[at : at + 2] for at in range(0, len(opens), 2)]
    turning = []
    if page > 0:
        turning.append(to("‹", tab, page - 1))
    if page + 1 < pages:
        turning.append(to("›", tab, page + 1))
    tabs = [
        to(f"{'• ' if which == tab else ''}{sign} {getattr(numbers, which)}", which, 0)
        for which, sign in _SIGNS.items()
    ]
    return InlineKeyboardMarkup(inline_keyboard=[row for row in (*rows, turning, tabs) if row])
