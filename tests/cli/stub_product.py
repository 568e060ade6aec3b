"""The real supervisor over small roles: each writes its pid, `api` answers /readyz.

Run as `stub_product.py run`; it starts itself again as `stub_product.py role NAME FD` and as
`stub_product.py sandbox PORT`.
"""

import asyncio
import os
import sys
from pathlib import Path

from cli.product import Product
from cli.roles import until_stopped
from core.kernel.settings import Settings, load

HERE = str(Path(__file__).resolve())


async def answer(port: int, body: bytes) -> asyncio.Server:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(once, "127.0.0.1", port)


async def role(name: str, life: int) -> int:
    settings = load(None)
    folder = settings.var_dir / "pids"
    folder.mkdir(exist_ok=True)

    async def work(stop: asyncio.Event) -> None:
        server = await answer(settings.port, b"{}") if name == "api" else None
        draft = folder / f".{name}"
        draft.write_text(str(os.getpid()))
        draft.replace(folder / name)
        token = settings.telegram_bot_token
        print(f"{name} up, token {token.get_secret_value() if token else None}")
        if name == "stubborn":
            await asyncio.Event().wait()
        await stop.wait()
        print(f"{name} down")
        if server:
            server.close()

    return await until_stopped(work, life)


async def sandbox(port: int) -> None:
    body = b'{"environment": {"TELEGRAM_BOT_TOKEN": "1:sandbox"}}'
    await (await answer(port, body)).serve_forever()


async def nothing(settings: Settings) -> None:
    del settings


def main() -> int:
    match sys.argv[1:]:
        case ["run"]:
            product = Product(
                role_command=lambda name, life: [sys.executable, HERE, "role", name, str(life)],
                sandbox_command=lambda settings: [
                    *(sys.executable, HERE, "sandbox", str(settings.sandbox_port))
                ],
                migrate=nothing,
                seed=nothing,
            )
            asyncio.run(product.run(load(None)))
        case ["role", name, life]:
            return asyncio.run(role(name, int(life)))
        case ["sandbox", port]:
            asyncio.run(sandbox(int(port)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
