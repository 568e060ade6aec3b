"""What the store tells its customers: documents, listed, written, changed, taken out."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.reasons import IndexMark, Reasons, Speaking
from api.shapes import In, Moment, Out, Version, Words
from core.identity.permissions import Actor
from core.kernel.paging import MOST_AT_ONCE
from core.kernel.uow import UnitOfWork
from core.knowledge import queries, service
from core.knowledge.models import DocumentType

router = APIRouter(
    prefix="/documents",
    tags=["knowledge"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_ONE = describe(401, 403, 404)
_CHANGED = describe(401, 403, 404, 409)
_Title = Annotated[Words, Field(max_length=service.LONGEST_TITLE * 2)]
_Body = Annotated[Words, Field(max_length=service.LONGEST_BODY * 2)]
_Category = Annotated[Words, Field(max_length=service.LONGEST_CATEGORY * 2)]
_Tags = Annotated[
    list[Annotated[Words, Field(max_length=service.LONGEST_TAG * 2)]],
    Field(max_length=service.MOST_TAGS * 2),
]


class DocumentSummary(Out):
    id: UUID
    title: str
    type: DocumentType
    category: str | None
    tags: list[str]
    characters: int
    version: int
    created_at: Moment
    changed_at: Moment
    index: IndexMark


class Document(DocumentSummary):
    body: str


class DocumentPage(Out):
    """`next_cursor` is null on the last page; `total` is of all pages."""

    items: list[DocumentSummary]
    next_cursor: str | None
    total: int


class Labels(Out):
    """Categories and tags in use."""

    categories: list[str]
    tags: list[str]


class NewDocument(In):
    title: _Title
    body: _Body
    type: DocumentType = DocumentType.FAQ
    category: _Category | None = None
    tags: _Tags = Field(default_factory=list)


class DocumentChanges(In):
    """`version` is the one its editor saw; what is not named stays as it is."""

    version: Version
    title: _Title | None = None
    body: _Body | None = None
    type: DocumentType | None = None
    category: _Category | None = None
    tags: _Tags | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        said = {name: getattr(self, name) for name in self.model_fields_set - {"version"}}
        return {n: v for n, v in said.items() if v is not None or n == "category"}


class DocumentQuery(In):
    """Which documents, and which page of them."""

    q: Words | None = Field(default=None, max_length=200)
    type: DocumentType | None = None
    category: Words | None = Field(default=None, max_length=200)
    tag: Words | None = Field(default=None, max_length=200)
    cursor: Words | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_AT_ONCE)


@router.get("")
async def list_documents(
    app: Core, actor: Acting, speaking: Speaking, query: Annotated[DocumentQuery, Query()]
) -> DocumentPage:
    """The last changed first."""
    which = queries.DocumentFilter(query.q, query.type, query.category, query.tag)
    async with app.uow(actor.tenant_id) as uow:
        page = await queries.list_documents(
            uow, actor, which, cursor=query.cursor, limit=query.limit
        )
    return DocumentPage(
        items=[DocumentSummary.model_validate(speaking.shown(line)) for line in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.get("/labels")
async def list_labels(app: Core, actor: Acting) -> Labels:
    async with app.uow(actor.tenant_id) as uow:
        return Labels.model_validate(await queries.labels(uow, actor))


@router.post("", status_code=201)
async def create_document(
    app: Core, actor: Acting, speaking: Speaking, new: NewDocument
) -> Document:
    """One of this very title and text is given back as it is."""
    fields = service.DocumentFields(**new.model_dump())
    async with app.uow(actor.tenant_id) as uow:
        made = await service.create_document(uow, actor, fields)
        return await _document(uow, actor, speaking, made.id)


@router.get("/{document_id}", responses=_ONE)
async def read_document(
    app: Core, actor: Acting, speaking: Speaking, document_id: UUID
) -> Document:
    async with app.uow(actor.tenant_id) as uow:
        return await _document(uow, actor, speaking, document_id)


@router.patch("/{document_id}", responses=_CHANGED)
async def change_document(
    app: Core, actor: Acting, speaking: Speaking, document_id: UUID, changes: DocumentChanges
) -> Document:
    """Refused if somebody else has changed it since its editor looked."""
    async with app.uow(actor.tenant_id) as uow:
        await service.edit_document(uow, actor, document_id, changes.version, changes.wanted)
        return await _document(uow, actor, speaking, document_id)


@router.delete("/{document_id}", status_code=204, responses=_ONE)
async def delete_document(app: Core, actor: Acting, document_id: UUID) -> None:
    """Gone from every answer at once."""
    async with app.uow(actor.tenant_id) as uow:
        await service.remove_document(uow, actor, document_id)


async def _document(
    uow: UnitOfWork, actor: Actor, speaking: Reasons, document_id: UUID
) -> Document:
    return Document.model_validate(speaking.shown(await queries.document(uow, actor, document_id)))
