"""What a chat is asked to show: a text with its markup and rows of buttons."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import orjson
from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardMarkup

from bot.html import units
from bot.taps import Act, CardTap, compact
from core.suggestions.card import CardView

LONGEST_COPY = 256  # characters a copy button holds
# As the Bot API takes it: aiogram's model of each button took a third of the time a card is drawn in.
Button = dict[str, object]
Rows = Sequence[Sequence[Button]]


@dataclass(frozen=True)
class Screen:
    """`final`: it is one line and will not change any more."""

    text: str
    rows: Rows
    final: bool = False

    @cached_property
    def markup(self) -> str:
        """The keyboard in words, as the Bot API takes it."""
        return orjson.dumps({"inline_keyboard": [row for row in self.rows if row]}).decode()

    @property
    def keyboard(self) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup.model_validate_json(self.markup)

    @cached_property
    def hash(self) -> bytes:
        """Equal screens are not drawn twice."""
        seen = f"{self.text}\0{self.markup}"
        return hashlib.blake2b(seen.encode(), digest_size=16).digest()


class Buttons:
    """Makes the buttons of one card."""

    def __init__(self, view: CardView) -> None:
        ids = (CardTap.__prefix__, compact(view.tenant_id), compact(view.id))
        self._ids = CardTap.__separator__.join(ids)

    def act(
        self, text: str, act: Act, stamp: str = "0", style: ButtonStyle | None = None
    ) -> Button:
        # As CardTap packs it, without its model for each.
        data = CardTap.__separator__.join((self._ids, act, stamp))
        button: Button = {"text": text, "callback_data": data}
        return button | {"style": style} if style else button


def copy_button(label: str, text: str) -> list[Button]:
    """A button that copies the text, where the text is short enough for one."""
    if not text.strip() or units(text) > LONGEST_COPY:
        return []
    return [{"text": label, "copy_text": {"text": text}}]
