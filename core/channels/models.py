"""Tables of accounts and of what arrived on them, before anybody has read it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, Row, TenantRow, belongs_to, of_tenant, one_of
from core.ports.channel import ChannelKind


class AccountState(StrEnum):
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    AWAITING_QR = "awaiting_qr"
    AWAITING_CODE = "awaiting_code"
    AWAITING_PASSWORD = "awaiting_password"  # noqa: S105 - a state, not a secret
    CONNECTED = "connected"
    DEGRADED = "degraded"
    LOGGED_OUT = "logged_out"
    BANNED = "banned"


class ChannelAccount(TenantRow):
    """One messenger account of a store. One process at a time holds its lease."""

    __tablename__ = "channel_accounts"
    __table_args__ = (
        of_tenant(),
        one_of("kind", ChannelKind),
        one_of("state", AccountState),
        Index(
            "channel_accounts_external_key",
            "kind",
            "external_id",
            unique=True,
            postgresql_where="disconnected_at IS NULL",
        ),
        UniqueConstraint("id"),
    )

    kind: Mapped[str]
    name: Mapped[str]
    external_id: Mapped[str]
    config: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    webhook_secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default=AccountState.CONNECTING)
    state_reason: Mapped[str | None]
    state_changed_at: Mapped[datetime]
    lease_owner: Mapped[str | None]
    lease_fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lease_until: Mapped[datetime | None]
    connected_at: Mapped[datetime]
    connected_by: Mapped[UUID | None]
    disconnected_at: Mapped[datetime | None]
    disconnected_by: Mapped[UUID | None]


class ChannelUpdate(Leased, TenantRow):
    """A vendor's update as it came: durable before it is acknowledged.

    `lane` is the chat: updates of one lane are handled in the order of `id`, one at a time.
    """

    __tablename__ = "channel_updates"
    __table_args__ = (
        belongs_to("channel_accounts", "account_id"),
        UniqueConstraint("tenant_id", "account_id", "external_id"),
        Index("channel_updates_open_idx", "id", postgresql_where="done_at IS NULL"),
        Index(
            "channel_updates_lane_idx",
            "tenant_id",
            "account_id",
            "lane",
            "id",
            postgresql_where="done_at IS NULL",
        ),
        Index("channel_updates_done_at_idx", "done_at", postgresql_where="done_at IS NOT NULL"),
    )

    account_id: Mapped[UUID]
    external_id: Mapped[str]
    lane: Mapped[str]
    payload: Mapped[str]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class OperatorUpdate(Leased, Row):
    """An update of the operators' bot, which belongs to no store."""

    __tablename__ = "operator_updates"
    __table_args__ = (
        Index("operator_updates_open_idx", "update_id", postgresql_where="done_at IS NULL"),
        Index(
            "operator_updates_lane_idx",
            "bot_id",
            "lane",
            "update_id",
            postgresql_where="done_at IS NULL",
        ),
        Index("operator_updates_done_at_idx", "done_at", postgresql_where="done_at IS NOT NULL"),
    )

    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lane: Mapped[str]
    payload: Mapped[str]
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
