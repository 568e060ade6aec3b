"""Tables of documents and of the one index over documents and products."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from core.kernel.tables import Leased, Row, TenantRow, of_tenant, one_of

DIMENSIONS = 512


class DocumentType(StrEnum):
    POLICY = "policy"
    FAQ = "faq"
    DELIVERY = "delivery"
    RETURNS = "returns"


class SourceKind(StrEnum):
    DOCUMENT = "document"
    PRODUCT = "product"
    ANSWER = "answer"  # what the store said before, and its people approved


# What a search can be narrowed to, as the index keeps it.
_FACETS: dict[str, int] = {
    DocumentType.POLICY: 1,
    DocumentType.FAQ: 2,
    DocumentType.DELIVERY: 3,
    DocumentType.RETURNS: 4,
    SourceKind.PRODUCT: 10,
    SourceKind.ANSWER: 20,
}


def facet(kind: SourceKind, type_: str | None = None) -> int:
    return (
        _FACETS[DocumentType(type_ or DocumentType.FAQ)]
        if kind is SourceKind.DOCUMENT
        else (_FACETS[kind])
    )


def facets(kinds: Sequence[SourceKind], types: Sequence[DocumentType] | None) -> list[int]:
    """All that these kinds and, of documents, these types are kept as."""
    found = [_FACETS[kind] for kind in kinds if kind is not SourceKind.DOCUMENT]
    if SourceKind.DOCUMENT in kinds:
        found += [_FACETS[one] for one in (DocumentType if types is None else types)]
    return found


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
    lexemes: Mapped[Any] = mapped_column(TSVECTOR)  # `words.indexed`; weight A: of the title
    facet: Mapped[int] = mapped_column(SmallInteger, server_default="2")
    words: Mapped[int] = mapped_column(Integer, server_default="0")
    analyser: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    embedding: Mapped[Any | None] = mapped_column(HALFVEC(DIMENSIONS))
    embedder: Mapped[str | None]
    indexed_at: Mapped[datetime | None]


class ChunkWord(Row):
    """How often a passage has a word. Written by the database itself whenever a chunk is."""

    __tablename__ = "chunk_words"
    __table_args__ = ({"postgresql_partition_by": "HASH (tenant_id)"},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    chunk_id: Mapped[UUID] = mapped_column(primary_key=True)
    facet: Mapped[int] = mapped_column(SmallInteger)
    in_title: Mapped[int] = mapped_column(SmallInteger)
    in_body: Mapped[int] = mapped_column(SmallInteger)
    length: Mapped[int] = mapped_column(SmallInteger)  # words of the passage


class StoreWord(Row):
    """How many passages of a store have a word. Written by the database itself."""

    __tablename__ = "store_words"
    __table_args__ = (of_tenant(),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    chunks: Mapped[int] = mapped_column(Integer)
    titles: Mapped[int] = mapped_column(Integer)  # of them, in the title


class StoreWordGram(Row):
    """Three letters of a store's word, for questions that mistype it."""

    __tablename__ = "store_word_grams"
    __table_args__ = (of_tenant(),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    gram: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)


class StoreIndex(Row):
    """How many passages a store has, and how many words in them all."""

    __tablename__ = "store_index"
    __table_args__ = (of_tenant(),)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    chunks: Mapped[int] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(BigInteger)


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
