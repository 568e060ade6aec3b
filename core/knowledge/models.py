"""Tables of documents and of the one index over documents and products."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import Leased, TenantRow, of_tenant, one_of

DIMENSIONS = 512


class DocumentType(StrEnum):
    POLICY = "policy"
    FAQ = "faq"
    DELIVERY = "delivery"
    RETURNS = "returns"


class SourceKind(StrEnum):
    DOCUMENT = "document"
    PRODUCT = "product"


class Document(TenantRow):
    """A text of the store: a policy, an answer, the terms of delivery or of returns."""

    __tablename__ = "documents"
    __table_args__ = (
        of_tenant(),
        one_of("type", DocumentType),
        Index(
            "documents_changed_idx",
            "tenant_id",
            text("changed_at DESC"),
            text("id DESC"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
    )

    title: Mapped[str]
    type: Mapped[str]
    category: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default=text("'{}'::text[]"))
    body: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class Chunk(TenantRow):
    """A passage that search can find, of a document or a product at one version of it."""

    __tablename__ = "chunks"
    __table_args__ = (
        of_tenant(),
        UniqueConstraint("tenant_id", "source_kind", "source_id", "ordinal"),
        one_of("source_kind", SourceKind),
        {"postgresql_partition_by": "HASH (tenant_id)"},
    )

    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    source_version: Mapped[int] = mapped_column(Integer)
    ordinal: Mapped[int] = mapped_column(Integer)
    title: Mapped[str]
    body: Mapped[str]
    body_hash: Mapped[bytes]
    lexemes: Mapped[Any] = mapped_column(TSVECTOR)
    embedding: Mapped[Any | None] = mapped_column(HALFVEC(DIMENSIONS))
    embedder: Mapped[str | None]
    indexed_at: Mapped[datetime | None]


class IndexingJob(Leased, TenantRow):
    """A source whose chunks must be made again. The row is the work, not a queue's message."""

    __tablename__ = "indexing_jobs"
    __table_args__ = (
        of_tenant(),
        one_of("source_kind", SourceKind),
        UniqueConstraint("tenant_id", "source_kind", "source_id"),
        Index(
            "indexing_jobs_fair_idx",
            "tenant_id",
            "bulk",
            "due_at",
            postgresql_where=text("parked_at IS NULL"),
        ),
    )

    source_kind: Mapped[str]
    source_id: Mapped[UUID]
    due_at: Mapped[datetime]
    parked_at: Mapped[datetime | None]
    # Part of an import or of an index made anew: a person's own edits go before it.
    bulk: Mapped[bool] = mapped_column(server_default=text("false"))
