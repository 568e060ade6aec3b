"""Tables of flags: only what somebody changed is a row; who and when is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Row


class PlatformFlag(Row):
    """The platform owner's word on a flag, over the start value of the environment."""

    __tablename__ = "platform_flags"

    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class TenantFlag(Row):
    """One store set apart from the platform."""

    __tablename__ = "tenant_flags"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
