"""The role `api`: uvicorn within this process's loop, until it is told to stop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from core.app import App

# A page that is slow to go does not hold the others up.
_LAST_SECONDS = 5
_LARGEST_SOCKET_MESSAGE = 16 * 1024


class _Server(uvicorn.Server):
    """Signals are the business of whoever runs the role."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: App, stop: asyncio.Event) -> None:
    """Works until `stop` is set, then lets what is under way end."""
    server = _Server(
        uvicorn.Config(
            create_app(app),
            host=app.settings.host,
            port=app.settings.port,
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=_LARGEST_SOCKET_MESSAGE,
            access_log=False,
            server_header=False,
            log_config=None,
            proxy_headers=True,
            forwarded_allow_ips=app.settings.trusted_proxies,
            timeout_graceful_shutdown=_LAST_SECONDS,
        )
    )
    stopping = asyncio.create_task(stop.wait())
    serving = asyncio.create_task(server.serve())
    await asyncio.wait([stopping, serving], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving
