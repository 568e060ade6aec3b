"""How to start and recognise the embedded Redis. Runs inside the guard: no asyncio."""

import contextlib
import signal
import socket

from core.kernel.embedded.account import EmbeddedError
from core.kernel.embedded.binaries import redis_program
from core.kernel.embedded.places import Places
from core.kernel.embedded.processes import send, wait_until_gone, working_in

STOP = signal.SIGTERM
DATABASES = 128
_PATIENCE = 10.0


def command(places: Places, *, durable: bool) -> list[str]:
    options = {
        "port": "0",  # the socket alone
        "unixsocket": str(places.redis_socket),
        "unixsocketperm": "700",
        "dir": str(places.redis),
        "databases": str(DATABASES),
        "appendonly": "yes" if durable else "no",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", value)]
    return [str(redis_program()), *given]


def clear_leftovers(places: Places) -> None:
    """End what a killed guard left running on these data."""
    folder = places.redis
    send(working_in(folder), STOP)
    if not wait_until_gone(folder, _PATIENCE):
        send(working_in(folder), signal.SIGKILL)
        if not wait_until_gone(folder, _PATIENCE):
            raise EmbeddedError(f"processes {working_in(folder)} hold {folder}")
    places.redis_socket.unlink(missing_ok=True)


def is_ready(places: Places, pid: int) -> bool:
    del pid
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line,
    ):
        line.settimeout(1)
        line.connect(str(places.redis_socket))
        line.sendall(b"PING\r\n")
        return line.recv(64).startswith(b"+PONG")  # not while it is still loading
    return False
