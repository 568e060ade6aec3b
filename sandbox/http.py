"""The few words of plain ASGI the hot roads need."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

BODY_LIMIT = 120 * 1024 * 1024


def header(scope: Scope, name: bytes) -> bytes:
    """The value of a header by its lower-case name, empty without it."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


async def read_all(receive: Receive) -> bytes:
    """The whole body; what exceeds the limit is read and thrown away."""
    event = await receive()
    body: bytes = event.get("body", b"")
    if not event.get("more_body"):
        return body
    parts = [body]
    size = len(body)
    while event.get("more_body"):
        event = await receive()
        piece: bytes = event.get("body", b"")
        size += len(piece)
        if size <= BODY_LIMIT:
            parts.append(piece)
    return b"".join(parts)


async def send_body(send: Send, status: int, content: bytes, headers: Headers) -> None:
    length = (b"content-length", str(len(content)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": content})
