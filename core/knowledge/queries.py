"""Reads of documents and of how far the index has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.uow import UnitOfWork
from core.knowledge.models import Document


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as people are shown it."""

    id: UUID
    title: str
    type: str
    category: str | None
    tags: tuple[str, ...]
    body: str
    version: int
    changed_at: datetime


async def documents(uow: UnitOfWork, actor: Actor) -> list[DocumentView]:
    """All of a store's documents, by title."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    rows = await uow.session.scalars(
        select(Document)
        .where(Document.tenant_id == uow.tenant_id, Document.deleted_at.is_(None))
        .order_by(Document.title, Document.id)
    )
    return [_view(row) for row in rows]


async def document(uow: UnitOfWork, actor: Actor, document_id: UUID) -> DocumentView:
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    row = await uow.get(Document, document_id)
    if row.deleted_at is not None:
        raise not_found("documents")
    return _view(row)


def _view(row: Document) -> DocumentView:
    return DocumentView(
        row.id, row.title, row.type, row.category, tuple(row.tags), row.body, row.version,
        row.changed_at,
    )  # fmt: skip
