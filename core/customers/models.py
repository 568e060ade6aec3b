"""Tables of customers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import TenantRow, belongs_to, of_tenant


class Customer(TenantRow):
    """One customer of one store."""

    __tablename__ = "customers"
    __table_args__ = (of_tenant(),)

    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    language: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'::text[]"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    memory: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    blocked_by: Mapped[UUID | None]


class CustomerIdentity(TenantRow):
    """By which name a channel account knows a customer. Keys are opaque text."""

    __tablename__ = "customer_identities"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("channel_accounts", "account_id"),
        UniqueConstraint("tenant_id", "account_id", "external_user_id"),
        Index("customer_identities_tenant_id_customer_id_idx", "tenant_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    external_user_id: Mapped[str]
    username: Mapped[str | None]
    unreachable_at: Mapped[datetime | None]
