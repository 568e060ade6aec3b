"""A store, and its imports as a person and the worker drive them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from core.app import App
from core.identity.permissions import Actor, system
from core.imports import queries, service
from core.imports.drain import finish
from core.imports.models import ImportKind
from core.imports.queries import ImportView, RowView
from core.imports.service import Wishes
from core.onboarding.create_owner import create_owner


async def pieces(raw: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(raw), 65_536):
        yield raw[start : start + 65_536]


@dataclass
class Importer:
    """Олег at his imports; `brings` and `applies` wait for the worker's part, done here."""

    app: App
    tenant_id: UUID

    @property
    def oleg(self) -> Actor:
        return replace(system(self.tenant_id, "Олег"))

    async def uploads(self, raw: bytes, name: str = "goods.csv") -> UUID:
        products = name.endswith((".csv", ".tsv", ".xlsx"))
        kind = ImportKind.PRODUCTS if products else ImportKind.DOCUMENTS
        return await service.upload(self.app, self.oleg, kind, name, pieces(raw))

    async def brings(self, raw: bytes, name: str = "goods.csv") -> ImportView:
        import_id = await self.uploads(raw, name)
        await finish(self.app, self.tenant_id, import_id)
        return await self.looks(import_id)

    async def corrects(self, view: ImportView, wishes: Wishes) -> ImportView:
        async with self.app.uow(self.tenant_id) as uow:
            await service.correct(uow, self.oleg, view.id, view.version, wishes)
        await finish(self.app, self.tenant_id, view.id)
        return await self.looks(view.id)

    async def presses_apply(self, view: ImportView, *, take_good_rows: bool = False) -> None:
        async with self.app.uow(self.tenant_id) as uow:
            await service.apply(
                uow, self.oleg, view.id, view.version, take_good_rows=take_good_rows
            )

    async def applies(self, view: ImportView, *, take_good_rows: bool = False) -> ImportView:
        await self.presses_apply(view, take_good_rows=take_good_rows)
        await finish(self.app, self.tenant_id, view.id)
        return await self.looks(view.id)

    async def cancels(self, view: ImportView) -> None:
        async with self.app.uow(self.tenant_id) as uow:
            await service.cancel(uow, self.oleg, view.id)

    async def looks(self, import_id: UUID) -> ImportView:
        async with self.app.uow(self.tenant_id) as uow:
            return await queries.import_of(uow, self.oleg, import_id)

    async def rows(self, view: ImportView) -> list[RowView]:
        async with self.app.uow(self.tenant_id) as uow:
            return (await queries.import_rows(uow, self.oleg, view.id)).items

    async def sql(self, query: str, *values: object) -> list[tuple[object, ...]]:
        async with self.app.uow(self.tenant_id) as uow:
            return [tuple(row) for row in await (await uow.sql()).fetch(query, *values)]

    async def goods(self) -> list[tuple[object, ...]]:
        return await self.sql(
            "SELECT sku, name, price, stock FROM products WHERE deleted_at IS NULL ORDER BY sku"
        )


async def open_store(app: App, name: str) -> Importer:
    async with app.platform_uow() as puow:
        created = await create_owner(puow, name)
    return Importer(app, created.tenant_id)


@pytest.fixture
async def importer(app: App) -> Importer:
    return await open_store(app, "Разборка Мотор")


@pytest.fixture
async def rival(app: App) -> Importer:
    return await open_store(app, "Чужая разборка")
