"""The settings a replay is made under: the store's own, with some of them changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.decision.engine import Policy
from core.kernel.errors import DomainError, Kind
from core.tenants.checks import check_together, checked
from core.tenants.models import TenantSettings

# What a verdict depends on, and nothing else.
CHANGEABLE = (
    "t_auto",
    "t_escale",
    "intents_autosend_allowed",
    "intents_force_handoff",
    "always_escalate_intents",
    "forbidden_topics",
)
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Candidate:
    """As it is kept in the replay's row."""

    t_auto: float
    t_escale: float
    intents_autosend_allowed: tuple[str, ...]
    intents_force_handoff: tuple[str, ...]
    always_escalate_intents: tuple[str, ...]
    forbidden_topics: tuple[str, ...]

    @classmethod
    def of(cls, settings: TenantSettings, changes: Mapping[str, Any]) -> "Candidate":
        """INVALID, with the field named, for what the settings themselves would refuse."""
        unknown = sorted(set(changes) - set(CHANGEABLE))
        if unknown:
            raise DomainError(Kind.INVALID, "settings.unknown", field=unknown[0], name=unknown[0])
        values = checked(changes)
        check_together(settings, values)

        def now(field: str) -> Any:
            return values.get(field, getattr(settings, field))

        return cls(
            t_auto=float(now("t_auto")),
            t_escale=float(now("t_escale")),
            intents_autosend_allowed=tuple(now("intents_autosend_allowed")),
            intents_force_handoff=tuple(now("intents_force_handoff")),
            always_escalate_intents=tuple(now("always_escalate_intents")),
            forbidden_topics=tuple(now("forbidden_topics")),
        )

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Candidate":
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**values)

    def policy(self) -> Policy:
        """With the store's own lock open, and no threshold: the curve is over all of them."""
        return Policy(
            t_auto=0.0,
            t_escale=self.t_escale,
            autosend_allowed=True,
            intents_autosend_allowed=frozenset(self.intents_autosend_allowed),
            intents_force_handoff=frozenset(self.intents_force_handoff),
            always_escalate_intents=frozenset(self.always_escalate_intents),
            forbidden_topics=frozenset(self.forbidden_topics),
            autosend_without_licence=True,
        )


def days_of(days: int) -> int:
    if isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise DomainError(
            Kind.INVALID, "settings.whole_number", field="days", least=1, most=MOST_DAYS
        )
    return days
