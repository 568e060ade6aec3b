"""Reads of products: for a draft's prices, and as people are shown them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from core.catalog.models import Product
from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.paging import read_page
from core.kernel.uow import UnitOfWork
from core.knowledge.queries import IndexMark, mark_of, plain
from core.knowledge.sku import sku_key

_COLUMNS = """
SELECT p.id, p.sku, p.name, p.price, p.currency, p.stock,
       jsonb_array_length(p.variants) AS variants_count, p.version, p.created_at, p.changed_at,
       job.id IS NOT NULL AS waits, job.parked_at IS NOT NULL AS failed, job.problem
"""
_FROM = """
FROM products p
LEFT JOIN indexing_jobs job ON job.tenant_id = $1 AND job.source_kind = 'product'
                           AND job.source_id = p.id
WHERE p.tenant_id = $1 AND p.deleted_at IS NULL
"""
# strpos, not LIKE: what is looked for has no wildcards. $3 is the SKU it may be, folded.
_WHICH = """
  AND ($2::text IS NULL OR strpos(lower(p.name), $2) > 0 OR strpos(lower(p.sku), $2) > 0
       OR strpos(p.sku_key, $3) > 0 OR strpos(lower(p.description), $2) > 0)
  AND ($4::text IS NULL OR $4 = CASE WHEN p.stock IS NULL THEN 'unknown'
                                     WHEN p.stock > 0 THEN 'in' ELSE 'out' END)
  AND ($5::boolean IS NULL OR (p.price IS NOT NULL) = $5)
"""
_LIST = f"""
{_COLUMNS}{_FROM}{_WHICH}
  AND ($6::timestamptz IS NULL OR (p.changed_at, p.id) < ($6, $7::uuid))
ORDER BY p.changed_at DESC, p.id DESC LIMIT $8
"""
_TOTAL = f"SELECT count(*) FROM products p WHERE tenant_id = $1 AND deleted_at IS NULL {_WHICH}"  # noqa: S608
_ONE = f"""
{_COLUMNS}, p.description, p.delivery, p.variants::text AS variants {_FROM} AND p.id = $2
"""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """A product in a list."""

    id: UUID
    sku: str | None
    name: str
    price: Decimal | None
    currency: str
    stock: int | None
    variants_count: int
    version: int
    created_at: datetime
    changed_at: datetime
    index: IndexMark


@dataclass(frozen=True, slots=True)
class ProductSheet(ProductLine):
    """A product in full."""

    description: str
    delivery: str | None
    variants: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ProductPage:
    items: list[ProductLine]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products; `stock` is in, out or unknown; nothing said is all of them."""

    text: str | None = None
    stock: str | None = None
    priced: bool | None = None

    @property
    def values(self) -> tuple[str | bool | None, ...]:
        text = plain(self.text)
        return (text, (text and sku_key(text)) or None, self.stock, self.priced)


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


async def list_products(
    uow: UnitOfWork,
    actor: Actor,
    which: ProductFilter,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> ProductPage:
    """A page of products, the last changed first; `cursor` comes from the page before."""
    actor.require(Permission.MANAGE_PRODUCTS)
    sql, values = await uow.sql(), (uow.tenant_id, *which.values)
    rows, next_cursor = await read_page(
        sql, _LIST, *values, cursor=cursor, limit=limit, by="changed_at"
    )
    total = await sql.fetchval(_TOTAL, *values)
    return ProductPage([ProductLine(**_fields(row)) for row in rows], next_cursor, total)


async def product_sheet(uow: UnitOfWork, actor: Actor, product_id: UUID) -> ProductSheet:
    actor.require(Permission.MANAGE_PRODUCTS)
    row = await (await uow.sql()).fetchrow(_ONE, uow.tenant_id, product_id)
    if row is None:
        raise not_found("products")
    return ProductSheet(
        **_fields(row),
        description=row["description"],
        delivery=row["delivery"],
        variants=tuple(orjson.loads(row["variants"])),
    )


async def product(uow: UnitOfWork, product_id: UUID) -> ProductView | None:
    return (await products(uow, [product_id])).get(product_id)


def _view(row: Product) -> ProductView:
    return ProductView(
        row.id, row.sku, row.name, row.description, row.price, row.currency, row.stock,
        row.delivery, tuple(row.variants), row.version, row.changed_at,
    )  # fmt: skip


def _fields(row: Any) -> dict[str, Any]:
    shown = ("id", "sku", "name", "price", "currency", "stock", "variants_count", "version",
             "created_at", "changed_at")  # fmt: skip
    return {name: row[name] for name in shown} | {"index": mark_of(row)}
