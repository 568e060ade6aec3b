"""Files that become documents and products: brought, looked at, corrected, applied."""

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.reasons import FieldReason, Reason, Reasons, Speaking
from api.shapes import In, Moment, Out, Version, Words
from core.app import App
from core.catalog.writing import Result
from core.identity.permissions import Actor
from core.imports import queries, service
from core.imports.models import ImportKind, ImportState
from core.imports.rejects import as_csv
from core.kernel.errors import DomainError, Kind
from core.kernel.paging import MOST_AT_ONCE
from core.knowledge.models import DocumentType
from core.knowledge.service import LONGEST_CATEGORY, LONGEST_TAG, LONGEST_TITLE, MOST_TAGS

router = APIRouter(
    prefix="/imports",
    tags=["imports"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_ONE = describe(401, 403, 404)
_CHANGED = describe(401, 403, 404, 409)
_PIECE = 1 << 16
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


class ImportAuthor(Out):
    name: str


class ImportProgress(Out):
    done: int
    total: int


class ImportCounts(Out):
    """Every row counted once."""

    total: int
    created: int
    updated: int
    unchanged: int
    rejected: int


class ImportColumn(Out):
    index: int
    heading: str
    samples: list[str]
    field: str | None


class ImportTable(Out):
    """How the file is read. `header_row` 0: it has no headings."""

    sheets: list[str]
    sheet: int
    header_row: int
    currency: str
    columns: list[ImportColumn]
    missing: list[str]


class ImportDocument(Out):
    title: str
    type: DocumentType
    category: str | None
    tags: list[str]
    characters: int
    opening: str
    replaces: UUID | None


class Import(Out):
    """A file on its way in; `counts` are of the dry run until it is done."""

    id: UUID
    kind: ImportKind
    state: ImportState
    version: int
    file_name: str
    file_size: int
    created_at: Moment
    created_by: ImportAuthor
    finished_at: Moment | None
    progress: ImportProgress
    counts: ImportCounts
    take_good_rows: bool
    problem: FieldReason | None
    table: ImportTable | None
    document: ImportDocument | None


class ImportPage(Out):
    items: list[Import]
    next_cursor: str | None


class ImportRow(Out):
    """`number` as a spreadsheet counts rows; `notes` are worth a look though the row is taken."""

    number: int
    result: Result
    sku: str | None
    name: str | None
    product_id: UUID | None
    document_id: UUID | None
    reason: FieldReason | None
    notes: list[Reason]


class ImportRowPage(Out):
    items: list[ImportRow]
    next_after: int | None


class ImportDocumentWishes(In):
    title: Annotated[Words, Field(max_length=LONGEST_TITLE * 2)] | None = None
    type: DocumentType | None = None
    category: Annotated[Words, Field(max_length=LONGEST_CATEGORY * 2)] | None = None
    tags: (
        Annotated[
            list[Annotated[Words, Field(max_length=LONGEST_TAG * 2)]],
            Field(max_length=MOST_TAGS * 2),
        ]
        | None
    ) = None


class ImportCorrection(In):
    """How the file is to be read instead; `mapping` replaces the guess whole."""

    version: Version
    sheet: Annotated[int, Field(ge=0, le=1000)] | None = None
    header_row: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    mapping: dict[Words, Annotated[int, Field(ge=0, le=1000)]] | None = None
    currency: Annotated[Words, Field(min_length=3, max_length=3)] | None = None
    document: ImportDocumentWishes | None = None

    @property
    def wishes(self) -> service.Wishes:
        document = self.document and self.document.model_dump(exclude_none=True)
        return service.Wishes(
            self.sheet, self.header_row, self.mapping, self.currency, document or None
        )


class ImportApplication(In):
    """With `take_good_rows` the rejected are left out, and the others go in together."""

    version: Version
    take_good_rows: bool = False


@router.post("", status_code=201, responses=describe(401, 403, 409, 413), openapi_extra=_FILE)
async def upload_import(
    app: Core, actor: Acting, speaking: Speaking, request: Request, kind: ImportKind
) -> Import:
    """One part, `file`. Who may not, or brings too much, is refused before it is read."""
    service.may_import(actor, kind)
    async with request.form(max_files=1, max_fields=1) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise DomainError(Kind.INVALID, "request.missing_field", field="file", name="file")
        name = file.filename or ""
        import_id = await service.upload(app, actor, kind, name, _content(file))
    return await _import(app, actor, speaking, import_id)


@router.get("")
async def list_imports(
    app: Core,
    actor: Acting,
    speaking: Speaking,
    kind: ImportKind | None = None,
    cursor: Annotated[Words | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_AT_ONCE)] = 50,
) -> ImportPage:
    """The newest first."""
    async with app.uow(actor.tenant_id) as uow:
        page = await queries.list_imports(uow, actor, kind, cursor=cursor, limit=limit)
    return ImportPage(
        items=[_shown(view, speaking) for view in page.items], next_cursor=page.next_cursor
    )


@router.get("/{import_id}", responses=_ONE)
async def read_import(app: Core, actor: Acting, speaking: Speaking, import_id: UUID) -> Import:
    return await _import(app, actor, speaking, import_id)


@router.patch("/{import_id}", responses=_CHANGED)
async def correct_import(
    app: Core, actor: Acting, speaking: Speaking, import_id: UUID, correction: ImportCorrection
) -> Import:
    """It is looked at anew."""
    async with app.uow(actor.tenant_id) as uow:
        await service.correct(uow, actor, import_id, correction.version, correction.wishes)
    return await _import(app, actor, speaking, import_id)


@router.post("/{import_id}/apply", responses=_CHANGED)
async def apply_import(
    app: Core, actor: Acting, speaking: Speaking, import_id: UUID, asked: ImportApplication
) -> Import:
    """Every row goes in, or none; asked twice, it is done once."""
    async with app.uow(actor.tenant_id) as uow:
        await service.apply(
            uow, actor, import_id, asked.version, take_good_rows=asked.take_good_rows
        )
    return await _import(app, actor, speaking, import_id)


@router.delete("/{import_id}", status_code=204, responses=_CHANGED)
async def cancel_import(app: Core, actor: Acting, import_id: UUID) -> None:
    async with app.uow(actor.tenant_id) as uow:
        await service.cancel(uow, actor, import_id)


@router.get("/{import_id}/rows", responses=_ONE)
async def list_import_rows(
    app: Core,
    actor: Acting,
    speaking: Speaking,
    import_id: UUID,
    result: Result | None = None,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=queries.MOST_ROWS_A_PAGE)] = 100,
) -> ImportRowPage:
    """In the order of the file."""
    async with app.uow(actor.tenant_id) as uow:
        page = await queries.import_rows(
            uow, actor, import_id, result=result, after=after, limit=limit
        )
    return ImportRowPage(
        items=[_row(row, page.kind, speaking) for row in page.items], next_after=page.next_after
    )


@router.get(
    "/{import_id}/rejects",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {}}, "description": "The rejected rows, with the reasons"},
        **_CHANGED,
    },
)
async def read_rejects(app: Core, actor: Acting, speaking: Speaking, import_id: UUID) -> Response:
    """To be mended and brought again; harmless to open in a spreadsheet."""
    async with app.uow(actor.tenant_id) as uow:
        rejected = await queries.rejected(uow, actor, import_id)

    def reason(kept: Mapping[str, Any]) -> str:
        return speaking.kept(kept).detail

    row, why = (speaking.of(key).detail for key in ("import.row", "import.reason"))
    name = quote(f"{rejected.file_name.rpartition('.')[0]}-rejected.csv", safe="")
    return Response(
        as_csv(rejected, row, why, reason),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


async def _content(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


async def _import(app: App, actor: Actor, speaking: Reasons, import_id: UUID) -> Import:
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await queries.import_of(uow, actor, import_id), speaking)


def _shown(view: queries.ImportView, speaking: Reasons) -> Import:
    table = view.kind is ImportKind.PRODUCTS
    return Import(
        **{name: getattr(view, name) for name in ("id", "kind", "version", "file_name",
           "file_size", "created_at", "finished_at", "take_good_rows")},
        state=ImportState(view.state),
        created_by=ImportAuthor(name=view.created_by_name),
        progress=ImportProgress(done=view.done, total=view.total),
        counts=ImportCounts.model_validate(view),
        problem=speaking.kept(view.reason) if view.reason else None,
        table=ImportTable.model_validate(view.found) if view.found and table else None,
        document=ImportDocument.model_validate(view.found) if view.found and not table else None,
    )  # fmt: skip


def _row(row: queries.RowView, kind: ImportKind, speaking: Reasons) -> ImportRow:
    table = kind is ImportKind.PRODUCTS
    return ImportRow(
        number=row.number,
        result=Result(row.result),
        sku=row.sku,
        name=row.name,
        product_id=row.source_id if table else None,
        document_id=None if table else row.source_id,
        reason=speaking.kept(row.reason) if row.reason else None,
        notes=[speaking.kept(note) for note in row.notes],
    )
