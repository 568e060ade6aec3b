"""Tables of what autosend stands on: certificates, breakers, second looks."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Float, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import TenantRow, belongs_to, of_tenant, one_of


class Ending(StrEnum):
    """Why a certificate is no longer in force."""

    TRIPPED = "tripped"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"
    CHANGED = "changed"  # another model, prompt, embedder or limit than it was issued for


class ReviewKind(StrEnum):
    SECOND = "second"  # an approval, judged again by somebody who does not know the first verdict
    AUTOSENT = "autosent"  # a reply that went out by itself


class ReviewVerdict(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Certificate(TenantRow):
    """That drafts of this intent at `threshold` or above are wrong at most `alpha` of the time.

    Wrongly granted with probability `delta` at most: k errors were found in n labels.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        of_tenant(),
        one_of("ended_why", Ending),
        Index(
            "certificates_open_key",
            "tenant_id",
            "intent",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )

    intent: Mapped[str]
    alpha: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    delta: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    n: Mapped[int]
    k: Mapped[int]
    threshold: Mapped[Decimal] = mapped_column(Numeric(6, 5))
    model: Mapped[str]
    prompt_hash: Mapped[str]
    embedder: Mapped[str | None]
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_why: Mapped[str | None]

    def end(self, why: Ending, at: datetime, by: UUID | None) -> None:
        self.ended_at, self.ended_by, self.ended_why = at, by, why


class Breaker(TenantRow):
    """The running test of one intent's autosent replies; `levels` are its statistics.

    Once tripped it stays so until a person has a new certificate issued.
    """

    __tablename__ = "breakers"
    __table_args__ = (of_tenant(), UniqueConstraint("tenant_id", "intent"))

    intent: Mapped[str]
    alpha: Mapped[Decimal] = mapped_column(Numeric(4, 3))
    levels: Mapped[list[float]] = mapped_column(ARRAY(Float()))
    audits: Mapped[int] = mapped_column(server_default="0")
    errors: Mapped[int] = mapped_column(server_default="0")
    since: Mapped[datetime]
    tripped_at: Mapped[datetime | None]


class Review(TenantRow):
    """A draft that a person is asked to judge, knowing nothing of what was decided before."""

    __tablename__ = "reviews"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        belongs_to("suggestions", "suggestion_id"),
        one_of("kind", ReviewKind),
        one_of("verdict", ReviewVerdict),
        UniqueConstraint("tenant_id", "kind", "suggestion_id", "version"),
        Index("reviews_open_idx", "tenant_id", "id", postgresql_where="judged_at IS NULL"),
        Index("reviews_wanted_idx", "tenant_id", "kind", "wanted_at"),
    )

    kind: Mapped[str]
    suggestion_id: Mapped[UUID]
    version: Mapped[int]
    conversation_id: Mapped[UUID]
    intent: Mapped[str | None]
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 5))
    first_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    wanted_at: Mapped[datetime]
    verdict: Mapped[str | None]
    judged_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    judged_at: Mapped[datetime | None]
