"""Tables of what the bot shows its people: cards, and notices beside them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.kernel.tables import Leased, TenantRow, belongs_to, of_tenant, one_of


class CardState(StrEnum):
    """Where a card stands on its way to a chat."""

    WANTED = "wanted"  # never sent yet
    SENDING = "sending"  # sent or about to be: after a crash, in doubt
    SHOWN = "shown"
    GONE = "gone"  # its chat or its message is no more


class Card(Leased, TenantRow):
    """One turn's card in one operator's chat.

    `wanted` counts the changes of what it shows, `drawn` is the count it was last drawn at:
    a card with `drawn < wanted` is out of date. `shrunk_at` says that it is now a single line.
    """

    __tablename__ = "cards"
    __table_args__ = (
        belongs_to("conversations", "conversation_id"),
        of_tenant(),
        one_of("state", CardState),
        UniqueConstraint("tenant_id", "turn_id", "user_id"),
        Index("cards_due_idx", "due_at", postgresql_where="drawn < wanted AND state <> 'gone'"),
        Index("cards_chat_idx", "chat_id", "message_id"),
        Index("cards_tenant_id_conversation_id_idx", "tenant_id", "conversation_id"),
    )

    conversation_id: Mapped[UUID]
    turn_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    message_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default=CardState.WANTED)
    wanted: Mapped[int] = mapped_column(server_default="1")
    drawn: Mapped[int] = mapped_column(server_default="0")
    drawn_hash: Mapped[bytes | None]
    repeats: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime]
    view: Mapped[str] = mapped_column(server_default="main")  # which page of buttons is open
    created_at: Mapped[datetime]
    shrunk_at: Mapped[datetime | None]


class Notice(Leased, TenantRow):
    """A message of the bot's to one member, beside the cards: `key` is a text of locales/."""

    __tablename__ = "notices"
    __table_args__ = (
        of_tenant(),
        Index(
            "notices_due_idx", "due_at", postgresql_where="sent_at IS NULL AND parked_at IS NULL"
        ),
        Index("notices_recent_idx", "tenant_id", "key", "created_at"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    chat_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    parked_at: Mapped[datetime | None]
