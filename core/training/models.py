"""Tables of labels and samples, kept from the first day."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import TenantRow, belongs_to, of_tenant, one_of
from core.knowledge.models import DIMENSIONS


class Outcome(StrEnum):
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    ESCALATED = "escalated"


class Label(TenantRow):
    """An operator's word on a suggestion."""

    __tablename__ = "labels"
    __table_args__ = (
        of_tenant(),
        one_of("outcome", Outcome),
        UniqueConstraint("tenant_id", "suggestion_id", "version"),
        Index("labels_tenant_id_at_idx", "tenant_id", "at"),
    )

    suggestion_id: Mapped[UUID]
    version: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    intent: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    similarity: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    model: Mapped[str | None]
    prompt_hash: Mapped[str | None]
    embedder: Mapped[str | None]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class TrainingSample(TenantRow):
    """What was asked, what the AI would have said, what was said in the end."""

    __tablename__ = "training_samples"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        one_of("outcome", Outcome),
        UniqueConstraint("tenant_id", "suggestion_id", "version"),
        Index("training_samples_tenant_id_intent_idx", "tenant_id", "intent"),
        Index(
            "training_samples_twin_idx",
            "tenant_id",
            "question_hash",
            postgresql_where="question_hash IS NOT NULL",
        ),
    )

    suggestion_id: Mapped[UUID]
    version: Mapped[int]
    conversation_id: Mapped[UUID]
    user_message: Mapped[str]
    ai_suggestion: Mapped[str]
    final_answer: Mapped[str | None]
    intent: Mapped[str | None]
    outcome: Mapped[str]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    # Of those that may serve as examples: the question by its letters, and how often it was asked.
    question: Mapped[Any | None] = mapped_column(HALFVEC(DIMENSIONS))
    question_hash: Mapped[bytes | None]
    support: Mapped[int] = mapped_column(server_default="1")
