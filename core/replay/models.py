"""Tables of replays: one is work for the worker, and afterwards its result."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, TenantRow, belongs_to, of_tenant, one_of


class ReplayState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Replay(Leased, TenantRow):
    """The last `days` under `candidate` settings. `result` is the curve over thresholds."""

    __tablename__ = "replays"
    __table_args__ = (
        of_tenant(),
        one_of("state", ReplayState),
        Index("replays_open_idx", "asked_at", postgresql_where="state IN ('queued', 'running')"),
    )

    state: Mapped[str] = mapped_column(server_default=ReplayState.QUEUED)
    days: Mapped[int]
    candidate: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ReplayCase(TenantRow):
    """A reply that would have gone out and that the people did not send as it was."""

    __tablename__ = "replay_cases"
    __table_args__ = (
        belongs_to("replays", "replay_id", ondelete="CASCADE"),
        belongs_to("conversations", "conversation_id"),
        belongs_to("suggestions", "suggestion_id"),
        Index("replay_cases_replay_idx", "tenant_id", "replay_id", "score"),
    )

    replay_id: Mapped[UUID]
    suggestion_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    score: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    intent: Mapped[str]
    why: Mapped[str]
