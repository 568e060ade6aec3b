"""Every request the product made, newest kept, bounded in rows and in bytes."""

import re
from collections import deque
from dataclasses import dataclass

from sandbox.shapes import Json, iso, now

MAX_ROWS = 20_000
MAX_BYTES = 64 * 1024 * 1024
_TOKEN = re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{8,}|\bsk-[A-Za-z0-9_-]{8,}")
_SECRET_NAMES = frozenset({"secret_token", "provider_token", "api_key", "token"})


@dataclass(slots=True)
class Row:
    """`status` is the HTTP status answered, None when the connection was dropped."""

    target: str
    method: str
    params: Json
    files: list[str]
    at: float
    status: int | None
    account: str
    size: int
    number: int

    def view(self) -> Json:
        return {
            "target": self.target,
            "method": self.method,
            "params": masked(self.params),
            "files": self.files,
            "at": iso(self.at),
            "status": self.status,
            "account": self.account,
            "number": self.number,
        }


def masked(value: object, name: str = "") -> object:
    """The same value with every token and secret replaced by stars."""
    if isinstance(value, dict):
        return {key: masked(item, str(key)) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return "***" if name in _SECRET_NAMES else _TOKEN.sub("***", value)
    return value


class Journal:
    """The rows, and when each target was last asked for anything."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque()
        self._bytes = 0
        self._number = 0
        self.last_seen: dict[str, float] = {}

    def add(
        self,
        target: str,
        method: str,
        params: Json,
        files: list[str],
        status: int | None,
        *,
        account: str = "",
        size: int = 0,
    ) -> Row:
        at = now()
        self._number += 1
        row = Row(target, method, params, files, at, status, account, size, self._number)
        self._rows.append(row)
        self._bytes += size
        while len(self._rows) > MAX_ROWS or (self._bytes > MAX_BYTES and len(self._rows) > 1):
            self._bytes -= self._rows.popleft().size
        self.last_seen[f"{target}:{account}" if account else target] = at
        return row

    def read(
        self,
        *,
        target: str | None = None,
        method: str | None = None,
        contains: str | None = None,
        after: int = 0,
        limit: int = 1000,
    ) -> list[Json]:
        """The newest `limit` rows that fit, oldest first."""
        found: list[Json] = []
        for row in reversed(self._rows):
            if row.number <= after or len(found) >= limit:
                break
            if (target and row.target != target) or (
                method and row.method.lower() != method.lower()
            ):
                continue
            view = row.view()
            if contains and contains not in str(view["params"]):
                continue
            found.append(view)
        found.reverse()
        return found

    def clear(self) -> None:
        self._rows.clear()
        self._bytes = 0
