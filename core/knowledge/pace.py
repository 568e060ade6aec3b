"""How hard the index is worked at: with all there is, or so that no customer waits for it."""

import time
from collections.abc import Callable

from core.knowledge.drain import JOBS_A_PASS

# After the last sign of a customer: who has written once often writes again.
LIVE_SECONDS = 10.0
FEW = 8  # sources a pass: what a message that comes now may have to share the machine with
RESTS = 4.0  # as many times as long as it worked
_LONGEST_REST_SECONDS = 5.0


class Pace:
    """Told whenever a customer waits for something; asked before each pass and after it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._seen_at = float("-inf")

    def seen(self) -> None:
        self._seen_at = self._now()

    @property
    def live(self) -> bool:
        return self._now() - self._seen_at < LIVE_SECONDS

    @property
    def most(self) -> int:
        """Sources to take in the next pass."""
        return FEW if self.live else JOBS_A_PASS

    def rest(self, worked: float) -> float:
        """Seconds to rest after so many of work."""
        return min(RESTS * worked, _LONGEST_REST_SECONDS) if self.live else 0.0
