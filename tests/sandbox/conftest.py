"""A sandbox for each test, met by real clients: aiogram, openai, httpx."""

import struct
import zlib
from base64 import b64encode
from collections.abc import AsyncIterator

import pytest_asyncio
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from openai import AsyncOpenAI

from sandbox.testing import Sandbox, running_sandbox


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


def bot_of(running: Sandbox, token: str) -> Bot:
    api = TelegramAPIServer.from_base(running.telegram_base)
    return Bot(token, session=AiohttpSession(api=api))


@pytest_asyncio.fixture
async def store(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with bot_of(sandbox, sandbox.store_token) as bot:
        yield bot


@pytest_asyncio.fixture
async def operators(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with bot_of(sandbox, sandbox.operator_token) as bot:
        yield bot


@pytest_asyncio.fixture
async def openai(sandbox: Sandbox) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(
        api_key=sandbox.openai_key, base_url=sandbox.openai_base, max_retries=0
    ) as client:
        yield client


def picture(width: int = 1200, height: int = 800) -> bytes:
    """A grey PNG of this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x80" * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def attached(kind: str, name: str, content: bytes, album: str | None = None) -> dict[str, object]:
    """One entry of a control message's `files`."""
    return {"kind": kind, "name": name, "base64": b64encode(content).decode(), "album": album}
