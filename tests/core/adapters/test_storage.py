"""Files in a folder and in an S3 server: whole or not at all, under keys of ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import web

from core.adapters.storage import FolderStorage, S3Storage, storage_at
from core.ports.storage import Storage, StorageMissing


async def chunks(*parts: bytes, breaks: bool = False) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    if breaks:
        raise ConnectionError


async def read(storage: Storage, key: str) -> bytes:
    return b"".join([chunk async for chunk in storage.get(key)])


def key() -> str:
    return f"{uuid4()}/2026/11/{uuid4()}"


@pytest.fixture
async def s3(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """The three calls we make of S3, path style, answered over HTTP."""
    kept: dict[str, bytes] = {}

    async def handle(request: web.Request) -> web.Response:
        if "Authorization" not in request.headers:
            return web.Response(status=403)
        if request.method == "PUT":
            kept[request.path] = await request.read()
            return web.Response(headers={"ETag": '"x"'})
        if request.method == "DELETE":
            kept.pop(request.path, None)
            return web.Response(status=204)
        if request.path not in kept:
            body = "<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
            return web.Response(status=404, text=body, content_type="application/xml")
        return web.Response(body=kept[request.path])

    app = web.Application(client_max_size=0)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await (site := web.TCPSite(runner, "127.0.0.1", 0)).start()
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path, s3: str) -> Storage:
    if request.param == "folder":
        return storage_at(None, tmp_path / "media")
    return storage_at(f"s3://KEY:SECR%2FET@bucket/media?endpoint={s3}&region=eu-1", tmp_path)


async def test_what_was_put_is_got_and_deleted(storage: Storage) -> None:
    name = key()
    assert await storage.put(name, chunks(b"a" * 70_000, b"b"), mime="image/png") == 70_001
    assert await read(storage, name) == b"a" * 70_000 + b"b"
    assert await storage.put(name, chunks(b"again"), mime=None) == 5
    assert await read(storage, name) == b"again"
    await storage.delete(name)
    await storage.delete(name)
    with pytest.raises(StorageMissing):
        await read(storage, name)


async def test_a_stream_that_breaks_leaves_nothing(storage: Storage, tmp_path: Path) -> None:
    name = key()
    with pytest.raises(ConnectionError):
        await storage.put(name, chunks(b"half", breaks=True), mime=None)
    with pytest.raises(StorageMissing):
        await read(storage, name)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_a_cancelled_put_leaves_nothing(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"half"
        begun.set()
        await asyncio.Event().wait()

    putting = asyncio.create_task(storage.put(key(), endless(), mime=None))
    await begun.wait()
    putting.cancel()
    await asyncio.gather(putting, return_exceptions=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("odd", ["../x", "a/../b", "/etc/passwd", "a/б.jpg", "", "a"])
async def test_only_keys_of_ours(tmp_path: Path, odd: str) -> None:
    with pytest.raises(ValueError, match="key"):
        await FolderStorage(tmp_path).put(odd, chunks(b"x"), mime=None)


def test_what_media_url_names(tmp_path: Path) -> None:
    assert isinstance(storage_at(f"file://{tmp_path}", tmp_path), FolderStorage)
    at_https = storage_at("https://K:S@s3.example.org/bucket/media?region=eu-1", tmp_path)
    assert isinstance(at_https, S3Storage)
    assert (at_https._bucket, at_https._prefix) == ("bucket", "media/")
    for nothing in ("s3://", "https://s3.example.org/", "ftp://x/y"):
        with pytest.raises(ValueError, match="MEDIA_URL"):
            storage_at(nothing, tmp_path)
