"""Faults a test or a person injects: which call goes wrong, how, and how often."""

import itertools
from dataclasses import asdict, dataclass, field

from sandbox.shapes import Json

TARGETS = ("telegram", "openai")
REQUEST_KINDS = (
    "latency",
    "slow",
    "error",
    "429",
    "drop_before",
    "drop_after_accept",
    "blocked",
    "rubbish",
)
UPDATE_KINDS = ("duplicate_updates", "reorder_updates")
KINDS = REQUEST_KINDS + UPDATE_KINDS
DEFAULT_SECONDS = {"latency": 1.0, "slow": 30.0, "429": 2.0, "reorder_updates": 1.0}
FOREVER = -1

_ids = itertools.count(1)


@dataclass(slots=True)
class Fault:
    """`times` counts down to nought; -1 stays until removed. `method` None is every method."""

    target: str
    kind: str
    times: int = 1
    method: str | None = None
    seconds: float | None = None
    bot: str | None = None
    chat_id: int | None = None
    id: int = field(default_factory=lambda: next(_ids))

    @property
    def delay(self) -> float:
        return self.seconds if self.seconds is not None else DEFAULT_SECONDS.get(self.kind, 0.0)

    def names(self, method: str) -> bool:
        """Whether it means this method; unnamed and passing, it leaves the bots' polls alone."""
        asked = method.lower()
        if self.method is None:
            on_updates = self.kind in UPDATE_KINDS
            return asked != "getupdates" or self.times == FOREVER or on_updates
        return self.method.lower().strip("/").replace(".", "/") == asked

    def view(self) -> Json:
        return asdict(self)


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._all: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._all)

    def add(self, fault: Fault) -> Fault:
        self._all.append(fault)
        return fault

    def clear(self, fault_id: int | None = None) -> int:
        before = len(self._all)
        self._all = [f for f in self._all if fault_id is not None and f.id != fault_id]
        return before - len(self._all)

    def view(self) -> list[Json]:
        return [fault.view() for fault in self._all]

    def take(
        self,
        target: str,
        method: str,
        *,
        kinds: tuple[str, ...] = REQUEST_KINDS,
        bot: str = "",
        chat_id: str = "",
    ) -> Fault | None:
        """The first fault that meets this call, counted down."""
        for fault in self._all:
            if fault.kind not in kinds or fault.target != target:
                continue
            if not fault.names(method):
                continue
            if fault.bot and fault.bot.lower() != bot.lower():
                continue
            if fault.chat_id is not None and str(fault.chat_id) != chat_id:
                continue
            if fault.times != FOREVER:
                fault.times -= 1
                if fault.times <= 0:
                    self._all.remove(fault)
            return fault
        return None
