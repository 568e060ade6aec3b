"""The Bot API by aiogram. Only this file and `outcomes.py` name the vendor."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar, cast

import orjson
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import AiogramError, TelegramBadRequest
from aiogram.methods import (
    DeleteWebhook,
    GetFile,
    GetMe,
    GetWebhookInfo,
    SendChatAction,
    SetWebhook,
    TelegramMethod,
)
from aiohttp import ClientError, ClientResponseError, ClientTimeout
from aiohttp.payload import JsonBytesPayload

from connectors.telegram_bot.convert import LARGEST_DOWNLOAD, read
from connectors.telegram_bot.outcomes import outcome_of, trouble
from core.kernel.transaction import refuse_inside_transaction
from core.ports.channel import (
    Account,
    AccountLost,
    Capabilities,
    ChannelKind,
    ChannelTrouble,
    FileGone,
    FileTooBig,
    Inbound,
    Keep,
    Later,
    Outbound,
    Profile,
    RawUpdate,
    SendOutcome,
    Sent,
    Session,
    Unsure,
)
from core.ports.telegram import ALLOWED_UPDATES, lane_of

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 15
_POLL_SECONDS = 25
_POLL_UPDATES = 100
_HOOK_CHECK_SECONDS = 45
_HOOK_CONNECTIONS = 40
_DOWNLOAD_SECONDS = 90
_CLOSED_PATIENCE_SECONDS = 2.0
T = TypeVar("T")
# A moment is a number to Telegram: aiogram makes it one.
_plainly = partial(orjson.dumps, option=orjson.OPT_PASSTHROUGH_DATETIME)


class GetRawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates whose result stays as it came: one odd update must not spoil its batch."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


class SendText(TelegramMethod[dict[str, Any]]):
    """sendMessage of plain text: the id and the date are all that is wanted of the answer."""

    __returning__ = dict[str, Any]
    __api_method__ = "sendMessage"

    chat_id: str
    text: str
    reply_parameters: dict[str, Any] | None = None


class Line(AiohttpSession):
    """The connections all bots of a process share. Gives up on connecting long before answers."""

    def __init__(self, api_base: str | None) -> None:
        api = TelegramAPIServer.from_base(api_base) if api_base else PRODUCTION
        # Each bot's long poll holds a connection.
        super().__init__(api=api, limit=0, json_loads=orjson.loads)

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

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[T],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own signature
    ) -> T:
        patience = ClientTimeout(total=timeout or _ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        # aiogram hands it on to aiohttp as it is.
        return await super().make_request(bot, method, cast("int", patience))


class TelegramBotConnector:
    """Opens stores' bots. With `webhook_base` Telegram calls us, without it we ask Telegram."""

    kind = ChannelKind.TELEGRAM_BOT
    capabilities = Capabilities(
        typing=True,
        edit=True,
        delete=True,
        attachments=True,
        quoted_reply=True,
        largest_download=LARGEST_DOWNLOAD,
    )

    def __init__(self, api_base: str | None, webhook_base: str | None = None) -> None:
        self._line = Line(api_base)
        self._webhook_base = webhook_base

    def read(self, update: RawUpdate) -> list[Inbound]:
        return read(update)

    async def open(self, account: Account) -> Session:
        hook = self._webhook_base and f"{self._webhook_base}/webhooks/telegram/{account.id}"
        bot = Bot(account.secret, session=self._line)
        session = BotSession(bot, await profile_of(bot), hook or None, account.webhook_secret)
        if session.profile.external_id != account.external_id:
            raise AccountLost("channel.another_account")
        return session

    async def profile(self, token: str) -> Profile:
        """Whose token it is; AccountLost if it is nobody's."""
        return await profile_of(Bot(token, session=self._line))

    async def close(self) -> None:
        await self._line.close()


class BotSession:
    """One bot, open."""

    def __init__(self, bot: Bot, profile: Profile, hook: str | None, hook_secret: str) -> None:
        self.profile = profile
        self._bot = bot
        self._hook = hook
        self._hook_secret = hook_secret
        self._offset: int | None = None
        self._hooked = False  # by this session: the address alone does not tell the secret
        self._closed = False

    async def pull(self, keep: Keep) -> None:
        if self._hook is None:
            await _asked(self._bot, DeleteWebhook())
            while True:
                await self._poll(keep)
        while True:
            await self._see_to_hook(self._hook)
            await keep([])
            await asyncio.sleep(_HOOK_CHECK_SECONDS)

    async def _poll(self, keep: Keep) -> None:
        updates = await _asked(
            self._bot,
            GetRawUpdates(
                offset=self._offset,
                limit=_POLL_UPDATES,
                timeout=_POLL_SECONDS,
                allowed_updates=list(ALLOWED_UPDATES),
            ),
            _POLL_SECONDS + _ANSWER_SECONDS,
        )
        known = [update for update in updates if isinstance(update.get("update_id"), int)]
        if updates and not known:
            raise ChannelTrouble("channel.failing")  # nothing here could ever be acknowledged
        known.sort(key=lambda update: cast("int", update["update_id"]))
        await keep([_raw(update) for update in known])
        # Asking beyond them is what acknowledges them.
        if known:
            self._offset = known[-1]["update_id"] + 1

    async def _see_to_hook(self, url: str) -> None:
        info = await _asked(self._bot, GetWebhookInfo())
        if info.url == url and self._hooked:
            return
        await _asked(
            self._bot,
            SetWebhook(
                url=url,
                secret_token=self._hook_secret,
                max_connections=_HOOK_CONNECTIONS,
                allowed_updates=list(ALLOWED_UPDATES),
            ),
        )
        self._hooked = True

    async def send(self, message: Outbound) -> SendOutcome:
        refuse_inside_transaction("telegram_bot.send")
        if self._closed:
            return Later(_CLOSED_PATIENCE_SECONDS, "channel.closed")
        reply = message.reply_to_external_id
        method = SendText(
            chat_id=message.external_chat_id,
            text=message.text,
            reply_parameters={"message_id": int(reply), "allow_sending_without_reply": True}
            if reply
            else None,
        )
        try:
            sent = await self._bot(method)
            return Sent(str(sent["message_id"]), datetime.fromtimestamp(sent["date"], UTC))
        except AiogramError as problem:
            return outcome_of(problem)
        except (KeyError, TypeError):
            return Unsure("channel.answer_unreadable")

    async def typing(self, external_chat_id: str) -> None:
        await _asked(self._bot, SendChatAction(chat_id=external_chat_id, action="typing"))

    async def fetch(self, external_file_id: str) -> AsyncGenerator[bytes, None]:
        refuse_inside_transaction("telegram_bot.fetch")
        try:
            file = await self._bot(GetFile(file_id=external_file_id))
        except TelegramBadRequest as refused:
            if "too big" in refused.message.lower():
                raise FileTooBig from refused
            if "temporarily" in refused.message.lower():
                raise ChannelTrouble("channel.failing") from refused
            raise FileGone from refused
        except AiogramError as problem:
            raise trouble(problem) from problem
        if not file.file_path:
            raise FileGone
        url = self._bot.session.api.file_url(self._bot.token, file.file_path)
        stream = self._bot.session.stream_content(url, timeout=_DOWNLOAD_SECONDS)
        try:
            async with aclosing(stream) as chunks:
                async for chunk in chunks:
                    yield chunk
        except ClientResponseError as refused:
            # The address holds the token: it must not travel on in an error.
            if refused.status in {400, 404, 410}:
                raise FileGone from None
            raise ChannelTrouble("channel.failing") from None
        except (ClientError, TimeoutError):
            raise ChannelTrouble("channel.unreachable") from None

    async def probe(self) -> None:
        await profile_of(self._bot)

    async def close(self) -> None:
        self._closed = True


async def profile_of(bot: Bot) -> Profile:
    me = await _asked(bot, GetMe())
    return Profile(str(me.id), me.full_name, me.username)


async def _asked(bot: Bot, method: TelegramMethod[T], seconds: int = _ANSWER_SECONDS) -> T:
    """For what may be asked again: failures in the port's terms."""
    refuse_inside_transaction(f"telegram_bot.{method.__api_method__}")
    try:
        return await bot(method, request_timeout=seconds)
    except AiogramError as problem:
        raise trouble(problem) from problem


def _raw(update: dict[str, Any]) -> RawUpdate:
    return RawUpdate(str(update["update_id"]), lane_of(update), orjson.dumps(update).decode())
