"""What the children print: to the console with their name before it, and to bounded files."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TextIO

_CHUNK = 65_536
_LONGEST_LINE = 262_144
_COLOURS = (36, 33, 32, 35, 34, 31)


class Lines:
    """Passes one child's output on. The file keeps `limit` bytes, and as many in `.1`."""

    _seen = 0

    def __init__(
        self, name: str, folder: Path, *, console: TextIO | None = None, limit: int = 5_000_000
    ) -> None:
        self._path = folder / f"{name}.log"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("ab")
        self._console = console or sys.stdout
        self._limit = limit
        self._label = self._paint(f"{name:<9} │ ")
        self._failed = False

    async def follow(self, stream: asyncio.StreamReader) -> None:
        """Pass on whole lines until the end; a line without an end is cut at 256 KiB."""
        rest = b""
        while chunk := await stream.read(_CHUNK):
            *whole, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                whole, rest = [*whole, rest], b""
            self.write(whole)
        if rest:
            self.write([rest])

    def say(self, line: str) -> None:
        """A line of the supervisor's own about this child."""
        self.write([line.encode()])

    def write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        self._keep(b"".join(line + b"\n" for line in lines))
        try:
            for line in lines:
                self._console.write(f"{self._label}{line.decode(errors='replace')}\n")
            self._console.flush()
        except OSError:
            pass  # the terminal is gone; the files go on

    def close(self) -> None:
        self._file.close()

    def _keep(self, text: bytes) -> None:
        try:
            if self._file.tell() + len(text) > self._limit:
                self._file.close()
                self._path.replace(self._path.with_suffix(".log.1"))
                self._file = self._path.open("ab")
            self._file.write(text)
            self._file.flush()
        except OSError:
            pass  # a full disk must not take the product down

    def _paint(self, text: str) -> str:
        if not os.isatty(self._console.fileno()):
            return text
        Lines._seen += 1
        return f"\x1b[{_COLOURS[Lines._seen % len(_COLOURS)]}m{text}\x1b[0m"
