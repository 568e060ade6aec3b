"""A pressed button, answered once and in time: the client waits for it with a spinner."""

import asyncio
from types import TracebackType
from typing import Self

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery

from bot.html import head, plain
from bot.telegram import is_too_late

_LONGEST_ANSWER = 200
_PATIENCE_SECONDS = 2.0


class Press:
    """`async with Press(query) as press: … await press.say("Отправляю")`.

    If the work takes longer than two seconds the press is answered without words, and what was to
    be said comes as a message. A press that is too old to be answered undoes nothing.
    """

    def __init__(self, query: CallbackQuery) -> None:
        self._query = query
        self._answered = False
        self._timer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._timer = asyncio.create_task(self._answer_in_time())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if error is None and not self._answered:
            await self._answer()

    async def say(self, text: str, *, alert: bool = False) -> None:
        """A line over the chat, or a window that must be closed."""
        if not self._answered and await self._answer(text, alert=alert):
            return
        message = self._query.message
        if text and alert and message is not None and self._query.bot is not None:
            await self._query.bot.send_message(message.chat.id, plain(text).source)

    async def unless_answered(self, text: str, *, alert: bool) -> None:
        """For what comes after all else: of what has been said already it says no more."""
        if not self._answered:
            await self.say(text, alert=alert)

    async def _answer_in_time(self) -> None:
        await asyncio.sleep(_PATIENCE_SECONDS)
        if not self._answered:
            await self._answer()

    async def _answer(self, text: str = "", *, alert: bool = False) -> bool:
        """Whether the words were shown."""
        self._answered = True
        try:
            await self._query.answer(head(text, _LONGEST_ANSWER) or None, show_alert=alert)
        except TelegramBadRequest as refusal:
            if not is_too_late(refusal):
                raise
            return False
        return True
