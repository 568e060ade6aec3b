"""Tables of spending."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Row, TenantRow, of_tenant, one_of


class Purpose(StrEnum):
    DRAFT = "draft"
    EMBEDDING = "embedding"
    PRICE_LOOKUP = "price_lookup"
    SELF_CHECK = "self_check"
    RERANK = "rerank"


class AiSpend(TenantRow):
    """One call of a model: reserved before it, settled after it."""

    __tablename__ = "ai_spend"
    __table_args__ = (
        of_tenant(),
        one_of("purpose", Purpose),
        Index("ai_spend_tenant_id_at_idx", "tenant_id", "at"),
    )

    at: Mapped[datetime]
    day: Mapped[date | None]  # of the store; what was spent before days were kept has none
    purpose: Mapped[str]
    model: Mapped[str]
    about_id: Mapped[UUID | None]
    reserved_usd: Mapped[Decimal] = mapped_column(Numeric(14, 8))
    settled_usd: Mapped[Decimal | None] = mapped_column(Numeric(14, 8))
    settled_at: Mapped[datetime | None]
    input_tokens: Mapped[int | None] = mapped_column(Integer)
    output_tokens: Mapped[int | None] = mapped_column(Integer)


class AiDay(Row):
    """The sum of a store's day: every call asks this row whether there is money left for it."""

    __tablename__ = "ai_days"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    spent_usd: Mapped[Decimal] = mapped_column(Numeric(14, 8), server_default="0")
    calls: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    spent_out_at: Mapped[datetime | None]  # when a call was first refused
