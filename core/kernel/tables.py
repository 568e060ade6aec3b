"""What every table shares: names of constraints, types, and the tenant in front of every key."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.kernel.ids import new_id

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Row(DeclarativeBase):
    """A row of the product's database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        str: Text(),
        UUID: Uuid(),
        Decimal: Numeric(20, 8),
        dict[str, Any]: JSONB(),
        list[dict[str, Any]]: JSONB(),
        list[str]: ARRAY(Text()),
    }


class PlatformRow(Row):
    """A row that belongs to no tenant."""

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class TenantRow(Row):
    """A row of one tenant. Row-level security and composite foreign keys keep it there."""

    __abstract__ = True
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)


class Leased:
    """A row that is work to be done: claimed for a while under a token that fences its writes."""

    lease_token: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    problem: Mapped[str | None]


def belongs_to(table: str, *columns: str, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that cannot point into another tenant: (tenant_id, column) -> (tenant_id, id)."""
    local = ["tenant_id", *columns]
    return ForeignKeyConstraint(local, [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)


def of_tenant() -> ForeignKeyConstraint:
    """The tenant itself must exist."""
    return ForeignKeyConstraint(["tenant_id"], ["tenants.id"])


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """The column holds a value of the enum and no other."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
