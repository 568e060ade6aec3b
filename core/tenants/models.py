"""Tables of stores and of how each of them wants to answer."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, Numeric, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import PlatformRow, Row, one_of

_NONE = text("'{}'::text[]")


class Status(StrEnum):
    ACTIVE = "active"
    RESTRICTED = "restricted"


class Mode(StrEnum):
    """How far a conversation may go without a person (SPEC 2)."""

    LEARNING = "learning"
    SEMI_AUTO = "semi_auto"
    AUTO = "auto"


class Language(StrEnum):
    RU = "ru"
    EN = "en"


class Tone(StrEnum):
    FORMAL = "formal"
    FRIENDLY = "friendly"


class AddressForm(StrEnum):
    VY = "vy"
    TY = "ty"


class DelayProfile(StrEnum):
    """How long a person would take to answer."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class NightMode(StrEnum):
    """What becomes of an automatic reply that would go out at night.

    AUTO_REPLY: the customer is told the night text, the reply waits for the morning.
    DELAY: it goes out at night, its pause multiplied. DISABLE: nothing goes out by itself at
    night, the reply waits for the morning without a word.
    """

    AUTO_REPLY = "auto_reply"
    DELAY = "delay"
    DISABLE = "disable"


class Tenant(PlatformRow):
    """One store."""

    __tablename__ = "tenants"
    __table_args__ = (one_of("status", Status),)

    name: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=Status.ACTIVE)
    status_changed_at: Mapped[datetime | None]
    status_changed_by: Mapped[UUID | None]
    trial_started_at: Mapped[datetime]
    trial_ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    scratch_since: Mapped[datetime | None]  # made to be measured and removed
    conversations_opened: Mapped[int] = mapped_column(Integer, server_default="0")


class TenantSettings(Row):
    """How a store answers. `version` grows with every change."""

    __tablename__ = "tenant_settings"
    __table_args__ = (
        one_of("language", Language),
        one_of("tone", Tone),
        one_of("address_form", AddressForm),
        one_of("default_mode", Mode),
        one_of("delay_profile", DelayProfile),
        one_of("night_mode", NightMode),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    version: Mapped[int] = mapped_column(server_default="1")
    language: Mapped[str] = mapped_column(server_default=Language.RU)
    tone: Mapped[str] = mapped_column(server_default=Tone.FRIENDLY)
    address_form: Mapped[str] = mapped_column(server_default=AddressForm.VY)
    currency: Mapped[str] = mapped_column(server_default="RUB")
    time_zone: Mapped[str] = mapped_column(server_default="Europe/Moscow")
    default_mode: Mapped[str] = mapped_column(server_default=Mode.LEARNING)
    undo_seconds: Mapped[int] = mapped_column(server_default="5")
    hold_seconds: Mapped[int] = mapped_column(server_default="30")
    quiet_milliseconds: Mapped[int] = mapped_column(server_default="1500")
    t_auto: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="0.9")
    t_escale: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="0.35")
    autosend_allowed: Mapped[bool] = mapped_column(server_default="false")
    autosend_without_licence: Mapped[bool] = mapped_column(server_default="false")
    intents_autosend_allowed: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=_NONE)
    intents_force_handoff: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=_NONE)
    always_escalate_intents: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=_NONE)
    forbidden_topics: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=_NONE)
    disabled_learning_intents: Mapped[list[str]] = mapped_column(
        ARRAY(Text()), server_default=_NONE
    )
    allow_discounts: Mapped[bool] = mapped_column(server_default="false")
    max_discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default="0")
    working_hours: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    ai_daily_budget_usd: Mapped[Decimal] = mapped_column(Numeric(12, 4), server_default="5")
    price_daily_budget_usd: Mapped[Decimal] = mapped_column(Numeric(12, 4), server_default="2")
    autosend_alpha: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="0.05")
    autosend_delta: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="0.1")
    licence_waived_at: Mapped[datetime | None]
    licence_waived_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    human_delay: Mapped[bool] = mapped_column(server_default="true")
    delay_profile: Mapped[str] = mapped_column(server_default=DelayProfile.MEDIUM)
    typing_indicator: Mapped[bool] = mapped_column(server_default="true")
    night_mode: Mapped[str] = mapped_column(server_default=NightMode.DELAY)
    night_from: Mapped[str] = mapped_column(server_default="22:00")  # of the store's own day
    night_until: Mapped[str] = mapped_column(server_default="08:00")
    night_multiplier: Mapped[Decimal] = mapped_column(Numeric(4, 2), server_default="2")
    night_text: Mapped[str] = mapped_column(server_default="")
    wait_for_hours: Mapped[bool] = mapped_column(server_default="false")
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
