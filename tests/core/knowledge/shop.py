"""The product as these tests need it, and a store in it."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.catalog.checking import ProductFields
from core.catalog.service import Report, put_products
from core.identity.permissions import Actor, system
from core.kernel.clock import HeldClock
from core.kernel.crypto import Vault
from core.kernel.database import Database
from core.kernel.errors import DomainError
from core.kernel.settings import Settings
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.knowledge.drain import index_due
from core.knowledge.embed import OfflineEmbedder
from core.knowledge.models import Document
from core.knowledge.search import Found, find
from core.knowledge.service import DocumentFields, put_document
from core.ports.ai import Embedder, Reranker


@dataclass
class Product:
    db: Database
    clock: HeldClock
    settings: Settings
    embedder: Embedder = field(default_factory=OfflineEmbedder)
    reranker: Reranker | None = None

    @property
    def vault(self) -> Vault:
        return Vault(self.settings.master_key)

    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.db.unit(tenant_id)

    def platform_uow(self) -> AbstractAsyncContextManager[PlatformUnitOfWork]:
        return self.db.platform_unit()

    async def index(self) -> int:
        done = 0
        while did := await index_due(self):
            done += did
        return done


@dataclass
class Shop:
    app: Product
    tenant_id: UUID

    @property
    def owner(self) -> Actor:
        return system(self.tenant_id, "Олег")

    def uow(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return self.app.uow(self.tenant_id)

    async def writes(self, title: str, body: str, id_: UUID | None = None, **more: Any) -> Document:
        async with self.uow() as uow:
            fields = DocumentFields(title, body, **more)
            return await put_document(uow, self.owner, fields, document_id=id_)

    async def sells(self, *rows: ProductFields | DomainError) -> Report:
        async with self.uow() as uow:
            return await put_products(uow, self.owner, rows)

    async def asks(self, text: str, **more: Any) -> list[Found]:
        return await find(self.app, self.tenant_id, text, **more)

    async def sql(self, query: str, *values: object) -> list[Any]:
        async with self.uow() as uow:
            return list(await (await uow.sql()).fetch(query, *values))


def part(name: str, sku: str | None = None, price: int | None = None, **more: Any) -> ProductFields:
    return ProductFields(name, sku, price=None if price is None else Decimal(price), **more)
