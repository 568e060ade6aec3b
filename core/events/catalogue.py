"""Every event, as a small frozen fact of ids and plain values."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened in a store."""

    tenant_id: UUID

    kinds: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.__name__] = cls

    def payload(self) -> dict[str, Any]:
        """Plain values, as they are kept in the outbox."""
        return {
            name: str(value) if isinstance(value, UUID) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def restore(cls, kind: str, payload: dict[str, Any]) -> "Event":
        """The event as it was recorded; KeyError for a kind this release does not know."""
        event = cls.kinds[kind]
        ids = {field.name for field in fields(event) if "UUID" in str(field.type)}
        return event(
            **{
                name: UUID(value) if name in ids and value is not None else value
                for name, value in payload.items()
            }
        )


@dataclass(frozen=True, slots=True)
class SuggestionDecided(Event):
    """An operator has approved, edited, rejected or escalated a draft."""

    suggestion_id: UUID
    version: int
    outcome: str
    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class SuggestionReopened(Event):
    """The send was undone: what it taught is withdrawn."""

    suggestion_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class EscalationOpened(Event):
    """A person must look at this conversation."""

    escalation_id: UUID
    conversation_id: UUID


@dataclass(frozen=True, slots=True)
class ReplySettled(Event):
    """A reply was sent, refused, or is in doubt."""

    outbound_id: UUID
    state: str


@dataclass(frozen=True, slots=True)
class ProductChanged(Event):
    """Its price, stock or words are others now."""

    product_id: UUID


@dataclass(frozen=True, slots=True)
class CatalogueChanged(Event):
    """Many products are others now: an import has gone in."""


@dataclass(frozen=True, slots=True)
class BudgetSpent(Event):
    """The store's money for the AI is spent for this day of its own: people alone answer."""

    day: str
    budget: str
