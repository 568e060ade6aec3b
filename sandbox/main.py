"""Starting the sandbox as a process of its own."""

import argparse
import asyncio
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.app import make_app
from sandbox.world import World

STOP_SECONDS = 1


def listen(host: str, port: int) -> socket.socket:
    """Bind at once, so that the port is known and kept; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def server_config(world: World, *, grace: int, log_level: str) -> uvicorn.Config:
    """How uvicorn runs it; `grace` seconds are left to open polls when it stops."""
    return uvicorn.Config(
        make_app(world),
        log_level=log_level,
        access_log=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=grace,
        server_header=False,
    )


def address(sock: socket.socket) -> str:
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(host: str = "127.0.0.1", port: int = 8081, data: Path | None = None) -> None:
    """Run until a signal; prints `sandbox ready http://…` once it listens."""
    sock = listen(host, port)
    config = server_config(World(data), grace=STOP_SECONDS, log_level="warning")
    server = uvicorn.Server(config)

    async def run() -> None:
        task = asyncio.create_task(server.serve(sockets=[sock]))
        while not server.started and not task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # uvicorn tells of its start by a plain flag
        if server.started:
            sys.stdout.write(f"sandbox ready {address(sock)}\n")
            sys.stdout.flush()
        await task

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(run())


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="sales-operator sandbox",
        description="Stand-ins for Telegram and OpenAI, with a page to play the people.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8081, help="8081; 0 picks a free one")
    parser.add_argument("--data", type=Path, help="folder that keeps chats between starts")
    given = parser.parse_args(argv)
    try:
        serve(given.host, given.port, given.data)
    except OSError as error:
        sys.exit(f"sandbox: cannot listen on {given.host}:{given.port}: {error.strerror}")
    except KeyboardInterrupt:
        sys.exit(0)
