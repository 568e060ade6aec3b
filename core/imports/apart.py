"""Reads a file in a process of its own: low in priority, short of memory and of time.

A file made to break its reader breaks that process alone, and reading never holds up a draft.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Any

import orjson
import structlog

from core.kernel.errors import DomainError, Kind

_SECONDS = 180
_LONGEST_ANSWER = 150_000_000
_PIECE = 1 << 16
_MAIN = "import os, sys; os.nice(5); sys.path[:] = {path!r}; from core.imports.reading import main; main()"
_log = structlog.get_logger(__name__)


async def read_apart(
    raw: bytes, form: str, *, sheet: int | None = None, longest: int = 0
) -> dict[str, Any]:
    """What `reading.read` finds, a text of at most `longest` characters.

    INVALID says why the file is of no use.
    """
    code = _MAIN.format(path=sys.path)
    asked = orjson.dumps([form, sheet, longest]).decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, asked, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(_SECONDS):
            answer = await _answer(process, raw)
    except TimeoutError:
        answer = b""
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if not answer:
        _log.warning("file_unreadable", format=form, bytes=len(raw), exit=process.returncode)
        raise DomainError(Kind.INVALID, "import.too_complex")
    said = orjson.loads(answer)
    if refused := said.get("refused"):
        raise DomainError(
            Kind.INVALID, refused["code"], field=refused["field"], **refused["params"]
        )
    found: dict[str, Any] = said["found"]
    return found


async def _answer(process: Process, raw: bytes) -> bytes:
    """All it says; nothing if it says too much or dies before it has spoken."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("a process without pipes")

    async def give(stdin: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):  # it may have died of what it was given
            stdin.write(raw)
            await stdin.drain()
            stdin.close()

    giving = asyncio.create_task(give(process.stdin))
    said = bytearray()
    try:
        while piece := await process.stdout.read(_PIECE):
            said += piece
            if len(said) > _LONGEST_ANSWER:
                return b""
        await process.wait()
    finally:
        giving.cancel()
        await asyncio.gather(giving, return_exceptions=True)
    return bytes(said) if process.returncode == 0 else b""
