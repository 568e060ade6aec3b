"""Lists read page by page; where a page ended is a moment and an id, sealed into one opaque word."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from core.kernel.errors import DomainError, Kind

MOST_AT_ONCE = 100


def cursor_of(at: datetime, id_: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{id_}".encode()).decode()


def opened(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    """INVALID if it is none of ours."""
    if cursor is None:
        return None, None
    try:
        at, _, id_ = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        return datetime.fromisoformat(at).astimezone(UTC), UUID(id_)
    except (ValueError, OverflowError, binascii.Error) as broken:
        raise DomainError(Kind.INVALID, "error.cursor", field="cursor") from broken


def bounded(limit: int) -> int:
    return max(1, min(limit, MOST_AT_ONCE))


async def read_page(
    sql: "asyncpg.Connection[Any]",
    statement: str,
    *values: object,
    cursor: str | None,
    limit: int,
    by: str,
) -> tuple[list[asyncpg.Record], str | None]:
    """A page of rows in the order of column `by` and `id`, and the cursor of the next, if any.

    After `values` the statement takes the moment and the id it continues after, and how many.
    """
    limit = bounded(limit)
    rows = await sql.fetch(statement, *values, *opened(cursor), limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return rows[:limit], cursor_of(last[by], last["id"]) if last else None
