"""/autosend, /replay, /review: what goes out by itself, what it would have, and judging it."""

from typing import TYPE_CHECKING

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.html import Html, head, inline, joined, plain
from bot.press import Press
from bot.screens import turn
from bot.taps import AutosendTap, ReviewTap
from bot.visitor import Visitor
from core.decision import licence, reviews
from core.decision.licence import Standing
from core.decision.reviews import ReviewAsked
from core.flags.names import Flag
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.i18n import Speaker
from core.replay.service import ask_replay
from core.tenants.models import TenantSettings
from core.tenants.service import settings_of

if TYPE_CHECKING:
    from core.app import App

router = Router(name="autosend")
_SIGNS = {
    "on": "🟢",
    "without_licence": "🟢",
    "no_licence": "🟡",
    "tripped": "⚠",
    "not_allowed": "⚪",
    "handoff": "🔴",
}
_DAYS = 14
_LONGEST_ASKED, _LONGEST_REPLY = 1200, 1800


@router.message(Command("autosend"))
async def shows_autosend(message: Message, app: "App", visitor: Visitor) -> None:
    text, markup = await _dashboard(app, visitor.actor(), visitor.speaker)
    await message.answer(text.source, reply_markup=markup)


@router.message(Command("replay"))
async def asks_for_replay(
    message: Message, command: CommandObject, app: "App", visitor: Visitor
) -> None:
    """/replay, or /replay 30 for as many days; the worker's answer comes as a notice."""
    words = (command.args or "").strip()
    days = int(words) if words.isdecimal() and len(words) < len("10000") else _DAYS
    await message.answer(plain(await _replay(app, visitor.actor(), visitor.speaker, days)).source)


@router.message(Command("review"))
async def asks_for_review(message: Message, app: "App", visitor: Visitor) -> None:
    text, markup = await _next_review(app, visitor.actor(), visitor.speaker)
    await message.answer(text.source, reply_markup=markup)


@router.callback_query(AutosendTap.filter())
async def does(
    query: CallbackQuery,
    callback_data: AutosendTap,
    app: "App",
    visitor: Visitor,
    press: Press,
    bot: Bot,
) -> None:
    """A button under the dashboard, or under a notice."""
    actor, speaker = visitor.actor_in(callback_data.tenant), visitor.speaker
    chat_id = query.from_user.id
    match callback_data.do:
        case "replay":
            said = plain(await _replay(app, actor, speaker, _DAYS))
            await bot.send_message(chat_id, said.source)
            return
        case "review":
            text, markup = await _next_review(app, actor, speaker)
            await bot.send_message(chat_id, text.source, reply_markup=markup)
            return
        case "issue":
            async with app.uow(actor.tenant_id) as uow:
                await licence.issue(uow, actor, callback_data.intent)
            await press.say(speaker.say("autosend.issued"))
        case "withdraw":
            async with app.uow(actor.tenant_id) as uow:
                await licence.withdraw(uow, actor, callback_data.intent)
            await press.say(speaker.say("autosend.withdrawn"))
        case "show":
            pass
        case _:
            raise DomainError(Kind.INVALID, "error.unknown")
    text, markup = await _dashboard(app, actor, speaker)
    if callback_data.do == "show":
        await bot.send_message(chat_id, text.source, reply_markup=markup)
    else:
        await turn(query, bot, text, markup)


@router.callback_query(ReviewTap.filter())
async def judges(
    query: CallbackQuery,
    callback_data: ReviewTap,
    app: "App",
    visitor: Visitor,
    press: Press,
    bot: Bot,
) -> None:
    """The next one takes the place of the one that was judged."""
    actor, speaker = visitor.actor_in(callback_data.tenant), visitor.speaker
    async with app.uow(actor.tenant_id) as uow:
        await reviews.judge(uow, actor, callback_data.review, callback_data.verdict)
    await press.say(speaker.say("review.thanks"))
    text, markup = await _next_review(app, actor, speaker)
    await turn(query, bot, text, markup)


async def _replay(app: "App", actor: Actor, speaker: Speaker, days: int) -> str:
    async with app.uow(actor.tenant_id) as uow:
        await ask_replay(uow, actor, days=days)
    return speaker.say("replay.asked", days=days)


async def _next_review(
    app: "App", actor: Actor, speaker: Speaker
) -> tuple[Html, InlineKeyboardMarkup | None]:
    async with app.uow(actor.tenant_id) as uow:
        asked = await reviews.open_reviews(uow, actor, limit=20)
    if not asked:
        return plain(speaker.say("review.none")), None
    return _review(asked[0], len(asked), speaker), _verdicts(actor, asked[0], speaker)


def _review(one: ReviewAsked, waiting: int, speaker: Speaker) -> Html:
    """The customer's words and the reply, nothing of what was decided."""
    return joined(
        [
            plain(speaker.say("review.title", n=waiting)).bold(),
            inline(speaker.say("review.about", customer=one.customer, number=one.number)),
            plain(head(one.asked, _LONGEST_ASKED)).quote(),
            plain(speaker.say("review.reply")).bold(),
            plain(head(one.reply, _LONGEST_REPLY)),
            plain(speaker.say("review.ask")).italic(),
        ],
        by="\n",
    )


def _verdicts(actor: Actor, one: ReviewAsked, speaker: Speaker) -> InlineKeyboardMarkup:
    buttons = [
        InlineKeyboardButton(
            text=speaker.say(f"button.{verdict}"),
            callback_data=ReviewTap(tenant=actor.tenant_id, review=one.id, verdict=verdict).pack(),
        )
        for verdict in ("good", "bad")
    ]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


async def _dashboard(
    app: "App", actor: Actor, speaker: Speaker
) -> tuple[Html, InlineKeyboardMarkup]:
    flags = await app.flags.of(actor.tenant_id)
    async with app.uow(actor.tenant_id) as uow:
        found = await licence.standings(uow, actor)
        settings = await settings_of(uow)
        judging = actor.may(Permission.MANAGE_CONVERSATIONS)
        waiting = len(await reviews.open_reviews(uow, actor)) if judging else 0
    off = [
        speaker.say(f"reason.{reason}")
        for reason, holds in (
            ("engine_off", not flags[Flag.DECISION_ENGINE_ENABLED].enabled),
            ("autosend_off", not flags[Flag.AI_AUTOSEND_ENABLED].enabled),
            ("store_disallows", not settings.autosend_allowed),
        )
        if holds
    ]
    held = plain(speaker.say("autosend.held", why=", ".join(off))) if off else Html()
    waived = plain(speaker.say("autosend.waived")) if settings.autosend_without_licence else Html()
    lines = [inline(_line(one, settings, speaker)) for one in found]
    text = joined(
        [
            plain(speaker.say("autosend.title")).bold(),
            joined([held, waived]),
            joined(lines),
            plain(speaker.say("autosend.promise", alpha=f"{settings.autosend_alpha * 100:.3g}")),
        ],
        by="\n\n",
    )
    return text, _keyboard(actor, found, settings, waiting, speaker)


def _line(one: Standing, settings: TenantSettings, speaker: Speaker) -> str:
    state = licence.state_of(one, settings)
    intent = speaker.say(f"intent.{one.intent}")
    if state == "on" and one.certificate is not None:
        threshold = max(settings.t_auto, one.certificate.threshold)
        until = f"{one.certificate.expires_at.astimezone(speaker.zone):%d.%m}"
        said = speaker.say("autosend.on", percent=f"{threshold * 100:.0f}", until=until)
    elif state == "no_licence":
        said = (
            speaker.count("autosend.missing", one.missing)
            if one.missing
            else speaker.say("autosend.earned")
        )
    elif state == "tripped" and one.breaker is not None:
        said = speaker.say("autosend.tripped", errors=one.breaker.errors, audits=one.breaker.audits)
    else:
        said = speaker.say(f"autosend.{state}")
    return f"{_SIGNS[state]} {intent} — {said}"


def _keyboard(
    actor: Actor, found: list[Standing], settings: TenantSettings, waiting: int, speaker: Speaker
) -> InlineKeyboardMarkup:
    def button(text: str, do: str, intent: str = "") -> InlineKeyboardButton:
        data = AutosendTap(tenant=actor.tenant_id, do=do, intent=intent).pack()
        return InlineKeyboardButton(text=text, callback_data=data)

    rows: list[list[InlineKeyboardButton]] = []
    if actor.may(Permission.MANAGE_AUTOSEND):
        for one in found:
            intent = speaker.say(f"intent.{one.intent}")
            state = licence.state_of(one, settings)
            if one.certificate is not None:
                text = speaker.say("button.withdraw_licence", intent=intent)
                rows.append([button(text, "withdraw", one.intent)])
            elif one.missing == 0 and state in {"no_licence", "tripped", "without_licence"}:
                text = speaker.say("button.issue_licence", intent=intent)
                rows.append([button(text, "issue", one.intent)])
        rows.append([button(speaker.say("button.replay", days=_DAYS), "replay")])
    if waiting:
        rows.append([button(speaker.say("button.review"), "review")])
    return InlineKeyboardMarkup(inline_keyboard=rows)
