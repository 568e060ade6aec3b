"""The drain that sends notices: what the bot tells its people beside the cards."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.html import head, inline
from bot.taps import AutosendTap
from bot.telegram import is_closed
from core.identity.reach import note_unreachable
from core.kernel.drains import Drain
from core.kernel.i18n import Speaker
from core.notifications import notices
from core.notifications.notices import ClaimedNotice

if TYPE_CHECKING:
    from core.app import App

_BATCH = 20
_LONGEST_NAME = 40
_log = structlog.get_logger(__name__)
# What a notice lets its reader do at once.
_BUTTONS = {
    "notice.reviews": ("button.review", "review"),
    "notice.breaker": ("button.autosend", "show"),
    "notice.licence_changed": ("button.autosend", "show"),
    "notice.replay": ("button.autosend", "show"),
}


class NoticeSending:
    """Sends notices one after the other: they are few, and none is urgent by seconds."""

    def __init__(self, app: "App", bot: Bot) -> None:
        self._app = app
        self._bot = bot
        self.drain = Drain("notices", self.once, full=_BATCH)

    async def once(self) -> int:
        """Claim a batch and send it; returns how many were claimed."""
        async with self._app.db.hot_platform() as sql:
            claimed = await notices.claim(sql, self._app.clock.now(), _BATCH)
        for notice in claimed:
            await self._send(notice)
        return len(claimed)

    async def _send(self, notice: ClaimedNotice) -> None:
        try:
            await self._bot.send_message(
                notice.chat_id, text_of(notice), reply_markup=_keyboard(notice)
            )
        except TelegramRetryAfter as flood:
            await self._later(notice, "429", seconds=float(flood.retry_after))
        except (TelegramForbiddenError, TelegramBadRequest) as refusal:
            closed = isinstance(refusal, TelegramForbiddenError) or is_closed(refusal)
            await self._later(notice, refusal.message, hopeless=closed)
            if closed:
                async with self._app.db.hot_platform() as sql:
                    await note_unreachable(sql, notice.chat_id, self._app.clock.now())
        except TelegramAPIError as failure:
            await self._later(notice, type(failure).__name__)
        else:
            async with self._app.db.hot_platform() as sql:
                await notices.sent(sql, notice, self._app.clock.now())

    async def _later(
        self,
        notice: ClaimedNotice,
        problem: str,
        *,
        seconds: float | None = None,
        hopeless: bool = False,
    ) -> None:
        _log.warning("notice_unsent", notice=str(notice.id), problem=problem)
        async with self._app.db.hot_platform() as sql:
            now = self._app.clock.now()
            await notices.later(sql, notice, now, problem, seconds=seconds, hopeless=hopeless)


def text_of(notice: ClaimedNotice) -> str:
    """The notice in its reader's language."""
    speaker = Speaker(notice.language, notice.time_zone)
    params = dict(notice.params)
    if "intent" in params:
        params["intent"] = speaker.say(f"intent.{params['intent']}")
    if "why" in params:
        why = params["why"] or "channel.closed"
        params["why"] = speaker.say(why)
    if "since" in params:
        params["since"] = _moment(params["since"], speaker)
    if "count" in params:
        params["messages"] = speaker.count("notice.messages", params["count"])
    if "who" in params:
        params["who"] = _named(params["who"], speaker)
    if "waiting" in params:
        waiting = params["waiting"]
        params["waiting"] = speaker.count("notice.waiting", waiting) if waiting else ""
    return inline(speaker.say(notice.key, **params)).source


def _moment(iso: str, speaker: Speaker) -> str:
    """Never "a minute ago": nobody knows when it is read."""
    return f"{datetime.fromisoformat(iso).astimezone(speaker.zone):%d.%m %H:%M}"


def _named(people: Sequence[Mapping[str, Any]], speaker: Speaker) -> str:
    if not people:
        return ""
    named = [
        speaker.say(
            "notice.person", name=head(person["name"], _LONGEST_NAME), number=person["number"]
        )
        for person in people
    ]
    return speaker.say("notice.from", who=", ".join(named))


def _keyboard(notice: ClaimedNotice) -> InlineKeyboardMarkup | None:
    if notice.key not in _BUTTONS:
        return None
    label, do = _BUTTONS[notice.key]
    text = Speaker(notice.language).say(label)
    data = AutosendTap(tenant=notice.tenant_id, do=do).pack()
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=text, callback_data=data)]]
    )
