"""The table of escalations."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import TenantRow, belongs_to, one_of


class EscalationStatus(StrEnum):
    PENDING = "pending"
    HANDLED = "handled"
    DISMISSED = "dismissed"


class Escalation(TenantRow):
    """One call for a person, with its reason."""

    __tablename__ = "escalations"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        one_of("status", EscalationStatus),
        Index(
            "escalations_open_key",
            "tenant_id",
            "conversation_id",
            unique=True,
            postgresql_where="status = 'pending'",
        ),
    )

    conversation_id: Mapped[UUID]
    suggestion_id: Mapped[UUID | None]
    reason: Mapped[str]
    summary: Mapped[str]
    proposed_reply: Mapped[str | None]
    clarify: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=EscalationStatus.PENDING)
    opened_at: Mapped[datetime]
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
