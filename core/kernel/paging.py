"""Where a page of a list ended: a moment and an id, sealed into one opaque word."""

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

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
