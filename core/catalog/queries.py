"""Reads of products."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.catalog.models import Product
from core.kernel.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as it is now; `version` fences what was drafted from it."""

    id: UUID
    sku: str | None
    name: str
    description: str
    price: Decimal | None
    currency: str
    stock: int | None
    delivery: str | None
    variants: tuple[dict[str, Any], ...]
    version: int
    changed_at: datetime


async def products(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, ProductView]:
    """Those of these that are sold now: what a draft's prices are filled from."""
    rows = await uow.session.scalars(
        select(Product)
        .where(
            Product.tenant_id == uow.tenant_id,
            Product.id.in_(set(ids)),
            Product.deleted_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    return {row.id: _view(row) for row in rows}


async def product(uow: UnitOfWork, product_id: UUID) -> ProductView | None:
    return (await products(uow, [product_id])).get(product_id)


def _view(row: Product) -> ProductView:
    return ProductView(
        row.id, row.sku, row.name, row.description, row.price, row.currency, row.stock,
        row.delivery, tuple(row.variants), row.version, row.changed_at,
    )  # fmt: skip
