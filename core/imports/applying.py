"""Puts an import in: all of it in one transaction, which ends with the import done."""

import asyncio
from collections.abc import Sequence

from core.catalog.service import Batch
from core.catalog.writing import Changes, Result
from core.events.catalogue import CatalogueChanged
from core.events.service import record
from core.imports.claimed import Claimed, Lease
from core.imports.models import ImportState
from core.imports.previewing import Previewing, document_in, fate_of, table_in
from core.imports.settling import Fate, settle
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.knowledge.service import put_titled


async def apply_products(app: Previewing, claimed: Claimed, raw: bytes, lease: Lease) -> None:
    """Slices keep the process answering meanwhile; the transaction is one."""
    table = await table_in(claimed, raw)
    batch = Batch(given=table.columns)
    fates: list[Fate] = []
    async with app.uow(claimed.tenant_id) as uow:
        for lines in table.slices():
            changes = Changes(bulk=True)
            rows = [(line.number, line.product) for line in lines]
            outcomes = await batch.take(uow, claimed.actor, rows, changes)
            await changes.save(uow)
            fates += map(fate_of, lines, outcomes)
            _all_or_nothing(claimed, fates)
            await _written(uow)
            lease.advance(len(lines))
        record(uow, CatalogueChanged(uow.tenant_id))
        await settle(uow, claimed, ImportState.DONE, fates)


async def apply_document(app: Previewing, claimed: Claimed, raw: bytes, lease: Lease) -> None:
    fields, notes = await document_in(claimed, raw)
    async with app.uow(claimed.tenant_id) as uow:
        document, result = await put_titled(uow, claimed.actor, fields)
        lease.advance(1)
        fate = Fate(1, Result(result), name=document.title, source_id=document.id, notes=notes)
        await settle(uow, claimed, ImportState.DONE, [fate])


def _all_or_nothing(claimed: Claimed, fates: Sequence[Fate]) -> None:
    """A row that was good when it was looked at and is not now: then none of them."""
    rejected = sum(fate.result is Result.REJECTED for fate in fates)
    if rejected and not claimed.take_good_rows:
        raise DomainError(Kind.CONFLICT, "import.has_rejects", rejected=rejected)


async def _written(uow: UnitOfWork) -> None:
    """What is written need not be remembered; others of this process get their turn."""
    await uow.session.flush()
    uow.session.expunge_all()
    await asyncio.sleep(0)
