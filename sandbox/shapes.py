"""The one alias for a JSON object, and the two ways time is written here."""

import time
from datetime import UTC, datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


def now() -> float:
    """Seconds since 1970."""
    return time.time()


def iso(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
