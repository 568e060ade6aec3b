"""/queue: what waits to go out, for owners and admins; the page behind it is the Mini App's."""

from typing import TYPE_CHECKING

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.html import Html, head, inline, joined, plain
from bot.telegram import app_page
from bot.visitor import Visitor
from core.delivery.queue import QueuedReply, QueueFigures, Show, figures, list_queue
from core.kernel.i18n import Speaker, knows

if TYPE_CHECKING:
    from core.app import App

router = Router(name="queue")
_SHOWN = 5
_LONGEST_NAME, _LONGEST_WORDS = 40, 80
_MINUTE = 60


@router.message(Command("queue"))
async def shows_queue(message: Message, app: "App", visitor: Visitor) -> None:
    """The figures, and the few replies that need somebody."""
    actor, speaker = visitor.actor(), visitor.speaker
    async with app.uow(actor.tenant_id) as uow:
        found = await figures(uow, actor)
        parked = await list_queue(uow, actor, Show.PARKED, limit=_SHOWN)
        doubts = await list_queue(uow, actor, Show.IN_DOUBT, limit=_SHOWN)
    page = app_page(app.settings)
    markup = None
    if page is not None:
        button = InlineKeyboardButton(text=speaker.say("button.menu"), web_app=page)
        markup = InlineKeyboardMarkup(inline_keyboard=[[button]])
    text = _screen(found, [*parked.items, *doubts.items][:_SHOWN], speaker)
    await message.answer(text.source, reply_markup=markup)


def _screen(found: QueueFigures, troubles: list[QueuedReply], speaker: Speaker) -> Html:
    title = plain(speaker.say("queue.title")).bold()
    counts = [
        plain(f"{sign} {speaker.say(f'queue.{name}', n=n)}")
        for sign, name, n in (
            ("⏳", "waiting", found.waiting),
            ("⚠", "held", found.held),
            ("⚠", "in_doubt", found.in_doubt),
            ("⚠", "parked", found.parked),
        )
        if n
    ]
    if found.late and found.oldest_due_seconds is not None:
        age = _age(found.oldest_due_seconds)
        counts.insert(1, plain(f"⚠ {speaker.say('queue.late', n=found.late, age=age)}"))
    day = {name: found.outcomes.get(name, 0) for name in ("sent", "cancelled", "rejected")}
    past = (
        [
            plain(
                speaker.say(
                    "queue.day",
                    sent=day["sent"],
                    cancelled=day["cancelled"],
                    rejected=day["rejected"],
                )
            )
        ]
        if any(day.values())
        else []
    )
    if found.lateness_p50_seconds is not None and found.lateness_p99_seconds is not None:
        p50, p99 = f"{found.lateness_p50_seconds:.1f}", f"{found.lateness_p99_seconds:.1f}"
        past.append(plain(speaker.say("queue.lateness", p50=p50, p99=p99)))
    now = joined(counts) if counts else plain(speaker.say("queue.empty"))
    return joined([title, now, *(_line(one, speaker) for one in troubles), joined(past)], by="\n\n")


def _line(reply: QueuedReply, speaker: Speaker) -> Html:
    number = plain(speaker.say("card.number", n=reply.conversation_number))
    name = inline(head(reply.customer_name, _LONGEST_NAME)).bold()
    why = reply.problem or ""
    said = speaker.say(why) if knows(why, speaker.language) else why
    words = inline(head(" ".join(reply.text.split()), _LONGEST_WORDS))
    return joined([joined([name, number, inline(said)], by=" · "), words])


def _age(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), _MINUTE)
    return f"{minutes}:{rest:02d}"
