"""Tables of imports: the file and how far it has come, and what becomes of each of its rows."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import Leased, Row, TenantRow, of_tenant, one_of


class ImportKind(StrEnum):
    DOCUMENTS = "documents"
    PRODUCTS = "products"


class ImportState(StrEnum):
    """The worker takes `uploaded` to `previewed`, a person from there to `applying`."""

    UPLOADED = "uploaded"
    PREVIEWED = "previewed"
    APPLYING = "applying"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_WORK = text("state IN ('uploaded', 'applying')")
_KEPT = text("storage_key IS NOT NULL")
OVER = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED})


class Import(Leased, TenantRow):
    """A file on its way into the store. Until it is done it has changed nothing."""

    __tablename__ = "imports"
    __table_args__ = (
        of_tenant(),
        one_of("kind", ImportKind),
        one_of("state", ImportState),
        Index("imports_due_idx", "due_at", postgresql_where=_WORK),
        Index("imports_finished_idx", "finished_at", postgresql_where=_KEPT),
    )

    kind: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    format: Mapped[str]
    file_name: Mapped[str]
    file_size: Mapped[int] = mapped_column(BigInteger)
    storage_key: Mapped[str | None]  # none once the bytes are gone
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")  # a person's words
    found: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # what the file turned out to be
    take_good_rows: Mapped[bool] = mapped_column(server_default=text("false"))
    total: Mapped[int] = mapped_column(Integer, server_default="0")
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    created: Mapped[int] = mapped_column(Integer, server_default="0")
    updated: Mapped[int] = mapped_column(Integer, server_default="0")
    unchanged: Mapped[int] = mapped_column(Integer, server_default="0")
    rejected: Mapped[int] = mapped_column(Integer, server_default="0")
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # {code, params, field}
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str]
    applied_by: Mapped[UUID | None]
    applied_by_name: Mapped[str | None]
    due_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportRow(Row):
    """A row of the file and what becomes of it. Cells are kept of rejected rows alone."""

    __tablename__ = "import_rows"
    __table_args__ = (
        of_tenant(),
        ForeignKeyConstraint(
            ["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"
        ),
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    result: Mapped[str]
    sku: Mapped[str | None]
    name: Mapped[str | None]
    source_id: Mapped[UUID | None]
    reason: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    notes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    cells: Mapped[list[str] | None] = mapped_column(ARRAY(Text()))
