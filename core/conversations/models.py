"""Tables of conversations. Messages are partitioned by time, by their UUIDv7 ids."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, Row, TenantRow, belongs_to, of_tenant, one_of
from core.ports.channel import AttachmentKind
from core.tenants.models import Mode


class ConversationStatus(StrEnum):
    WAITING = "waiting"
    ACTIVE = "active"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Author(StrEnum):
    CUSTOMER = "customer"
    OPERATOR = "operator"
    AI = "ai"
    OWNER = "owner"  # the store's own person, typing on the phone itself
    SYSTEM = "system"


class TurnState(StrEnum):
    QUIET = "quiet"  # waits for the customer to finish
    DRAFTING = "drafting"  # quiet is over: the AI is at it, or about to be
    READY = "ready"  # a suggestion stands, or it is known that there will be none
    ANSWERED = "answered"
    SUPERSEDED = "superseded"  # the customer wrote again before an answer


class AttachmentState(StrEnum):
    PENDING = "pending"
    STORED = "stored"
    TOO_BIG = "too_big"
    FAILED = "failed"


class Conversation(TenantRow):
    """The thread of one customer on one channel account.

    `version` grows whenever the thread moves on: a suggestion made at an older one is void.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        belongs_to("customers", "customer_id"),
        belongs_to("channel_accounts", "account_id"),
        of_tenant(),
        one_of("status", ConversationStatus),
        one_of("mode", Mode),
        UniqueConstraint("tenant_id", "account_id", "external_chat_id"),
        UniqueConstraint("tenant_id", "number"),
        Index("conversations_list_idx", "tenant_id", "status", "last_message_at", "id"),
        Index("conversations_customer_idx", "tenant_id", "customer_id"),
    )

    number: Mapped[int] = mapped_column(Integer)
    customer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    external_chat_id: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=ConversationStatus.WAITING)
    mode: Mapped[str] = mapped_column(server_default=Mode.LEARNING)
    version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    episode_id: Mapped[UUID]
    turn_id: Mapped[UUID | None]
    unread_count: Mapped[int] = mapped_column(server_default="0")
    waiting_since: Mapped[datetime | None]
    last_message_at: Mapped[datetime]
    last_message_text: Mapped[str] = mapped_column(server_default="")
    last_message_direction: Mapped[str] = mapped_column(server_default=Direction.IN)
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    assigned_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Episode(TenantRow):
    """The part of a conversation from its opening to its resolving."""

    __tablename__ = "episodes"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        UniqueConstraint("tenant_id", "conversation_id", "number"),
    )

    conversation_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class Turn(Leased, TenantRow):
    """What the customer said since the last answer: a burst of messages is one turn.

    The row is the work of drafting: due at `due_at`, claimed under a lease.
    """

    __tablename__ = "turns"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        belongs_to("episodes", "episode_id"),
        one_of("state", TurnState),
        UniqueConstraint("tenant_id", "conversation_id", "number"),
        Index("turns_due_idx", "due_at", postgresql_where="state IN ('quiet', 'drafting')"),
    )

    conversation_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=TurnState.QUIET)
    first_message_id: Mapped[UUID]
    last_message_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    drafting_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class Message(TenantRow):
    """One message of a thread, either way."""

    __tablename__ = "messages"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        of_tenant(),
        one_of("direction", Direction),
        one_of("author", Author),
        Index("messages_thread_idx", "tenant_id", "conversation_id", "id"),
        {"postgresql_partition_by": "RANGE (id)"},
    )

    conversation_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    turn_id: Mapped[UUID | None]
    direction: Mapped[str]
    author: Mapped[str]
    author_user_id: Mapped[UUID | None]
    external_message_id: Mapped[str | None]
    text: Mapped[str]
    reply_to_id: Mapped[UUID | None]
    reply_to_text: Mapped[str | None]
    album_key: Mapped[str | None]
    outbound_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class MessageKey(Row):
    """That an external message has been seen: what keeps one message from becoming two."""

    __tablename__ = "message_keys"
    __table_args__ = (
        belongs_to("channel_accounts", "account_id"),
        Index("message_keys_message_id_idx", "tenant_id", "message_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    external_chat_id: Mapped[str] = mapped_column(primary_key=True)
    external_message_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[UUID]


class MessageVersion(TenantRow):
    """How a message read before it was edited."""

    __tablename__ = "message_versions"
    __table_args__ = (
        of_tenant(),
        Index("message_versions_message_idx", "tenant_id", "message_id"),
    )

    message_id: Mapped[UUID]
    text: Mapped[str]
    replaced_at: Mapped[datetime]


class Attachment(Leased, TenantRow):
    """A file of a message. Its bytes lie in storage; the row is the work of fetching them."""

    __tablename__ = "attachments"
    __table_args__ = (
        of_tenant(),
        one_of("kind", AttachmentKind),
        one_of("state", AttachmentState),
        Index("attachments_message_idx", "tenant_id", "message_id"),
        Index("attachments_due_idx", "due_at", postgresql_where="state = 'pending'"),
    )

    message_id: Mapped[UUID]
    account_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(server_default="0")
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=AttachmentState.PENDING)
    external_file_id: Mapped[str | None]
    file_name: Mapped[str | None]
    mime: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    seconds: Mapped[int | None] = mapped_column(Integer)
    storage_key: Mapped[str | None]
    due_at: Mapped[datetime]
