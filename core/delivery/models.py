"""The table of outbound messages: the row is the truth, Taskiq only wakes who reads it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, TenantRow, belongs_to, one_of


class OutboundState(StrEnum):
    SCHEDULED = "scheduled"
    CLAIMED = "claimed"  # nothing has gone out yet
    SENDING = "sending"  # something may have: after a crash, in doubt
    SENT = "sent"
    REJECTED = "rejected"
    UNSURE = "unsure"
    PARKED = "parked"  # its handling kept failing: a person looks, nothing tries it again
    CANCELLED = "cancelled"


OPEN_STATES = (OutboundState.SCHEDULED, OutboundState.CLAIMED, OutboundState.SENDING)


class OutboundMessage(Leased, TenantRow):
    """One reply on its way. `seq` orders the replies of a conversation."""

    __tablename__ = "outbound_messages"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        belongs_to("channel_accounts", "account_id"),
        one_of("state", OutboundState),
        UniqueConstraint("tenant_id", "request_key"),
        UniqueConstraint("tenant_id", "conversation_id", "seq"),
        Index(
            "outbound_messages_suggestion_key",
            "tenant_id",
            "suggestion_id",
            unique=True,
            postgresql_where="state NOT IN ('cancelled', 'rejected') AND suggestion_id IS NOT NULL",
        ),
        Index(
            "outbound_messages_due_idx",
            "account_id",
            "due_at",
            postgresql_where="state = 'scheduled'",
        ),
        Index(
            "outbound_messages_held_idx",
            "account_id",
            postgresql_where="state IN ('claimed', 'sending')",
        ),
        Index(
            "outbound_messages_void_idx",
            "account_id",
            postgresql_where="state = 'scheduled' AND void_at IS NOT NULL AND doubted_at IS NULL",
        ),
        Index(
            "outbound_messages_queue_idx",
            "tenant_id",
            "due_at",
            "id",
            postgresql_where="state IN ('scheduled', 'claimed', 'sending')",
        ),
        Index(
            "outbound_messages_trouble_idx",
            "tenant_id",
            "state",
            "id",
            postgresql_where="state IN ('unsure', 'parked')",
        ),
        Index(
            "outbound_messages_settled_idx",
            "tenant_id",
            "settled_at",
            postgresql_where="settled_at IS NOT NULL",
        ),
        Index(
            "outbound_messages_order_idx",
            "tenant_id",
            "conversation_id",
            "seq",
            postgresql_where="state IN ('scheduled', 'claimed', 'sending')",
        ),
        Index("outbound_messages_thread_idx", "tenant_id", "conversation_id", "id"),
    )

    conversation_id: Mapped[UUID]
    account_id: Mapped[UUID]
    seq: Mapped[int] = mapped_column(BigInteger)
    request_key: Mapped[str]  # the same request made twice plans one message
    provider_key: Mapped[UUID]  # ours, given to channels that take one
    external_chat_id: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    author_user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    suggestion_id: Mapped[UUID | None]
    turn_id: Mapped[UUID | None]
    # Void once the conversation's version is another: NULL for what a person has decided.
    fence: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default=OutboundState.SCHEDULED)
    due_at: Mapped[datetime]
    # When it was first to go out: `due_at` moves when the channel asks for patience.
    planned_for: Mapped[datetime] = mapped_column(server_default=func.now())
    typing_ms: Mapped[int] = mapped_column(server_default="0")  # shown for so long before the send
    failures: Mapped[int] = mapped_column(SmallInteger, server_default="0")  # of its own, in a row
    void_at: Mapped[datetime | None]  # the thread moved on from it; set by the database
    # Something of it may have gone out under its key: it is sent again, and not taken back.
    doubted_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    external_message_id: Mapped[str | None]
    message_id: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    doubt_resolved_at: Mapped[datetime | None]
    doubt_resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
