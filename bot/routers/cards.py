"""Buttons of cards."""

from contextlib import suppress
from typing import TYPE_CHECKING

from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.cards.deciding import ACTIONS, Tapped
from bot.cards.screen import Buttons, copy_button
from bot.html import LONGEST_MESSAGE, Html, head, inline, joined, plain, units
from bot.press import Press
from bot.prompts import asking
from bot.taps import PAGES, Act, CardTap
from bot.visitor import Visitor
from core.identity.duty import OnDuty
from core.identity.permissions import Permission
from core.kernel.errors import DomainError
from core.kernel.i18n import Speaker
from core.notifications.cards import CardWanted, touch, turn_page, want
from core.suggestions import decide
from core.suggestions.card import CardView
from core.suggestions.card_query import card_of

if TYPE_CHECKING:
    from core.app import App

router = Router(name="cards")
_LONGEST_DRAFT = LONGEST_MESSAGE - 500


@router.callback_query(CardTap.filter(F.act.in_(PAGES)))
async def opens_page(
    _query: CallbackQuery, callback_data: CardTap, app: "App", visitor: Visitor
) -> None:
    """Another page of buttons."""
    actor = visitor.actor_in(callback_data.tenant)
    actor.require(Permission.MANAGE_CONVERSATIONS)
    async with app.uow(actor.tenant_id) as uow:
        view = await card_of(uow, callback_data.card)
        await turn_page(uow, view.id, PAGES[callback_data.act])


@router.callback_query(CardTap.filter(F.act == Act.EDIT))
async def edits(
    query: CallbackQuery, callback_data: CardTap, app: "App", visitor: Visitor, bot: Bot
) -> None:
    """The draft comes to be copied; the reply to it is what will be sent."""
    tapped = await _tapped(query, callback_data, app, visitor, bot)
    try:
        draft = tapped.draft()
        async with app.uow(tapped.actor.tenant_id) as uow:
            await decide.begin_edit(uow, tapped.actor, draft.id, version=tapped.version)
    except DomainError:
        await _catch_up(app, tapped)
        raise
    speaker = visitor.speaker
    abandon = Buttons(tapped.view).act(
        speaker.say("button.abandon_edit"), Act.ABANDON_EDIT, callback_data.stamp
    )
    markup = asking(copy_button(speaker.say("button.copy"), draft.text), [abandon])
    await _ask(query, bot, _edit_text(tapped.view, draft.text, speaker), markup)


@router.callback_query(CardTap.filter(F.act == Act.WRITE))
async def writes(
    query: CallbackQuery, callback_data: CardTap, app: "App", visitor: Visitor, bot: Bot
) -> None:
    """A question whose answer goes to the customer."""
    tapped = await _tapped(query, callback_data, app, visitor, bot)
    tapped.actor.require(Permission.MANAGE_CONVERSATIONS)
    speaker = visitor.speaker
    abandon = Buttons(tapped.view).act(speaker.say("button.abandon_write"), Act.ABANDON_WRITE)
    title = _about(tapped.view, speaker.say("write.title"), speaker)
    text = joined([title, plain(speaker.say("write.how"))])
    await _ask(query, bot, text, asking([abandon]))


@router.callback_query(CardTap.filter(F.act == Act.ABANDON_WRITE))
async def abandons_writing(query: CallbackQuery) -> None:
    await _remove(query)


@router.callback_query(CardTap.filter(F.act.in_(ACTIONS)))
async def acts(
    query: CallbackQuery,
    callback_data: CardTap,
    app: "App",
    visitor: Visitor,
    bot: Bot,
    press: Press,
) -> None:
    """Everything else: one use case, a word, and the drain redraws the card."""
    tapped = await _tapped(query, callback_data, app, visitor, bot)
    try:
        async with app.uow(tapped.actor.tenant_id) as uow:
            said = await ACTIONS[callback_data.act](uow, tapped)
            await turn_page(uow, callback_data.card, "main")
    except DomainError:
        await _catch_up(app, tapped)
        raise
    await press.say(said)
    if callback_data.act == Act.ABANDON_EDIT and _is_question(query):
        await _remove(query)


async def _tapped(
    query: CallbackQuery, tap: CardTap, app: "App", visitor: Visitor, bot: Bot
) -> Tapped:
    actor = visitor.actor_in(tap.tenant)
    async with app.db.hot_unit(actor.tenant_id) as uow:
        view = await card_of(uow, tap.card)
    return Tapped(actor, visitor.speaker, tap, view, f"bot:{bot.id}:press:{query.id}")


async def _catch_up(app: "App", tapped: Tapped) -> None:
    """The press came too late: draw the truth, and see that the newest turn has its card here."""
    view = tapped.view
    async with app.uow(tapped.actor.tenant_id) as uow:
        fresh = await card_of(uow, view.id)
        await touch(uow, view.thread.id)  # first, as it locks all in one order
        await turn_page(uow, view.id, "main")
        if not fresh.newest and fresh.newest_turn_id is not None:
            to = OnDuty(view.reader.user_id, view.chat_id)
            await want(uow, [CardWanted(view.thread.id, fresh.newest_turn_id, to)])


def _edit_text(view: CardView, draft: str, speaker: Speaker) -> Html:
    lines = [
        _about(view, speaker.say("edit.title"), speaker),
        plain(speaker.say("edit.how")),
        plain(head(draft, _LONGEST_DRAFT)).pre(),
    ]
    if units(draft) > _LONGEST_DRAFT:
        lines.append(plain(speaker.say("edit.long")).italic())
    return joined(lines)


def _about(view: CardView, title: str, speaker: Speaker) -> Html:
    name = inline(head(view.thread.customer, 64))
    number = plain(speaker.say("card.number", n=view.thread.number))
    return joined([plain(title).bold(), name, number], by=" · ")


async def _ask(query: CallbackQuery, bot: Bot, text: Html, markup: InlineKeyboardMarkup) -> None:
    chat_id = query.message.chat.id if query.message else query.from_user.id
    await bot.send_message(chat_id, text.source, reply_markup=markup)


def _is_question(query: CallbackQuery) -> bool:
    """Pressed under the question itself, not on the card."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    return markup is not None and not any(
        _is_approve(b) for row in markup.inline_keyboard for b in row
    )


def _is_approve(button: InlineKeyboardButton) -> bool:
    data = button.callback_data or ""
    try:
        return CardTap.unpack(data).act == Act.APPROVE
    except (TypeError, ValueError):
        return False


async def _remove(query: CallbackQuery) -> None:
    if isinstance(query.message, Message):
        with suppress(TelegramBadRequest):
            await query.message.delete()
