"""Tables of the log. The product's role may insert and read them, nothing else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import PlatformRow, TenantRow, of_tenant


class AuditEntry(TenantRow):
    """One change in a store. The name is kept as it was, should the person go."""

    __tablename__ = "audit_log"
    __table_args__ = (of_tenant(), Index("audit_log_tenant_id_at_idx", "tenant_id", "at"))

    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    user_name: Mapped[str]
    via: Mapped[str]
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class AdminAction(PlatformRow):
    """One action of the platform's people: type, target, reason, previous state."""

    __tablename__ = "admin_actions"

    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    user_name: Mapped[str]
    action: Mapped[str]
    target_kind: Mapped[str]
    target_id: Mapped[str | None]
    reason: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
