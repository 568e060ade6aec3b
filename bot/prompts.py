"""Questions to be answered by a reply: which one a reply answers is read off its buttons.

No state is kept between the question and the answer: the buttons under the question carry the
ids, Telegram brings them back with the reply, and rights are checked anew.
"""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message

from bot.cards.screen import Button
from bot.taps import CardTap, ConnectTap, NewStoreTap

Marker = CardTap | ConnectTap | NewStoreTap
_MARKERS: Sequence[type[CardTap] | type[ConnectTap] | type[NewStoreTap]] = (
    CardTap,
    ConnectTap,
    NewStoreTap,
)


def asking(*rows: Sequence[InlineKeyboardButton | Button]) -> InlineKeyboardMarkup:
    """Buttons under a question; the client opens a reply to it by itself."""
    shown = [list(row) for row in rows if row]
    return InlineKeyboardMarkup.model_validate({"inline_keyboard": shown, "force_reply": True})


def marker_of(message: Message, bot_id: int) -> Marker | None:
    """What the message's own buttons say it is about; None for what is not the bot's."""
    if message.from_user is None or message.from_user.id != bot_id or message.reply_markup is None:
        return None
    for row in message.reply_markup.inline_keyboard:
        for button in row:
            for kind in _MARKERS:
                marker = _read(kind, button.callback_data or "")
                if marker is not None:
                    return marker
    return None


def _read(kind: type[CardTap] | type[ConnectTap] | type[NewStoreTap], data: str) -> Marker | None:
    if not data.startswith(f"{kind.__prefix__}:"):
        return None
    try:
        return kind.unpack(data)
    except (TypeError, ValueError):
        return None
