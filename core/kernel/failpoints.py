"""Named places where the exams of bench/ kill this process: `reach("deliver.sent")`.

Unarmed, and nothing but the exams arms them, a place costs one comparison. The settings refuse
FAILPOINTS unless the messenger is a stand-in on this machine.
"""

import os
import random
import signal
from collections.abc import Callable

# Where each stands on the road of a press, and of a reply.
POINTS = (
    "poll.fetched",  # bot: updates are here, and nowhere kept
    "poll.kept",  # bot: they are rows, and not acknowledged
    "press.claimed",  # bot: an update is ours, nothing is done
    "press.handled",  # bot: done and answered, not marked so
    "plan.kept",  # api, bot: the reply is written, not committed
    "unit.committed",  # all: whatever it was is committed, nobody is woken
    "cancel.kept",  # api, bot: taken back, not committed
    "deliver.claimed",  # channels: marked, nothing has gone out
    "deliver.sending",  # channels: about to go out
    "deliver.sent",  # channels: the channel has answered, nothing is kept
    "settle.kept",  # channels: the outcome is written, not committed
    "settle.committed",  # channels: committed
    "adopt.judged",  # channels: what a dead one was sending is judged, not committed
    "begin.kept",  # channels: an automatic reply is checked and marked, not committed
    "react.done",  # worker: what follows an outcome is written, not committed
    "tick.due",  # scheduler: before a tick
)

_armed: Callable[[str], None] | None = None


def reach(name: str) -> None:
    """Here the process may die, if somebody armed it."""
    if _armed is not None:
        _armed(name)


def checked(plan: str) -> str:
    """`point=probability,…`; ValueError for a point that is not there."""
    for name, chance in _read(plan).items():
        if name not in POINTS or not 0 <= chance <= 1:
            raise ValueError(f"takes point=probability with commas between, of {', '.join(POINTS)}")
    return plan


def arm(plan: str) -> None:
    """From here on this process dies at those places, by that chance, saying where on stderr."""
    global _armed  # noqa: PLW0603 - one switch for the process, so that a place costs nothing
    chances = _read(checked(plan))
    dice = random.Random(os.urandom(16))  # noqa: S311 - which process dies, not a secret

    def die(name: str) -> None:
        if dice.random() < chances.get(name, 0.0):
            os.write(2, f"failpoint {name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)

    _armed = die


def _read(plan: str) -> dict[str, float]:
    pairs = (part.partition("=") for part in plan.split(",") if part.strip())
    return {name.strip(): float(chance or "nan") for name, _, chance in pairs}
