"""The sandbox as a process of its own that is never killed, and a client of its control API."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]


class Outside:
    """The world around the product, as the people in it see it."""

    def __init__(self, url: str) -> None:
        self.url = url
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        self._http = httpx.AsyncClient(timeout=90, trust_env=False, limits=limits)

    async def call(self, method: str, path: str, body: Json | None = None, /, **query: Any) -> Json:
        params = {name: str(value) for name, value in query.items()}
        answer = await self._http.request(
            method, f"{self.url}/sandbox/{path}", json=body, params=params
        )
        if not answer.is_success:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        found: Json = answer.json()
        return found

    async def close(self) -> None:
        await self._http.aclose()


@asynccontextmanager
async def sandbox(port: int, folder: Path) -> AsyncIterator[Outside]:
    """Running while the block does."""
    with (folder.parent / "sandbox.out").open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sandbox", "--port", str(port), "--data", str(folder)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=out,
            start_new_session=True,
        )
    outside = Outside(f"http://127.0.0.1:{port}")
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        if b"ready" not in line:
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        yield outside
    finally:
        await outside.close()
        process.terminate()
        await process.wait()
