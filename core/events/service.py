"""Recording events, and the reactions to them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.events.catalogue import Event
from core.events.models import OutboxEvent
from core.kernel.ids import new_id
from core.kernel.nudges import EVENTS
from core.kernel.uow import UnitOfWork

EventT = TypeVar("EventT", bound=Event)
Reaction = Callable[[UnitOfWork, Event], Awaitable[None]]
_reactions: dict[type[Event], dict[str, Reaction]] = {}


def reaction(
    kind: type[EventT],
) -> Callable[
    [Callable[[UnitOfWork, EventT], Awaitable[None]]],
    Callable[[UnitOfWork, EventT], Awaitable[None]],
]:
    """Declares that a room reacts to an event, in a unit of work of its own, once."""

    def register(
        react: Callable[[UnitOfWork, EventT], Awaitable[None]],
    ) -> Callable[[UnitOfWork, EventT], Awaitable[None]]:
        name = f"{react.__module__.removeprefix('core.')}.{react.__qualname__}"
        _reactions.setdefault(kind, {})[name] = react  # type: ignore[assignment]
        return react

    return register


def reactions_to(kind: type[Event]) -> dict[str, Reaction]:
    """By name; the name is what the receipt is kept under."""
    return _reactions.get(kind, {})


def record(uow: UnitOfWork, event: Event) -> None:
    """Keep the fact in the transaction that made it true; it is delivered after the commit."""
    uow.add(
        OutboxEvent(
            tenant_id=uow.tenant_id,
            id=new_id(),
            kind=type(event).__name__,
            payload=event.payload(),
            at=uow.clock.now(),
        )
    )
    uow.nudge(EVENTS)
