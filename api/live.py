"""Pages that change as things happen: notes of the core, carried to open pages over WebSocket.

A note only says what changed; the page asks for it by the API, under its own permissions.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import orjson
import structlog
from fastapi import APIRouter
from redis.exceptions import RedisError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.access import core_of
from api.limits import LIVE, take
from core.app import App
from core.identity.permissions import Permission
from core.identity.sign_in import SignedIn, authenticate, still_signed_in
from core.kernel.errors import DomainError
from core.kernel.nudges import Nudges

AUTH_SECONDS = 5.0
RECHECK_SECONDS = 30.0
MOST_WAITING_NOTES = 256
_LONGEST_MESSAGE = 4096
_EXPIRED, _REFUSED, _TOO_OFTEN = 4401, 4403, 4429
_TOO_SLOW, _COME_BACK = 1008, 1012
_CONVERSATIONS = "conversation."
_log = structlog.get_logger(__name__)
router = APIRouter()


class Page:
    """One open page: the notes it has not taken yet, each once."""

    def __init__(self) -> None:
        self._notes: dict[bytes, None] = {}
        self._woken = asyncio.Event()
        self._closing: int | None = None

    def tell(self, note: bytes) -> None:
        """A page that does not keep up is closed: it comes back and reads everything anew."""
        self._notes[note] = None
        if len(self._notes) > MOST_WAITING_NOTES:
            self._notes.clear()
            self._closing = _TOO_SLOW
        self._woken.set()

    def come_back(self) -> None:
        """Something may have been missed: the page must connect again."""
        self._closing = self._closing or _COME_BACK
        self._woken.set()

    async def take(self) -> list[bytes] | int:
        """The notes that wait, once there are any; or the code to close with."""
        await self._woken.wait()
        self._woken.clear()
        if self._closing is not None:
            return self._closing
        notes, self._notes = list(self._notes), {}
        return notes


class Hub:
    """The pages of this process, and the one subscription it holds for each store of theirs."""

    def __init__(self, nudges: Nudges) -> None:
        self._nudges = nudges
        self._pubsub = nudges.redis.pubsub(ignore_subscribe_messages=True)
        self._pages: dict[str, set[Page]] = {}
        self._changing = asyncio.Lock()
        self._some = asyncio.Event()

    @asynccontextmanager
    async def open(self, tenant_id: UUID) -> AsyncIterator[Page]:
        """A page that hears its store until the block ends; RedisError if it cannot."""
        channel = self._nudges.live_channel(tenant_id)
        page = Page()
        async with self._changing:
            if channel not in self._pages:
                await self._pubsub.subscribe(channel)
            self._pages.setdefault(channel, set()).add(page)
            self._some.set()
        try:
            yield page
        finally:
            async with self._changing:
                await self._leave(channel, page)

    async def _leave(self, channel: str, page: Page) -> None:
        left = self._pages.get(channel, set())
        left.discard(page)
        if not left and self._pages.pop(channel, None) is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(channel)
        if not self._pages:
            self._some.clear()

    async def listen(self) -> None:
        """For ever. After an outage every page is sent to connect again."""
        while True:
            await self._some.wait()
            try:
                message = await self._pubsub.get_message(timeout=1.0)
            except (RedisError, OSError, RuntimeError) as problem:
                _log.warning("live_unheard", problem=type(problem).__name__)
                await self._start_over()
                continue
            if message is not None:
                self._carry(message["channel"].decode(), message["data"])

    async def _start_over(self) -> None:
        async with self._changing:
            for pages in self._pages.values():
                for page in pages:
                    page.come_back()
            self._pages.clear()
            self._some.clear()
            with suppress(RedisError, OSError):
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]
            self._pubsub = self._nudges.redis.pubsub(ignore_subscribe_messages=True)

    def _carry(self, channel: str, note: bytes) -> None:
        for page in self._pages.get(channel, ()):
            page.tell(note)

    async def close(self) -> None:
        with suppress(RedisError, OSError):
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """The first message signs in; after it notes come until the access token expires."""
    app = core_of(socket)
    hub: Hub = socket.app.state.hub
    await socket.accept()
    try:
        await _serve(app, hub, socket)
    except (WebSocketDisconnect, RuntimeError):
        return
    except _ClosedError as closed:
        with suppress(RuntimeError):
            await socket.close(closed.code)
    except (RedisError, OSError) as problem:
        _log.warning("live_refused", problem=type(problem).__name__)
        with suppress(RuntimeError):
            await socket.close(_COME_BACK)


class _ClosedError(Exception):
    """The connection ends, with this code and not a word more."""

    def __init__(self, code: int) -> None:
        self.code = code


class _Session:
    """Whose page this is. A newer token of the same person and store carries it on."""

    def __init__(self, signed: SignedIn, tenant_id: UUID) -> None:
        self.signed = signed
        self.tenant_id = tenant_id

    def seconds_left(self, app: App) -> float:
        left: timedelta = self.signed.access_expires_at - app.clock.now()
        return max(0.0, left.total_seconds())


async def _serve(app: App, hub: Hub, socket: WebSocket) -> None:
    signed = await _first_word(app, socket)
    if signed.actor is None:
        raise _ClosedError(_REFUSED)
    session = _Session(signed, signed.actor.tenant_id)
    async with hub.open(session.tenant_id) as page:
        await socket.send_json({"type": "ready"})
        tasks = [
            asyncio.create_task(_push(socket, page, session)),
            asyncio.create_task(_hear(app, socket, session)),
            asyncio.create_task(_watch(app, socket, session)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()


async def _first_word(app: App, socket: WebSocket) -> SignedIn:
    try:
        async with asyncio.timeout(AUTH_SECONDS):
            token = _token(await _message(socket))
    except TimeoutError:
        raise _ClosedError(_EXPIRED) from None
    signed = await _whose(app, token)
    try:
        await take(app, LIVE, str(signed.user_id))
    except DomainError:
        raise _ClosedError(_TOO_OFTEN) from None
    return signed


async def _whose(app: App, token: str | None) -> SignedIn:
    if token is not None:
        async with app.platform_uow() as puow:
            signed = await authenticate(puow, token)
        if signed is not None:
            return signed
    raise _ClosedError(_EXPIRED)


async def _push(socket: WebSocket, page: Page, session: _Session) -> None:
    while True:
        taken = await page.take()
        if isinstance(taken, int):
            raise _ClosedError(taken)
        for note in taken:
            shown = _shown(note, session.signed)
            if shown is not None:
                await socket.send_text(shown)


async def _hear(app: App, socket: WebSocket, session: _Session) -> None:
    while True:
        message = await _message(socket)
        kind = message.get("type")
        if kind == "ping":
            await socket.send_json({"type": "pong"})
        elif kind == "auth":
            signed = await _whose(app, _token(message))
            same_store = signed.actor is not None and signed.actor.tenant_id == session.tenant_id
            if not same_store or signed.user_id != session.signed.user_id:
                raise _ClosedError(_REFUSED)
            session.signed = signed
            await socket.send_json({"type": "ready"})


async def _watch(app: App, socket: WebSocket, session: _Session) -> None:
    """Until the token expires, or whoever signed in may no longer be here."""
    while left := session.seconds_left(app):
        await asyncio.sleep(min(left, RECHECK_SECONDS))
        async with app.platform_uow() as puow:
            now = await still_signed_in(puow, session.signed.session_id)
        if now is None or now.actor is None or now.actor.tenant_id != session.tenant_id:
            break
    await socket.send_json({"type": "auth.expired"})
    raise _ClosedError(_EXPIRED)


async def _message(socket: WebSocket) -> dict[str, object]:
    """The next message, an object; anything else is refused without a word."""
    frame = await socket.receive()
    if frame["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(frame.get("code", 1000))
    text = frame.get("text")
    if text is None or len(text) > _LONGEST_MESSAGE:
        raise _ClosedError(_REFUSED)
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _ClosedError(_REFUSED) from None
    if not isinstance(message, dict):
        raise _ClosedError(_REFUSED)
    return message


def _token(message: dict[str, object]) -> str | None:
    token = message.get("token")
    return token if message.get("type") == "auth" and isinstance(token, str) else None


def _shown(note: bytes, signed: SignedIn) -> str | None:
    """A note as the page reads it; None for what this person may not see."""
    told = orjson.loads(note)
    kind: str = told["type"]
    if not kind.startswith(_CONVERSATIONS):
        return orjson.dumps({"type": kind}).decode()
    if signed.actor is None or not signed.actor.may(Permission.VIEW_CONVERSATIONS):
        return None
    return orjson.dumps({"type": kind, "conversation_id": told["subject"]}).decode()
