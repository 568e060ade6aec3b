"""What happened, appended to one log: one write per fact, so a kill loses nothing written."""

import os
from collections.abc import Iterator
from pathlib import Path

import orjson

from sandbox.shapes import Json

LOG_NAME = "world.jsonl"


class Archive:
    """An append-only log in a folder, or nowhere at all without one."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._fd = -1

    @property
    def keeps(self) -> bool:
        return self._fd >= 0

    def facts(self) -> Iterator[Json]:
        """Read back what was written; a torn last line, left by a kill, is skipped."""
        if self.folder is None or not (self.folder / LOG_NAME).exists():
            return
        with (self.folder / LOG_NAME).open("rb") as log:
            for line in log:
                try:
                    yield orjson.loads(line)
                except orjson.JSONDecodeError:
                    continue

    def rewrite(self, facts: Iterator[Json]) -> None:
        """Replace the log by a snapshot and open it for appending."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{LOG_NAME}.new"
        with fresh.open("wb") as log:
            for fact in facts:
                log.write(orjson.dumps(fact) + b"\n")
        fresh.replace(self.folder / LOG_NAME)
        self._fd = os.open(self.folder / LOG_NAME, os.O_WRONLY | os.O_APPEND)

    def record(self, fact: Json) -> None:
        if self._fd >= 0:
            os.write(self._fd, orjson.dumps(fact) + b"\n")

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
