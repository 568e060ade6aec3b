"""Ids are UUIDv7 (RFC 9562): their order is the order of creation, their first 48 bits the time."""

import os
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_RANDOM_BITS = 62
_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUIDv7 that is greater than every one made earlier by this process."""
    global _last  # noqa: PLW0603 - the order of ids within a process needs one counter
    # 12 bits of the sub-millisecond part keep ids of one millisecond in order (RFC 9562, 6.2).
    ticks = time.time_ns() * 4096 // 1_000_000
    with _lock:
        ticks = max(ticks, _last + 1)
        _last = ticks
    milliseconds, fraction = divmod(ticks, 4096)
    noise = int.from_bytes(os.urandom(8)) & ((1 << _RANDOM_BITS) - 1)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (fraction << 64) | (0b10 << 62) | noise)


def time_of(id_: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC)


def first_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: the bound of a partition, or of a page."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)
