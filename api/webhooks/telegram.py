"""Telegram's webhooks: the operators' bot's, and one for each store's bot.

The hottest road of the product, so it is plain ASGI in front of everything else: the secret is
compared before a byte of the body is read, the body is decoded only to find its number and its
lane, and its own text is what is stored, in one round trip.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from uuid import UUID

import orjson
import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.app import App
from core.channels import inbox, operator_inbox
from core.kernel.nudges import BOT, CHANNELS

PREFIX = "/webhooks/telegram/"
LARGEST_BODY = 1024 * 1024
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
_OPERATOR = "operator"
_KNOWN_SECONDS = 2.0
_MOST_KNOWN = 10_000
# Per account and process; Telegram repeats what is refused, so nothing is lost.
_PER_SECOND = 2000.0
_BURST = 4000.0
WEBHOOKS = Counter("sales_operator_webhooks_total", "Updates pushed, by outcome", ["outcome"])
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Account:
    """Where an address leads. A secret's hash that nothing hashes to stands for no account."""

    secret_hash: bytes
    ref: inbox.AccountRef | None
    read_at: float
    tokens: float = _BURST
    taken_at: float = 0.0

    def take(self, now: float) -> bool:
        self.tokens = min(_BURST, self.tokens + (now - self.taken_at) * _PER_SECOND)
        self.taken_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class TelegramWebhooks:
    """Answers its own prefix, and passes everything else on."""

    def __init__(self, app: ASGIApp, *, core: App) -> None:
        self._next = app
        self._core = core
        self._known: dict[str, _Account] = {}
        token = core.settings.telegram_bot_token
        self._bot_id = int(token.get_secret_value().partition(":")[0]) if token else 0
        secret = core.settings.telegram_webhook_secret
        self._operator = _Account(_hash(secret.get_secret_value()) if secret else b"", None, 0.0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._next(scope, receive, send)
            return
        if scope["method"] != "POST":
            await _answer(send, 405)
            return
        address = scope["path"][len(PREFIX) :]
        now = time.monotonic()
        account = self._operator if address == _OPERATOR else await self._account(address, now)
        if not _knows_secret(scope, account):
            await _answer(send, 401)
            return
        if not account.take(now):
            WEBHOOKS.labels("limited").inc()
            await _answer(send, 429)
            return
        body = await _read(receive)
        if body is None:
            await _answer(send, 413)
            return
        await _answer(send, await self._keep(account, body))

    async def _keep(self, account: _Account, body: bytes) -> int:
        """200 only for what is durable, or for what would be no better if it were repeated."""
        try:
            update = orjson.loads(body)
        except orjson.JSONDecodeError:
            update = None
        number = operator_inbox.update_id_of(update)
        if number is None:
            WEBHOOKS.labels("malformed").inc()
            _log.warning("webhook_malformed", size=len(body))
            return 200
        raw = operator_inbox.RawUpdate(number, operator_inbox.lane_of(update), body.decode())
        try:
            await self._store(account, raw)
        except Exception:
            WEBHOOKS.labels("failed").inc()
            _log.exception("webhook_not_kept")
            return 503
        WEBHOOKS.labels("kept").inc()
        return 200

    async def _store(self, account: _Account, raw: operator_inbox.RawUpdate) -> None:
        core = self._core
        if account.ref is None:
            await operator_inbox.keep(core.db, core.clock, self._bot_id, [raw])
            core.nudges.send([BOT])
            return
        await inbox.keep(core.db, account.ref, [raw])
        core.nudges.send([CHANNELS])

    async def _account(self, address: str, now: float) -> _Account:
        known = self._known.get(address)
        if known is not None and now - known.read_at < _KNOWN_SECONDS:
            return known
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        found = await self._find(address, now)
        if known is not None:
            found.tokens, found.taken_at = known.tokens, known.taken_at
        self._known[address] = found
        return found

    async def _find(self, address: str, now: float) -> _Account:
        try:
            account_id = UUID(address)
        except ValueError:
            return _Account(b"", None, now)
        ...


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _knows_secret(scope: Scope, account: _Account) -> bool:
    """Compared as bytes of equal length, in constant time, whatever was sent."""
    given = b""
    for name, value in scope["headers"]:
        if name == SECRET_HEADER:
            given = value
            break
    return hmac.compare_digest(hashlib.sha256(given).digest(), account.secret_hash)


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
