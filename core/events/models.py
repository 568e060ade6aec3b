"""The outbox and the receipts that make a reaction happen once."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, TenantRow, of_tenant


class OutboxEvent(Leased, TenantRow):
    """An event on its way to its reactions. Its id is the event's own."""

    __tablename__ = "outbox"
    __table_args__ = (
        of_tenant(),
        Index("outbox_open_idx", "id", postgresql_where="done_at IS NULL AND parked_at IS NULL"),
    )

    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]


class EventReceipt(TenantRow):
    """This reaction has seen this event."""

    __tablename__ = "event_receipts"
    __table_args__ = (of_tenant(),)

    # `id` is the event's id: the key is (tenant, event, reaction).
    reaction: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
