"""What every request passes, written as plain ASGI: an id, a cap on its body, safe headers.

Whatever breaks beyond it is logged under the request's id and answered without a word about why.
"""

import time
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_of, respond, speaker_of
from core.imports.formats import LARGEST as LARGEST_FILE
from core.kernel.ids import new_id
from core.kernel.metrics import HTTP_REQUESTS, HTTP_SECONDS

LARGEST_BODY = 1024 * 1024
# Documents are long texts, each letter of which may be escaped; files have room for their shell.
_LARGER = {"/api/v1/documents": 4 * LARGEST_BODY, "/api/v1/imports": LARGEST_FILE + 65_536}
_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_log = structlog.get_logger(__name__)


class Road:
    """The outermost layer but for the webhooks'."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = str(new_id())
        began = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, _capped(scope, receive), send_with_headers)
            except Exception:
                _log.exception("request_failed", method=scope["method"], route=_route(scope))
                if status:
                    raise
                speaker = speaker_of(HTTPConnection(scope))
                answer = respond(
                    problem_of(speaker, HTTPStatus.INTERNAL_SERVER_ERROR, "error.unexpected")
                )
                await answer(scope, receive, send_with_headers)
        route = _route(scope)
        HTTP_REQUESTS.labels(route, status).inc()
        HTTP_SECONDS.labels(route).observe(time.perf_counter() - began)


def _route(scope: Scope) -> str:
    """The pattern of the route, never the path itself: ids would make a series each."""
    return getattr(scope.get("route"), "path", "none")


def _capped(scope: Scope, receive: Receive) -> Receive:
    """Refuses a body over the cap before anybody parses it, whatever its length was said to be."""
    seen = 0
    said = Headers(scope=scope).get("content-length", "0")
    largest = _largest(scope["path"])
    too_large = not said.isdecimal() or int(said[:20]) > largest

    async def receive_capped() -> Message:
        nonlocal seen
        if too_large:
            raise _too_large(largest)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > largest:
            raise _too_large(largest)
        return message

    return receive_capped


def _largest(path: str) -> int:
    return next((most for start, most in _LARGER.items() if path.startswith(start)), LARGEST_BODY)


def _too_large(largest: int) -> HTTPException:
    megabytes = largest // LARGEST_BODY if largest < LARGEST_FILE else LARGEST_FILE // 1_000_000
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(megabytes))
