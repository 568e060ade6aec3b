"""Telegram's webhooks: the operators' bot's, and one for each store's bot.

The hottest road of the product, so it is plain ASGI in front of everything else: the secret is
compared before a byte of the body is read, the body is decoded only to find its number and its
lane, and its own text is what is stored, in one round trip.
"""

import hmac
import time
from uuid import UUID

import orjson
import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.app import App
from core.channels import inbox, operator_inbox
from core.channels.doors import Doors
from core.channels.inbox import Mailbox
from core.channels.telegram_updates import lane_of, update_id_of
from core.kernel.crypto import fingerprint
from core.ports.channel import RawUpdate

PREFIX = "/webhooks/telegram/"
LARGEST_BODY = 1024 * 1024
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_OPERATOR = "operator"
# Per account and process; Telegram repeats what is refused, so nothing is lost.
_PER_SECOND = 2000.0
_BURST = 4000.0
WEBHOOKS = Counter("sales_operator_webhooks_total", "Updates pushed, by outcome", ["outcome"])
_log = structlog.get_logger(__name__)


class _Bucket:
    """How many more updates an address may push, for now."""

    __slots__ = ("at", "tokens")

    def __init__(self) -> None:
        self.tokens = _BURST
        self.at = time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(_BURST, self.tokens + (now - self.at) * _PER_SECOND)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class TelegramWebhooks:
    """Answers its own prefix, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, core: App) -> None:
        self._next = app
        self._core = core
        self._doors = Doors(core.db, core.flags)
        self._buckets: dict[UUID | None, _Bucket] = {}
        self._bot_id = core.operator_bot.id
        secret = core.settings.telegram_webhook_secret
        self._secret_hash = fingerprint(secret.get_secret_value()) if secret else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._next(scope, receive, send)
        elif scope["method"] != "POST":
            await _answer(send, 405)
        else:
            await _answer(send, await self._accept(scope, receive))

    async def _accept(self, scope: Scope, receive: Receive) -> int:
        address = scope["path"][len(PREFIX) :]
        secret = _secret(scope)
        mailbox = None
        if address == _OPERATOR:
            if not hmac.compare_digest(fingerprint(secret), self._secret_hash):
                return 401
        else:
            account_id = _uuid(address)
            mailbox = await self._doors.admit(account_id, secret) if account_id else None
            if mailbox is None:
                return 401
        if not self._bucket(mailbox).take():
            WEBHOOKS.labels("limited").inc()
            return 429
        body = await _read(receive)
        return 413 if body is None else await self._keep(mailbox, body)

    async def _keep(self, mailbox: Mailbox | None, body: bytes) -> int:
        """200 only for what is durable, or for what would be no better if it were repeated."""
        try:
            update = orjson.loads(body)
        except orjson.JSONDecodeError:
            update = None
        number = update_id_of(update)
        if number is None:
            WEBHOOKS.labels("malformed").inc()
            _log.warning("webhook_malformed", size=len(body))
            return 200
        raw = RawUpdate(str(number), lane_of(update), body.decode())
        try:
            if mailbox is None:
                await operator_inbox.keep(self._core.db, self._bot_id, [raw])
            elif await self._doors.is_open(mailbox.account_id):
                await inbox.keep(self._core.db, mailbox, [raw])
            else:
                WEBHOOKS.labels("shut").inc()
                return 503
        except Exception:
            WEBHOOKS.labels("failed").inc()
            _log.exception("webhook_not_kept")
            return 503
        WEBHOOKS.labels("kept").inc()
        return 200

    def _bucket(self, mailbox: Mailbox | None) -> _Bucket:
        """Only who knew a secret has one, so there are no more of them than accounts."""
        key = mailbox.account_id if mailbox else None
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket()
        return bucket


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _secret(scope: Scope) -> str:
    """Every byte is a character of latin-1, so that whatever is sent can be compared."""
    for name, value in scope["headers"]:
        if name == SECRET_HEADER:
            return str(value, "latin-1")
    return ""


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None if it is longer than any update."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
    return body if len(body) <= LARGEST_BODY else None


_HEADERS = [(b"content-length", b"0")]


async def _answer(send: Send, status: int) -> None:
    start: Message = {"type": "http.response.start", "status": status, "headers": _HEADERS}
    await send(start)
    await send({"type": "http.response.body", "body": b""})
