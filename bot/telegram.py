"""The operators' bot as a client of the Bot API, and what its refusals mean."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramServerError,
)
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import WebAppInfo
from aiohttp import ClientConnectorError
from aiohttp.payload import JsonBytesPayload
from pydantic import ValidationError

from core.kernel.settings import Settings

# A call that takes longer is in doubt; the lease of a card is three times as long.
CALL_SECONDS = 10
_UNCHANGED = "message is not modified"
_VANISHED = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
)
_DELETED = ("message to delete not found", "message can't be deleted")
_CLOSED = ("chat not found", "user is deactivated", "peer_id_invalid")
# A moment is a number to Telegram: aiogram makes it one.
_plainly = partial(orjson.dumps, option=orjson.OPT_PASSTHROUGH_DATETIME)
_TOO_LATE_TO_ANSWER = ("query is too old", "query id is invalid", "query_id_invalid")


@dataclass(frozen=True, slots=True)
class Face:
    """What the bot is called, for links to it."""

    id: int
    username: str

    def link(self, start: str) -> str:
        return f"https://t.me/{self.username}?start={start}"


def open_bot(settings: Settings) -> Bot:
    """The client of the configured bot; close its session when done."""
    if settings.telegram_bot_token is None:
        raise RuntimeError("TELEGRAM_BOT_TOKEN is settled before the bot role starts")
    return bot_with(settings.telegram_bot_token.get_secret_value(), settings.telegram_api_base)


class _Line(AiohttpSession):
    """The connections to the Bot API.

    What is no JSON at all is a gateway's word that Telegram is away, as a 500 is Telegram's.
    """

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        try:
            return super().check_response(bot, method, status_code, content)
        except ClientDecodeError as rubbish:
            if isinstance(rubbish.original, ValidationError):
                raise
            raise TelegramServerError(method, f"{status_code}, no JSON") from rubbish

    def build_form_data(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        """As JSON where no file is sent: Cyrillic is three times as long in a form."""
        try:  # what is plain already, as the calls of every message are
            return JsonBytesPayload(method.model_dump(warnings=False, exclude_none=True), _plainly)
        except TypeError:
            files: dict[str, Any] = {}
            asked = self.prepare_value(
                method.model_dump(warnings=False), bot, files, _dumps_json=False
            )
        return (
            super().build_form_data(bot, method) if files else JsonBytesPayload(asked, orjson.dumps)
        )


def bot_with(token: str, api_base: str | None) -> Bot:
    """A client with this token; ValueError (aiogram's own) for what is no token at all."""
    api = TelegramAPIServer.from_base(api_base) if api_base else PRODUCTION
    session = _Line(
        api=api,
        timeout=CALL_SECONDS,
        json_loads=orjson.loads,
        json_dumps=lambda value: json.dumps(value, ensure_ascii=False),
    )
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    return Bot(token, session=session, default=properties)


def is_unchanged(refusal: TelegramBadRequest) -> bool:
    """The message says already what it was to say."""
    return _UNCHANGED in refusal.message.lower()


def is_vanished(refusal: TelegramBadRequest) -> bool:
    """The message is no more, or is out of reach: only a fresh one helps."""
    return any(words in refusal.message.lower() for words in _VANISHED)


def shows_already(refusal: TelegramBadRequest) -> bool:
    """Nothing is missing in the chat: it says so already, or what was to go is gone."""
    return is_unchanged(refusal) or any(words in refusal.message.lower() for words in _DELETED)


def is_closed(refusal: TelegramBadRequest) -> bool:
    """Nobody is there to be written to."""
    return any(words in refusal.message.lower() for words in _CLOSED)


def is_too_late(refusal: TelegramBadRequest) -> bool:
    """The press was too long ago to be answered."""
    return any(words in refusal.message.lower() for words in _TOO_LATE_TO_ANSWER)


def surely_unsent(failure: TelegramNetworkError) -> bool:
    """No connection was made, so nothing can have arrived."""
    return isinstance(failure.__cause__, ClientConnectorError)


def app_page(settings: Settings) -> WebAppInfo | None:
    """The Mini App, where Telegram would open it: over https, and in the sandbox."""
    address = settings.public_address
    if address.startswith("https://") or settings.sandbox_on:
        return WebAppInfo(url=f"{address}/app/")
    return None
