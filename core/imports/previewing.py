"""Looks at a file and says what it would do, changing nothing but the import itself."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from core.catalog.columns import Layout, Row, guess, laid_out
from core.catalog.reading import Line, columns_of, lines_of
from core.catalog.service import Batch, Outcome
from core.catalog.sheets import MOST_ROWS
from core.catalog.writing import Changes, Result
from core.imports.apart import read_apart
from core.imports.claimed import Claimed, Lease
from core.imports.models import ImportState
from core.imports.reasons import kept
from core.imports.settling import Fate, settle
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.knowledge.reading import document_of, read_document
from core.knowledge.service import (
    LONGEST_BODY,
    DocumentFields,
    checked_document,
    document_titled,
)

SLICE = 100
_SAMPLES = 3
_LONGEST_SAMPLE = 80
_OPENING = 500


class Previewing(Protocol):
    """What looking needs of the product; `core.app.App` has it."""

    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


class Table:
    """A file of products as it is to be read."""

    def __init__(self, claimed: Claimed, found: Mapping[str, Any]) -> None:
        self.rows: list[Row] = [(number, cells) for number, cells in found["rows"]]
        self.names: Sequence[str] = found["names"]
        self.index: int = found["index"]
        self.currency = claimed.currency
        self.reason: dict[str, Any] | None = None
        header_row, mapping = claimed.wishes.get("header_row"), claimed.wishes.get("mapping")
        guessed = guess(self.rows)
        at = guessed.header_row if header_row is None else header_row
        try:
            self.layout = laid_out(self.rows, at, mapping)
        except DomainError as refusal:  # the columns are others now: by the guess, and it is said
            self.layout, self.reason = guessed, kept(refusal)
        if sum(number > self.layout.header_row for number, _ in self.rows) > MOST_ROWS:
            raise DomainError(Kind.INVALID, "import.too_many_rows", most=MOST_ROWS)

    @property
    def missing(self) -> list[str]:
        return [] if "name" in self.layout.mapping else ["name"]

    @property
    def columns(self) -> frozenset[str]:
        return columns_of(self.rows, self.layout)

    def slices(self) -> Iterator[list[Line]]:
        lines = lines_of(self.rows, self.layout, self.currency)
        while piece := list(islice(lines, SLICE)):
            yield piece

    def shown(self) -> dict[str, Any]:
        return {
            "sheets": self.names,
            "sheet": self.index,
            "header_row": self.layout.header_row,
            "currency": self.currency,
            "columns": [_column(self.rows, self.layout, at) for at in range(_width(self.rows))],
            "missing": self.missing,
        }


async def preview_products(app: Previewing, claimed: Claimed, raw: bytes, lease: Lease) -> None:
    table = await table_in(claimed, raw)
    fates: list[Fate] = []
    if not table.missing:
        batch, nothing = Batch(given=table.columns, dry=True), Changes()
        for lines in table.slices():
            async with app.uow(claimed.tenant_id) as uow:
                rows = [(line.number, line.product) for line in lines]
                outcomes = await batch.take(uow, claimed.actor, rows, nothing)
            fates += map(fate_of, lines, outcomes)
            lease.advance(len(lines))
    async with app.uow(claimed.tenant_id) as uow:
        await settle(
            uow,
            claimed,
            ImportState.PREVIEWED,
            fates,
            found=table.shown(),
            reason=table.reason,
        )


async def preview_document(app: Previewing, claimed: Claimed, raw: bytes, lease: Lease) -> None:
    fields, notes = await document_in(claimed, raw)
    async with app.uow(claimed.tenant_id) as uow:
        known = await document_titled(uow, fields.title)
        replaces = None if known is None else known.id
        result = Result.CREATED if known is None else Result.UPDATED
        if known is not None and fields == DocumentFields(
            known.title, known.body, known.type, known.category, known.tags
        ):
            result = Result.UNCHANGED
        lease.advance(1)
        shown = {
            "title": fields.title,
            "type": fields.type,
            "category": fields.category,
            "tags": fields.tags,
            "characters": len(fields.body),
            "opening": fields.body[:_OPENING],
            "replaces": replaces,
        }
        fate = Fate(1, result, name=fields.title, source_id=replaces, notes=notes)
        await settle(uow, claimed, ImportState.PREVIEWED, [fate], found=shown)


async def table_in(claimed: Claimed, raw: bytes) -> Table:
    return Table(claimed, await read_apart(raw, claimed.format, sheet=claimed.wishes.get("sheet")))


async def document_in(
    claimed: Claimed, raw: bytes
) -> tuple[DocumentFields, Sequence[Mapping[str, Any]]]:
    """The document as it would be kept, with what is worth a look. INVALID if it cannot be."""
    name = claimed.file_name.rpartition(".")[0]
    notes: Sequence[Mapping[str, Any]] = ()
    if claimed.format in {"text", "markdown"}:
        fields = read_document(raw, name)
    else:
        found = await read_apart(raw, claimed.format, longest=LONGEST_BODY)
        fields, notes = document_of(found["text"], name), found["notes"]
    wished = claimed.wishes.get("document") or {}
    return checked_document(replace(fields, **wished)), notes


def fate_of(line: Line, outcome: Outcome) -> Fate:
    rejected = outcome.result is Result.REJECTED
    return Fate(
        line.number,
        outcome.result,
        outcome.sku,
        outcome.name,
        outcome.product_id,
        kept(outcome.error) if outcome.error is not None else None,
        () if rejected else [kept(one) for one in line.notes],
        list(line.cells) if rejected else None,
    )


def _width(rows: Sequence[Row]) -> int:
    return max((len(cells) for _, cells in rows), default=0)


def _column(rows: Sequence[Row], layout: Layout, at: int) -> dict[str, Any]:
    samples: list[str] = []
    for number, cells in rows:
        if number > layout.header_row and at < len(cells) and cells[at]:
            samples.append(cells[at][:_LONGEST_SAMPLE])
            if len(samples) == _SAMPLES:
                break
    fields = (field for field, column in layout.mapping.items() if column == at)
    return {
        "index": at,
        "heading": layout.headings[at],
        "samples": samples,
        "field": next(fields, None),
    }
