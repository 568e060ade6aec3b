"""Tables of people. Users and sign-ins belong to no tenant; memberships and invites do."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from core.identity.permissions import Role
from core.kernel.tables import PlatformRow, TenantRow, of_tenant, one_of


class User(PlatformRow):
    """A person, known by Telegram or by email."""

    __tablename__ = "users"

    name: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="ru")
    time_zone: Mapped[str | None]
    telegram_user_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    telegram_chat_id: Mapped[int | None] = mapped_column(BigInteger)
    telegram_unreachable_at: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(unique=True)
    current_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    platform_admin_at: Mapped[datetime | None]
    platform_owner_at: Mapped[datetime | None]
    session_epoch: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Membership(TenantRow):
    """A person's role in a store. Ended memberships stay, for the names in the log."""

    __tablename__ = "memberships"
    __table_args__ = (
        of_tenant(),
        one_of("role", Role),
        Index(
            "memberships_open_key",
            "tenant_id",
            "user_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
        Index("memberships_user_id_idx", "user_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    on_duty_since: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class Invite(TenantRow):
    """A way into a store, good once and until it expires; only its fingerprint is kept."""

    __tablename__ = "invites"
    __table_args__ = (of_tenant(), one_of("role", Role), UniqueConstraint("token_hash"))

    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class SignIn(PlatformRow):
    """A web session: a short bearer and a refresh token that is replaced at each use."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("sign_ins_user_id_idx", "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenants.id"))
    epoch: Mapped[int]
    access_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    access_expires_at: Mapped[datetime]
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    refresh_expires_at: Mapped[datetime]
    previous_refresh_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class LoginLink(PlatformRow):
    """A one-time way from the bot to the plain web page."""

    __tablename__ = "login_links"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
