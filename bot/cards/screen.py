"""What a chat is asked to show: a text with its markup and rows of buttons."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from aiogram.enums import ButtonStyle
from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.html import units
from bot.taps import Act, CardTap
from core.suggestions.card import CardView

LONGEST_COPY = 256  # characters a copy button holds
Rows = Sequence[Sequence[InlineKeyboardButton]]


@dataclass(frozen=True)
class Screen:
    """`final`: it is one line and will not change any more."""

    text: str
    keyboard: InlineKeyboardMarkup
    final: bool = False

    @cached_property
    def markup(self) -> str:
        """The keyboard in words, as the Bot API takes it."""
        return self.keyboard.model_dump_json(exclude_none=True)

    @cached_property
    def hash(self) -> bytes:
        """Equal screens are not drawn twice."""
        seen = f"{self.text}\0{self.markup}"
        return hashlib.blake2b(seen.encode(), digest_size=16).digest()


class Buttons:
    """Makes the buttons of one card."""

    def __init__(self, view: CardView) -> None:
        tap = CardTap(tenant=view.tenant_id, card=view.id, act=Act.SHOW_MAIN, stamp="")
        self._ids = tap.pack().removesuffix(f":{Act.SHOW_MAIN}:")

    def act(
        self, text: str, act: Act, stamp: str = "0", style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        data = f"{self._ids}:{act}:{stamp}"  # as CardTap packs it, without its model for each
        return InlineKeyboardButton(text=text, callback_data=data, style=style)


def copy_button(label: str, text: str) -> list[InlineKeyboardButton]:
    """A button that copies the text, where the text is short enough for one."""
    if not text.strip() or units(text) > LONGEST_COPY:
        return []
    return [InlineKeyboardButton(text=label, copy_text=CopyTextButton(text=text))]


def keyboard(rows: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(row) for row in rows if row])
