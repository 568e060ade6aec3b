"""Numbers that start from the clock, so that they never repeat, even after a restart."""

import time

EPOCH_MS = 1_767_225_600_000  # 2026-01-01


class Sequence:
    """Increasing ids: milliseconds since 2026, or the last one plus one."""

    __slots__ = ("last",)

    def __init__(self) -> None:
        self.last = 0

    def take(self) -> int:
        self.last = max(self.last + 1, time.time_ns() // 1_000_000 - EPOCH_MS)
        return self.last

    def seen(self, number: int) -> None:
        """Never give out `number` or less again."""
        self.last = max(self.last, number)
