"""Faults put into the product on purpose, each of which the exam must catch."""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any
from uuid import UUID

from bot.updates import UpdateHandling
from core.channels import leases, operator_work
from core.channels.operator_work import ClaimedUpdate
from core.delivery import claims, drain
from core.kernel.ids import new_id
from core.ports.channel import Outbound


def _without(room: ModuleType, name: str, part: str, instead: str) -> None:
    statement: str = getattr(room, name)
    if statement.count(part) != 1:
        raise RuntimeError("the mutant is out of date")
    setattr(room, name, statement.replace(part, instead))


def none() -> None:
    """The product as it is: nothing may be found."""


def order() -> None:
    """Replies of a conversation go out as they come due, whatever stands before them."""
    _without(claims, "_CLAIM", "p.seq < q.seq AND", "false AND")


def key() -> None:
    """Each attempt has a key of its own."""

    def keyed(_: UUID, chat: str, text: str) -> Outbound:
        return Outbound(new_id(), chat, text)

    drain.Outbound = keyed  # type: ignore[assignment, misc]


def fence() -> None:
    """What goes out by itself is not looked at once more, nor withdrawn when the thread moves on."""
    _without(claims, "_CLAIM", "ELSE 'claimed' END", "ELSE 'sending' END")

    async def nothing(_: Any, __: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
        return []

    claims.void = nothing


def lease() -> None:
    """An account is whose who asks for it, though its holder lives: two are at it at once."""
    _without(
        leases,
        "_ACQUIRE",
        "lease_until <= now() OR lease_owner = ANY($3::text[])",
        "lease_owner <> $1 OR lease_owner = ANY($3::text[])",
    )


def hold() -> None:
    """What is being sent is anybody's, whether its sender lives or not."""
    _without(claims, "_ORPHANS", "$2 OR o.lease_until < $3", "$2 OR $3::timestamptz IS NOT NULL")


def press() -> None:
    """A press is marked as done as soon as it is taken up: what a bot dies over is gone."""
    hold = UpdateHandling._hold  # noqa: SLF001 - a mutant

    async def marked(handling: UpdateHandling, update: ClaimedUpdate) -> None:
        app = handling._app  # noqa: SLF001 - a mutant
        await operator_work.finish(app.db, app.clock, update)
        await hold(handling, update)

    UpdateHandling._hold = marked  # type: ignore[method-assign]  # noqa: SLF001 - a mutant


MUTANTS: dict[str, Callable[[], None]] = {
    "none": none,
    "order": order,
    "key": key,
    "fence": fence,
    "lease": lease,
    "hold": hold,
    "press": press,
}
