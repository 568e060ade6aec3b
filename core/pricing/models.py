"""Tables of prices looked up."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, TenantRow, belongs_to, of_tenant, one_of


class LookupState(StrEnum):
    PENDING = "pending"
    FOUND = "found"  # listings with links
    ESTIMATED = "estimated"  # an AI's range, of fewer than two listings
    NOT_FOUND = "not_found"
    FAILED = "failed"  # `problem` says why; asked again at the next wish


class PriceSource(StrEnum):
    LISTINGS = "listings"
    AI_ESTIMATE = "ai_estimate"


class PriceLookup(Leased, TenantRow):
    """One question of a store to the market: the work, and its answer until `expires_at`.

    The key's uniqueness is the single flight: whoever asks the same joins this row.
    """

    __tablename__ = "price_lookups"
    __table_args__ = (
        of_tenant(),
        one_of("state", LookupState),
        one_of("source", PriceSource),
        UniqueConstraint("tenant_id", "key"),
        Index("price_lookups_due_idx", "due_at", postgresql_where="state = 'pending'"),
    )

    key: Mapped[str]
    question: Mapped[dict[str, Any]]
    currency: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=LookupState.PENDING)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    source: Mapped[str | None]
    condition: Mapped[str | None]
    n: Mapped[int] = mapped_column(server_default="0")
    lowest: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    quarter: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    median: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    three_quarters: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    highest: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    left_out: Mapped[int] = mapped_column(server_default="0")
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    seen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    def is_stale(self, now: datetime) -> bool:
        """Answered, but too long ago; or never answered, for an error."""
        return self.state != LookupState.PENDING and (
            self.expires_at is None or self.expires_at <= now
        )

    def begin(self, now: datetime) -> None:
        """To be looked up, from the start."""
        self.state, self.due_at = LookupState.PENDING, now
        self.lease_token = self.lease_until = self.problem = None
        self.attempts = 0

    def is_held_under(self, token: UUID) -> bool:
        """Whether whoever has this token may still say what came of it."""
        return self.state == LookupState.PENDING and self.lease_token == token

    def end(self, state: LookupState, *, until: datetime, problem: str | None = None) -> None:
        """Answered; an error is kept to be shown, and not a moment longer."""
        self.state, self.expires_at, self.problem = state, until, problem
        self.lease_token = self.lease_until = None


class PriceRequest(TenantRow):
    """A turn that waits for a lookup, or shows its answer. `asked_by` is null if nobody pressed."""

    __tablename__ = "price_requests"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        belongs_to("turns", "turn_id"),
        belongs_to("price_lookups", "lookup_id"),
        UniqueConstraint("tenant_id", "turn_id"),
        Index("price_requests_lookup_idx", "tenant_id", "lookup_id"),
    )

    conversation_id: Mapped[UUID]
    turn_id: Mapped[UUID]
    lookup_id: Mapped[UUID]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
