"""Tables of spending."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Integer, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import TenantRow, of_tenant, one_of


class Purpose(StrEnum):
    DRAFT = "draft"
    EMBEDDING = "embedding"
    PRICE_LOOKUP = "price_lookup"
    SELF_CHECK = "self_check"


class AiSpend(TenantRow):
    """One call of a model: reserved before it, settled after it."""

    __tablename__ = "ai_spend"
    __table_args__ = (
        of_tenant(),
        one_of("purpose", Purpose),
        Index("ai_spend_tenant_id_at_idx", "tenant_id", "at"),
    )

    at: Mapped[datetime]
    purpose: Mapped[str]
    model: Mapped[str]
    about_id: Mapped[UUID | None]
    reserved_usd: Mapped[Decimal] = mapped_column(Numeric(14, 8))
    settled_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    settled_at: Mapped[datetime | None]
    input_tokens: Mapped[int | None] = mapped_column(Integer)
    output_tokens: Mapped[int | None] = mapped_column(Integer)
