"""Tables of products."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Integer, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import TenantRow, of_tenant


class Product(TenantRow):
    """One article: what the price and the stock of an answer are bound to."""

    __tablename__ = "products"
    __table_args__ = (
        of_tenant(),
        UniqueConstraint("tenant_id", "sku"),
        Index("products_tenant_id_sku_key_idx", "tenant_id", "sku_key"),
        Index(
            "products_changed_idx",
            "tenant_id",
            text("changed_at DESC"),
            text("id DESC"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    sku: Mapped[str | None]
    sku_key: Mapped[str | None]  # upper case, letters and digits alone, look-alikes folded
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    price: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    currency: Mapped[str]
    stock: Mapped[int | None] = mapped_column(Integer)
    delivery: Mapped[str | None]
    variants: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
