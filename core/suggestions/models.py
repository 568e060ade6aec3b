"""The table of suggestions."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import TenantRow, belongs_to, of_tenant, one_of


class SuggestionStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    EDITED = "edited"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    SUPERSEDED = "superseded"
    AUTO_SENT = "auto_sent"
    FAILED = "failed"  # there is no draft: `failure` says why


class Verdict(StrEnum):
    AUTO_SEND = "auto_send"
    NEED_APPROVAL = "need_approval"
    ESCALATE = "escalate"


class Suggestion(TenantRow):
    """One draft for one turn, with all it stood on.

    `version` grows with every change: a tap on an older one is stale. `fence` is the version of
    the conversation it was drafted at: once the conversation has moved on, the draft is void.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        belongs_to("turns", "turn_id"),
        one_of("status", SuggestionStatus),
        Index(
            "suggestions_open_key",
            "tenant_id",
            "turn_id",
            unique=True,
            postgresql_where="status = 'pending'",
        ),
        Index("suggestions_thread_idx", "tenant_id", "conversation_id", "id"),
        Index("suggestions_turn_idx", "tenant_id", "turn_id", "id"),
    )

    conversation_id: Mapped[UUID]
    turn_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(server_default="1")
    fence: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(server_default=SuggestionStatus.PENDING)
    draft: Mapped[str] = mapped_column(server_default="")  # with its slots, as the AI wrote it
    text: Mapped[str] = mapped_column(server_default="")  # with the slots filled, as it is shown
    final_text: Mapped[str | None]
    language: Mapped[str | None]
    intent: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    verdict: Mapped[str | None]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    unbound: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    failure: Mapped[str | None]
    model: Mapped[str | None]
    prompt_hash: Mapped[str | None]
    embedder: Mapped[str | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_via: Mapped[str | None]
    reason: Mapped[str | None]
    editing_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    editing_until: Mapped[datetime | None]
    editing_prompt_id: Mapped[int | None] = mapped_column(BigInteger)


class KnownContact(TenantRow):
    """A link, a phone, a card that a person of the store has sent to a customer."""

    __tablename__ = "known_contacts"
    __table_args__ = (of_tenant(), UniqueConstraint("tenant_id", "kind", "key"))

    kind: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime]
    suggestion_id: Mapped[UUID | None]
