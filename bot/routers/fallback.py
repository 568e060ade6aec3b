"""Presses nobody knows: buttons of an earlier release, or made up."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.press import Press
from bot.visitor import Visitor

router = Router(name="fallback")


@router.callback_query()
async def presses_something(_query: CallbackQuery, visitor: Visitor, press: Press) -> None:
    await press.say(visitor.speaker.say("error.stale_button"), alert=True)
