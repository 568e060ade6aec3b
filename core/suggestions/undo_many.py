"""Taking many replies back at once, each as if it were alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from core.delivery.models import OutboundMessage
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.suggestions.decide import undo


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of each; a foreign id is as unknown as one that never was."""

    cancelled: list[UUID]
    too_late: list[UUID]
    unknown: list[UUID]


async def undo_many(uow: UnitOfWork, actor: Actor, ids: Iterable[UUID]) -> Undone:
    """Those that can be taken back are, in the order of their conversations; the others are told."""
    actor.require(Permission.MANAGE_CHANNELS)
    done = Undone([], [], [])
    found: list[tuple[UUID, UUID]] = []
    for id_ in dict.fromkeys(ids):
        outbound = await uow.find(OutboundMessage, id_)
        if outbound is None:
            done.unknown.append(id_)
        else:
            found.append((outbound.conversation_id, id_))
    # Threads are locked in the order of their ids, as by whoever settles replies.
    for _, id_ in sorted(found):
        try:
            await undo(uow, actor, id_)
        except DomainError as refusal:
            if refusal.kind is not Kind.CONFLICT:
                raise
            done.too_late.append(id_)
        else:
            done.cancelled.append(id_)
    return done
