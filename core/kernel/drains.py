"""Reads rows that are work, until there are none, whenever it is woken.

Woken by a Taskiq nudge, by the scheduler's tick, and by its own timer if both are silent
(a second at most): a drain never depends on Redis to find its work.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import structlog

from core.kernel.metrics import DRAIN_FAILURES
from core.kernel.nudges import DRAIN, QUEUES, Nudges

_TICK_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 5.0
_APART_SECONDS, _ROLES_APART_SECONDS = 0.03, 0.3
_log = structlog.get_logger(__name__)

Pass = Callable[[], Awaitable[int]]


class Drain:
    """One kind of work: `once` claims and does some of it and says how much it did.

    A pass that did less than `full` has left nothing that was there when it began: what came
    since then wakes it. `gap`: passes begin at least so many seconds apart, so that what comes in
    quick succession is done together; what comes after a rest is done at once.
    """

    def __init__(self, name: str, once: Pass, *, full: int = 1, gap: float = 0.0) -> None:
        self.name = name
        self.gap = gap
        self._full = full
        self._once = once
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    def wake_in(self, seconds: float) -> None:
        """Something will be due soon: sooner than the next tick."""
        asyncio.get_running_loop().call_later(max(seconds, 0.001), self.wake)

    async def run(self) -> None:
        """For ever. A failed pass is logged and tried again; it never ends the drain."""
        failures = 0
        loop = asyncio.get_running_loop()
        began = float("-inf")
        while True:
            if (rest := began + self.gap - loop.time()) > 0:
                await asyncio.sleep(rest)
            self._woken.clear()
            began = loop.time()
            try:
                did = await self._once()
                failures = 0
            except Exception:
                failures += 1
                did = 0
                DRAIN_FAILURES.labels(self.name).inc()
                _log.exception("drain_failed", drain=self.name, in_a_row=failures)
                await asyncio.sleep(min(0.1 * 2**failures, _LONGEST_BACKOFF_SECONDS))
            if did < self._full:
                # Not `wait_for`: before 3.12 it loses a cancellation that meets the waking.
                with suppress(TimeoutError):
                    async with asyncio.timeout(_TICK_SECONDS):
                        await self._woken.wait()


async def listen(nudges: Nudges, queue: str, drains: Sequence[Drain]) -> None:
    """Wake the drains, or the one that is meant, at each nudge; survives an outage of Redis."""

    def wake_all() -> None:
        """A tick is a net, and all roles hear it: were all at once at work, somebody would wait."""
        for place, drain in enumerate(drains):
            drain.wake_in(_apart(queue) + place * _APART_SECONDS)

    wakes = {DRAIN: wake_all} | {drain.name: drain.wake for drain in drains}
    failures = 0
    while True:
        try:
            await nudges.hear(queue, wakes)
            failures += 1
        except Exception as problem:
            failures += 1
            _log.warning("nudges_unheard", queue=queue, problem=type(problem).__name__)
        await asyncio.sleep(min(0.1 * 2**failures, _LONGEST_BACKOFF_SECONDS))


def _apart(queue: str) -> float:
    return QUEUES.index(queue) * _ROLES_APART_SECONDS if queue in QUEUES else 0.0


async def run(nudges: Nudges, queue: str, drains: Sequence[Drain]) -> None:
    """All drains of a role, and the ear for their nudges, until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(nudges, queue, drains), name=f"listen:{queue}")
        for drain in drains:
            group.create_task(drain.run(), name=f"drain:{drain.name}")
