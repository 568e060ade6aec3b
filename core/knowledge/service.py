"""Putting documents in, and taking them out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from core.audit.service import note
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind, not_found
from core.kernel.ids import new_id
from core.kernel.untrusted import clean
from core.kernel.uow import UnitOfWork
from core.knowledge.models import Document, DocumentType, SourceKind
from core.knowledge.queue import forget, want_index

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('documents:' || :tenant, 0))")
LONGEST_TITLE = 200
LONGEST_BODY = 300_000
LONGEST_CATEGORY = 80
LONGEST_TAG = 40
MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """A document as its author gives it."""

    title: str
    body: str
    type: str = DocumentType.FAQ
    category: str | None = None
    tags: Sequence[str] = ()


async def put_document(
    uow: UnitOfWork,
    actor: Actor,
    fields: DocumentFields,
    *,
    document_id: UUID | None = None,
    version: int | None = None,
) -> Document:
    """Create a document, or change the one of this id.

    `version` is the one its editor saw: CONFLICT `document.changed` if it has moved on. Writing
    what is already there changes nothing. INVALID names the field.
    """
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    checked = _checked(fields)
    now = uow.clock.now()
    if document_id is None:
        document = uow.add(
            Document(
                id=new_id(), tenant_id=uow.tenant_id, version=1, created_at=now, changed_at=now,
                **checked,
            )
        )  # fmt: skip
        await uow.session.flush()
        before = None
    else:
        document = await _locked(uow, document_id)
        if version is not None and version != document.version:
            raise DomainError(Kind.CONFLICT, "document.changed", version=document.version)
        before = {field: getattr(document, field) for field in checked}
        if before == checked:
            return document
        for field, value in checked.items():
            setattr(document, field, value)
        document.version += 1
        document.changed_at = now
        await uow.session.flush()
    note(
        uow,
        actor,
        "document.created" if before is None else "document.changed",
        target_kind="document",
        target_id=document.id,
        before=before and _outline(before),
        after=_outline(checked),
    )
    await want_index(uow, SourceKind.DOCUMENT, [document.id])
    uow.tell("knowledge.changed", document.id)
    return document


async def create_document(uow: UnitOfWork, actor: Actor, fields: DocumentFields) -> Document:
    """A new document; one of this very title and text is given back as it is."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    checked = _checked(fields)
    await uow.session.execute(_TAKE_TURNS, {"tenant": str(uow.tenant_id)})
    twin: Document | None = await uow.session.scalar(
        select(Document)
        .where(
            Document.tenant_id == uow.tenant_id,
            Document.title == checked["title"],
            Document.body == checked["body"],
            Document.deleted_at.is_(None),
        )
        .limit(1)
    )
    return twin or await put_document(uow, actor, fields)


async def edit_document(
    uow: UnitOfWork, actor: Actor, document_id: UUID, version: int, wanted: Mapping[str, Any]
) -> Document:
    """Change these fields of a document; CONFLICT `document.changed` if it has moved on."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    document = await _locked(uow, document_id)
    old = {field.name: getattr(document, field.name) for field in fields_of(DocumentFields)}
    fields = DocumentFields(**{**old, **wanted})
    return await put_document(uow, actor, fields, document_id=document_id, version=version)


async def put_titled(uow: UnitOfWork, actor: Actor, fields: DocumentFields) -> tuple[Document, str]:
    """The document of this title becomes this, or there is a new one.

    With it comes what it was: created, updated or unchanged. Whoever does this takes turns, so
    that two imports of one title make one document.
    """
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    await uow.session.execute(_TAKE_TURNS, {"tenant": str(uow.tenant_id)})
    known = await document_titled(uow, str(_checked(fields)["title"]))
    if known is None:
        return await put_document(uow, actor, fields), "created"
    before = known.version
    document = await put_document(uow, actor, fields, document_id=known.id)
    return document, "unchanged" if document.version == before else "updated"


def checked_document(fields: DocumentFields) -> DocumentFields:
    """The fields as they would be kept; INVALID names the one that cannot be."""
    return DocumentFields(**_checked(fields))


async def remove_document(uow: UnitOfWork, actor: Actor, document_id: UUID) -> None:
    """Gone from every answer at once; the row stays, for the log."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    document = await _locked(uow, document_id)
    document.deleted_at = uow.clock.now()
    document.version += 1
    await uow.session.flush()
    await forget(uow, SourceKind.DOCUMENT, [document_id])
    note(
        uow,
        actor,
        "document.removed",
        target_kind="document",
        target_id=document_id,
        before={"title": document.title},
    )
    uow.tell("knowledge.changed", document_id)


async def document_titled(uow: UnitOfWork, title: str) -> Document | None:
    """The document of this very title, the oldest if there are several."""
    found: Document | None = await uow.session.scalar(
        select(Document)
        .where(
            Document.tenant_id == uow.tenant_id,
            Document.title == clean(title),
            Document.deleted_at.is_(None),
        )
        .order_by(Document.id)
        .limit(1)
    )
    return found


async def _locked(uow: UnitOfWork, document_id: UUID) -> Document:
    document = await uow.lock(Document, document_id)
    if document.deleted_at is not None:
        raise not_found("documents")
    return document


def _checked(fields: DocumentFields) -> dict[str, Any]:
    title, body = " ".join(clean(fields.title).split()), clean(fields.body)
    if not title:
        raise _invalid("document.title_missing", "title")
    if len(title) > LONGEST_TITLE:
        raise _invalid("document.title_too_long", "title", most=LONGEST_TITLE)
    if not body:
        raise _invalid("document.body_missing", "body")
    if len(body) > LONGEST_BODY:
        raise _invalid("document.body_too_long", "body", most=LONGEST_BODY)
    if fields.type not in set(DocumentType):
        raise _invalid("document.type_unknown", "type", known=", ".join(DocumentType))
    category = clean(fields.category or "") or None
    if category and len(category) > LONGEST_CATEGORY:
        raise _invalid("document.category_too_long", "category", most=LONGEST_CATEGORY)
    tags = sorted({tag for given in fields.tags if (tag := clean(given))})
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        raise _invalid("document.tags_too_many", "tags", most=MOST_TAGS, longest=LONGEST_TAG)
    return {
        "title": title,
        "body": body,
        "type": str(fields.type),
        "category": category,
        "tags": tags,
    }


def _invalid(key: str, field: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, **params)


def _outline(fields: dict[str, object]) -> dict[str, object]:
    """What the log keeps: the text itself would be there again with each change."""
    body = str(fields["body"])
    return {**fields, "body": body[:200], "characters": len(body)}
