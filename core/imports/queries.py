"""Reads of imports: how far they are, what becomes of each row, and the rejected to take home."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.identity.permissions import Actor
from core.imports.models import Import, ImportKind, ImportRow
from core.imports.service import PERMISSION, may_import
from core.kernel.errors import DomainError, Kind
from core.kernel.paging import bounded, cursor_of, opened
from core.kernel.uow import UnitOfWork

MOST_ROWS_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import as people are shown it. `found` is of the file: a table or a document."""

    id: UUID
    kind: ImportKind
    state: str
    version: int
    format: str
    file_name: str
    file_size: int
    created_at: datetime
    created_by_name: str
    finished_at: datetime | None
    total: int
    done: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    take_good_rows: bool
    reason: dict[str, Any] | None
    found: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ImportPage:
    items: list[ImportView]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of the file and what becomes of it; `reason` and `notes` are kept refusals."""

    number: int
    result: str
    sku: str | None
    name: str | None
    source_id: UUID | None
    reason: dict[str, Any] | None
    notes: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RowPage:
    kind: ImportKind
    items: list[RowView]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rejected rows, cell by cell, under the file's own headings."""

    file_name: str
    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str], dict[str, Any]]]


async def list_imports(
    uow: UnitOfWork,
    actor: Actor,
    kind: ImportKind | None = None,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> ImportPage:
    """The newest first, of the kinds this person may import."""
    kinds = may_import(actor, kind)
    limit = bounded(limit)
    _, before = opened(cursor)
    which = (
        select(Import)
        .where(Import.tenant_id == uow.tenant_id, Import.kind.in_(kinds))
        .order_by(Import.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        which = which.where(Import.id < before)
    rows = (await uow.session.scalars(which)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return ImportPage(
        [_view(row) for row in rows[:limit]],
        cursor_of(last.created_at, last.id) if last else None,
    )


async def import_of(uow: UnitOfWork, actor: Actor, import_id: UUID) -> ImportView:
    return _view(await _readable(uow, actor, import_id))


async def import_rows(
    uow: UnitOfWork,
    actor: Actor,
    import_id: UUID,
    *,
    result: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> RowPage:
    """In the order of the file."""
    row = await _readable(uow, actor, import_id)
    limit = max(1, min(limit, MOST_ROWS_A_PAGE))
    which = (
        select(ImportRow)
        .where(
            ImportRow.tenant_id == uow.tenant_id,
            ImportRow.import_id == import_id,
            ImportRow.number > after,
        )
        .order_by(ImportRow.number)
        .limit(limit + 1)
    )
    if result is not None:
        which = which.where(ImportRow.result == result)
    rows = (await uow.session.scalars(which)).all()
    return RowPage(
        ImportKind(row.kind),
        [
            RowView(one.number, one.result, one.sku, one.name, one.source_id, one.reason, one.notes)
            for one in rows[:limit]
        ],
        rows[limit - 1].number if len(rows) > limit else None,
    )


async def rejected(uow: UnitOfWork, actor: Actor, import_id: UUID) -> Rejected:
    """CONFLICT while the file has not been looked at."""
    row = await _readable(uow, actor, import_id)
    if row.found is None:
        raise DomainError(Kind.CONFLICT, "import.not_ready", state=row.state)
    rows = await uow.session.scalars(
        select(ImportRow)
        .where(
            ImportRow.tenant_id == uow.tenant_id,
            ImportRow.import_id == import_id,
            ImportRow.result == "rejected",
        )
        .order_by(ImportRow.number)
    )
    return Rejected(
        row.file_name,
        [column["heading"] for column in row.found.get("columns", ())],
        [(one.number, one.cells or (), one.reason or {}) for one in rows],
    )


async def _readable(uow: UnitOfWork, actor: Actor, import_id: UUID) -> Import:
    may_import(actor)
    row = await uow.get(Import, import_id)
    actor.require(PERMISSION[ImportKind(row.kind)])
    return row


def _view(row: Import) -> ImportView:
    names = ImportView.__dataclass_fields__
    values = {name: getattr(row, name) for name in names}
    return ImportView(**{**values, "kind": ImportKind(row.kind)})
