"""The Bot API over plain ASGI: the hot road of every test and every load."""

import asyncio
import inspect

import orjson

from sandbox.dropping import drop_connection
from sandbox.faults import Fault
from sandbox.http import Receive, Scope, Send, header, read_all, send_body
from sandbox.journal import Journal
from sandbox.shapes import Json
from sandbox.telegram.body import Upload, read_body
from sandbox.telegram.call import Call
from sandbox.telegram.errors import BotApiError, forbidden, too_many
from sandbox.telegram.methods import METHODS
from sandbox.telegram.state import Bot, Telegram

PREFIX = "/telegram/"
_JSON_HEADERS = [(b"content-type", b"application/json")]
_UNAUTHORIZED = BotApiError(401, "Unauthorized")
_NOT_FOUND = BotApiError(404, "Not Found")
_BLOCKABLE = ("send", "copy", "forward", "edit")


class BotApi:
    """Answers /telegram/bot<token>/<method> and /telegram/file/bot<token>/<path>."""

    def __init__(self, telegram: Telegram, journal: Journal) -> None:
        self.telegram = telegram
        self.journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"][len(PREFIX) :]
        if path.startswith("file/"):
            await self.download(path.removeprefix("file/"), send)
            return
        body = await read_all(receive)
        size = len(body)
        token, _, method = path.removeprefix("bot").partition("/")
        bot = self.telegram.by_token.get(token) if path.startswith("bot") else None
        if bot is None:
            self.journal.add("telegram", method, {}, [], 401, account="unknown token")
            await _answer(send, 401, _UNAUTHORIZED.body())
            return
        params: Json = {}
        files: dict[str, Upload] = {}
        try:
            params, files = read_body(
                header(scope, b"content-type"), body, scope.get("query_string", b"")
            )
            status, answer = await self.meet(bot, method, params, files)
        except BotApiError as error:
            status, answer = error.code, error.body()
        except DroppedError:
            self.note(bot, method, params, files, status=None, size=size)
            await drop_connection(send)
            return
        self.note(bot, method, params, files, status=status, size=size)
        await _answer(send, status, answer)

    async def meet(
        self, bot: Bot, method: str, params: Json, files: dict[str, Upload]
    ) -> tuple[int, Json | bytes]:
        """Do the call, unless a fault says otherwise."""
        handler = METHODS.get(method.lower())
        if handler is None:
            raise _NOT_FOUND
        fault = None
        if self.telegram.faults:
            fault = self.telegram.faults.take(
                "telegram",
                method,
                bot=bot.username,
                chat_id=str(params.get("chat_id", "")),
            )
            if fault is not None:
                rubbish = await suffer(fault, method)
                if rubbish is not None:
                    return 200, rubbish
        result = handler(Call(self.telegram, bot, params, files))
        if inspect.isawaitable(result):
            result = await result
        if fault is not None and fault.kind == "drop_after_accept":
            raise DroppedError
        return 200, {"ok": True, "result": result}

    def note(
        self,
        bot: Bot,
        method: str,
        params: Json,
        files: dict[str, Upload],
        *,
        status: int | None,
        size: int,
    ) -> None:
        names = [upload.name for upload in files.values()] if files else []
        row = self.journal.add(
            "telegram",
            method,
            params,
            names,
            status,
            account=bot.username,
            size=min(size, 64 * 1024) + 200,
        )
        if self.telegram.live.watched and method.lower() != "getupdates":
            self.telegram.live.tell({"type": "request", "row": row.view()})

    async def download(self, path: str, send: Send) -> None:
        token, _, file_path = path.removeprefix("bot").partition("/")
        stored = self.telegram.files.at_path(file_path)
        if token not in self.telegram.by_token:
            await _answer(send, 401, _UNAUTHORIZED.body())
            return
        content = self.telegram.files.read(stored.unique) if stored else None
        if content is None:
            await _answer(send, 404, _NOT_FOUND.body())
            return
        headers = [(b"content-type", b"application/octet-stream")]
        await send_body(send, 200, content, headers)


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


async def suffer(fault: Fault, method: str) -> bytes | None:
    """Let a fault happen before the call is done; rubbish to answer, or None to go on."""
    match fault.kind:
        case "latency" | "slow":
            await asyncio.sleep(fault.delay)
        case "error":
            raise BotApiError(500, "Internal Server Error")
        case "429":
            raise too_many(max(int(fault.delay), 1))
        case "blocked" if method.lower().startswith(_BLOCKABLE):
            raise forbidden("bot was blocked by the user")
        case "drop_before":
            raise DroppedError
        case "rubbish":
            return b"<html><body>502 Bad Gateway</body></html>"
    return None


async def _answer(send: Send, status: int, body: Json | bytes) -> None:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    await send_body(send, status, content, _JSON_HEADERS)
