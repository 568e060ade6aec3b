"""What people do with an import: bring a file, correct how it is read, apply it, let it go."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Protocol
from uuid import UUID

from babel.numbers import is_currency
from sqlalchemy import func, select

from core.audit.service import note
from core.catalog.columns import FIELDS
from core.identity.permissions import Actor, Permission
from core.imports.formats import LARGEST, format_of
from core.imports.models import OVER, Import, ImportKind, ImportState
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id, time_of
from core.kernel.nudges import IMPORTS
from core.kernel.untrusted import clean
from core.kernel.uow import UnitOfWork
from core.knowledge.models import DocumentType
from core.ports.storage import Storage

MOST_OPEN = 20
PERMISSION = {
    ImportKind.DOCUMENTS: Permission.MANAGE_KNOWLEDGE_BASE,
    ImportKind.PRODUCTS: Permission.MANAGE_PRODUCTS,
}
_LONGEST_FILE_NAME = 200


class Storing(Protocol):
    """What bringing a file needs of the product; `core.app.App` has it."""

    @property
    def storage(self) -> Storage: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants the file to be read; what is None is left as it was.

    `document` may name a title, a type, a category and tags.
    """

    sheet: int | None = None
    header_row: int | None = None
    mapping: Mapping[str, int] | None = None
    currency: str | None = None
    document: Mapping[str, Any] | None = None

    @property
    def said(self) -> dict[str, Any]:
        values = {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "mapping": None if self.mapping is None else dict(self.mapping),
            "currency": self.currency,
            "document": None if self.document is None else dict(self.document),
        }
        return {name: value for name, value in values.items() if value is not None}


def may_import(actor: Actor, kind: ImportKind | None = None) -> list[ImportKind]:
    """The kinds this person may import, of this one or of all; FORBIDDEN if there is none."""
    kinds = [kind] if kind is not None else list(ImportKind)
    allowed = [one for one in kinds if actor.may(PERMISSION[one])]
    if not allowed:
        actor.require(PERMISSION[kinds[0]])
    return allowed


async def upload(
    app: Storing, actor: Actor, kind: ImportKind, file_name: str, content: AsyncIterator[bytes]
) -> UUID:
    """Keep a file and have it looked at. INVALID for a file of another kind, too large, empty."""
    actor.require(PERMISSION[kind])
    name = _named(file_name)
    form = format_of(kind, name)
    async with app.uow(actor.tenant_id) as uow:
        await _room_for_one(uow)
    import_id = new_id()
    made = time_of(import_id)
    key = f"{actor.tenant_id}/{made:%Y}/{made:%m}/{import_id}"
    size = await app.storage.put(key, _capped(content), mime=None)
    try:
        _not_empty(size)
        async with app.uow(actor.tenant_id) as uow:
            now = uow.clock.now()
            uow.add(
                Import(
                    tenant_id=uow.tenant_id,
                    id=import_id,
                    kind=kind,
                    state=ImportState.UPLOADED,
                    format=form,
                    file_name=name,
                    file_size=size,
                    storage_key=key,
                    created_at=now,
                    created_by=actor.user_id,
                    created_by_name=actor.name,
                    due_at=now,
                )
            )
            uow.nudge(IMPORTS)
    except BaseException:
        await app.storage.delete(key)
        raise
    return import_id


async def correct(
    uow: UnitOfWork, actor: Actor, import_id: UUID, version: int, wishes: Wishes
) -> None:
    """Have the file looked at again, read as a person says. INVALID names the field."""
    row = await _locked(uow, actor, import_id, version)
    if row.state != ImportState.PREVIEWED:
        raise DomainError(Kind.CONFLICT, "import.not_ready", state=row.state)
    _check(row, wishes)
    old = dict(row.wishes)
    if {"sheet", "header_row"} & wishes.said.keys():
        old.pop("mapping", None)  # it was of other columns
    row.wishes = {**old, **wishes.said}
    row.state = ImportState.UPLOADED
    row.version += 1
    row.attempts = 0
    row.due_at = uow.clock.now()
    uow.nudge(IMPORTS)
    uow.tell("import.changed", import_id)


async def apply(
    uow: UnitOfWork, actor: Actor, import_id: UUID, version: int, *, take_good_rows: bool = False
) -> None:
    """Have what was previewed put in: every row, or none.

    With `take_good_rows` the rejected are left out, and the others still go in together. Asked
    twice it is done once.
    """
    row = await _locked(uow, actor, import_id, None)
    started = row.state in {ImportState.APPLYING, ImportState.DONE}
    if started and row.version == version + 1:
        return
    _same(row, version)
    if row.state != ImportState.PREVIEWED:
        raise DomainError(Kind.CONFLICT, "import.not_ready", state=row.state)
    missing = (row.found or {}).get("missing") or []
    if missing:
        raise DomainError(Kind.CONFLICT, "import.fields_missing", fields=", ".join(missing))
    if row.rejected and not take_good_rows:
        raise DomainError(Kind.CONFLICT, "import.has_rejects", rejected=row.rejected)
    row.state = ImportState.APPLYING
    row.version += 1
    row.take_good_rows = take_good_rows
    row.done = 0
    row.attempts = 0
    row.applied_by, row.applied_by_name = actor.user_id, actor.name
    row.due_at = uow.clock.now()
    note(
        uow,
        actor,
        "import.applied",
        target_kind="import",
        target_id=import_id,
        after={"file": row.file_name, "rows": row.total, "take_good_rows": take_good_rows},
    )
    uow.nudge(IMPORTS)
    uow.tell("import.changed", import_id)


async def cancel(uow: UnitOfWork, actor: Actor, import_id: UUID) -> None:
    """Let it go: nothing of it was put in. Its bytes are swept away later."""
    row = await _locked(uow, actor, import_id, None)
    if row.state == ImportState.CANCELLED:
        return
    if row.state == ImportState.APPLYING:
        raise DomainError(Kind.CONFLICT, "import.under_way")
    if row.state in OVER:
        raise DomainError(Kind.CONFLICT, "import.finished")
    row.state = ImportState.CANCELLED
    row.version += 1
    row.finished_at = uow.clock.now()
    row.lease_token = row.lease_until = None
    uow.tell("import.changed", import_id)


async def _room_for_one(uow: UnitOfWork) -> None:
    """Files that nobody finishes are not piled up without end."""
    count = await uow.session.scalar(
        select(func.count()).where(Import.tenant_id == uow.tenant_id, Import.state.not_in(OVER))
    )
    if (count or 0) >= MOST_OPEN:
        raise DomainError(Kind.CONFLICT, "import.too_many_open", most=MOST_OPEN)


async def _capped(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for piece in content:
        size += len(piece)
        if size > LARGEST:
            raise too_large()
        yield piece


def _not_empty(size: int) -> None:
    if size == 0:
        raise DomainError(Kind.INVALID, "import.empty", field="file")


def too_large() -> DomainError:
    megabytes = LARGEST // 1_000_000
    return DomainError(Kind.INVALID, "import.too_large", field="file", most_megabytes=megabytes)


def _named(file_name: str) -> str:
    name = PurePath(clean(file_name).replace("\\", "/").replace("\n", " ")).name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:_LONGEST_FILE_NAME]}{dot}{suffix[:20]}"


async def _locked(uow: UnitOfWork, actor: Actor, import_id: UUID, version: int | None) -> Import:
    may_import(actor)
    row = await uow.lock(Import, import_id)
    actor.require(PERMISSION[ImportKind(row.kind)])
    if version is not None:
        _same(row, version)
    return row


def _same(row: Import, version: int) -> None:
    if version != row.version:
        raise DomainError(Kind.CONFLICT, "import.changed", version=row.version)


def _check(row: Import, wishes: Wishes) -> None:
    """Against what the file turned out to be."""
    found = row.found or {}
    table = row.kind == ImportKind.PRODUCTS
    for name in wishes.said:
        if (name == "document") == table:
            raise _invalid("import.not_of_this_kind", name)
    if wishes.sheet is not None and not 0 <= wishes.sheet < len(found.get("sheets", ())):
        raise _invalid("import.no_such_sheet", "sheet")
    if wishes.header_row is not None and wishes.header_row < 0:
        raise _invalid("import.no_such_row", "header_row", row=wishes.header_row)
    if wishes.currency is not None and not is_currency(wishes.currency):
        raise _invalid("product.currency_unknown", "currency", currency=wishes.currency[:10])
    # Another sheet, or other headings, have other columns: those are looked at by the worker.
    if wishes.mapping is not None and wishes.sheet is None and wishes.header_row is None:
        width = len(found.get("columns", ()))
        for field, at in wishes.mapping.items():
            if field not in FIELDS:
                raise _invalid("import.unknown_field", "mapping", name=field)
            if not 0 <= at < width:
                raise _invalid("import.no_such_column", "mapping", name=field)
        if len(set(wishes.mapping.values())) < len(wishes.mapping):
            raise _invalid("import.column_of_two", "mapping")
    kind = (wishes.document or {}).get("type")
    if kind is not None and kind not in set(DocumentType):
        raise _invalid("document.type_unknown", "document.type", known=", ".join(DocumentType))


def _invalid(key: str, field: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, **params)
