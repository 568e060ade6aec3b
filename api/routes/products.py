"""What the store sells: products, listed, written, changed, taken out."""

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, PlainSerializer

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.reasons import IndexMark, Reasons, Speaking
from api.shapes import In, Moment, Out, Version, Words
from core.catalog import checking, editing, queries
from core.identity.permissions import Actor
from core.kernel.paging import MOST_AT_ONCE
from core.kernel.uow import UnitOfWork
from core.tenants.service import settings_of

router = APIRouter(
    prefix="/products",
    tags=["products"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_ONE = describe(401, 403, 404)
_CHANGED = describe(401, 403, 404, 409)
Money = Annotated[
    Decimal,
    Field(ge=0, le=checking.DEAREST),
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str, when_used="json"),
]
_Name = Annotated[Words, Field(max_length=checking.LONGEST_NAME * 2)]
_Sku = Annotated[Words, Field(max_length=checking.LONGEST_SKU * 2)]
_Description = Annotated[Words, Field(max_length=checking.LONGEST_DESCRIPTION * 2)]
_Delivery = Annotated[Words, Field(max_length=checking.LONGEST_DELIVERY * 2)]
_Currency = Annotated[Words, Field(max_length=10)]
_Stock = Annotated[int, Field(ge=0, le=checking.MOST_STOCK)]


class Variant(In):
    """A kind of the product: what differs is said, the rest is the product's."""

    name: Annotated[Words, Field(min_length=1, max_length=checking.LONGEST_VARIANT)]
    sku: Annotated[Words, Field(max_length=checking.LONGEST_SKU)] | None = None
    price: Money | None = None
    stock: _Stock | None = None


_Variants = Annotated[list[Variant], Field(max_length=checking.MOST_VARIANTS)]


class ProductSummary(Out):
    """A price of null: on request. A stock of null: unknown."""

    id: UUID
    sku: str | None
    name: str
    price: Money | None
    currency: str
    stock: int | None
    variants_count: int
    version: int
    created_at: Moment
    changed_at: Moment
    index: IndexMark


class Product(ProductSummary):
    description: str
    delivery: str | None
    variants: list[Variant]


class ProductPage(Out):
    """`next_cursor` is null on the last page; `total` is of all pages."""

    items: list[ProductSummary]
    next_cursor: str | None
    total: int


class NewProduct(In):
    """`currency` is the store's unless it is named."""

    name: _Name
    sku: _Sku | None = None
    description: _Description = ""
    price: Money | None = None
    currency: _Currency | None = None
    stock: _Stock | None = None
    delivery: _Delivery | None = None
    variants: _Variants = Field(default_factory=list)


class ProductChanges(In):
    """`version` is the one its editor saw; what is not named stays, null clears."""

    version: Version
    name: _Name | None = None
    sku: _Sku | None = None
    description: _Description | None = None
    price: Money | None = None
    currency: _Currency | None = None
    stock: _Stock | None = None
    delivery: _Delivery | None = None
    variants: _Variants | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        named = self.model_fields_set - {"version"}
        kept = {name for name in ("name", "currency") if getattr(self, name) is None}
        said = {name: getattr(self, name) for name in named - kept}
        if "description" in said:
            said["description"] = said["description"] or ""
        if "variants" in said:
            said["variants"] = _kept(said["variants"] or [])
        return said


class ProductQuery(In):
    """Which products, and which page of them."""

    q: Words | None = Field(default=None, max_length=200)
    stock: Literal["in", "out", "unknown"] | None = None
    priced: bool | None = None
    cursor: Words | None = Field(default=None, max_length=200)
    limit: int = Field(default=50, ge=1, le=MOST_AT_ONCE)


@router.get("")
async def list_products(
    app: Core, actor: Acting, speaking: Speaking, query: Annotated[ProductQuery, Query()]
) -> ProductPage:
    """The last changed first."""
    which = queries.ProductFilter(query.q, query.stock, query.priced)
    async with app.uow(actor.tenant_id) as uow:
        page = await queries.list_products(
            uow, actor, which, cursor=query.cursor, limit=query.limit
        )
    return ProductPage(
        items=[ProductSummary.model_validate(speaking.shown(line)) for line in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.post("", status_code=201, responses=describe(401, 403, 409))
async def create_product(app: Core, actor: Acting, speaking: Speaking, new: NewProduct) -> Product:
    async with app.uow(actor.tenant_id) as uow:
        currency = new.currency or (await settings_of(uow)).currency
        given = {**new.model_dump(), "currency": currency, "variants": _kept(new.variants)}
        made = await editing.create_product(uow, actor, checking.ProductFields(**given))
        await uow.session.flush()
        return await _product(uow, actor, speaking, made.id)


@router.get("/{product_id}", responses=_ONE)
async def read_product(app: Core, actor: Acting, speaking: Speaking, product_id: UUID) -> Product:
    async with app.uow(actor.tenant_id) as uow:
        return await _product(uow, actor, speaking, product_id)


@router.patch("/{product_id}", responses=_CHANGED)
async def change_product(
    app: Core, actor: Acting, speaking: Speaking, product_id: UUID, changes: ProductChanges
) -> Product:
    """Refused if somebody else has changed it since its editor looked."""
    async with app.uow(actor.tenant_id) as uow:
        await editing.edit_product(uow, actor, product_id, changes.version, changes.wanted)
        return await _product(uow, actor, speaking, product_id)


@router.delete("/{product_id}", status_code=204, responses=_ONE)
async def delete_product(app: Core, actor: Acting, product_id: UUID) -> None:
    """Gone from every answer at once."""
    async with app.uow(actor.tenant_id) as uow:
        await editing.remove_product(uow, actor, product_id)


async def _product(uow: UnitOfWork, actor: Actor, speaking: Reasons, product_id: UUID) -> Product:
    sheet = await queries.product_sheet(uow, actor, product_id)
    shown = speaking.shown(sheet)
    known = Variant.model_fields
    shown["variants"] = [
        {name: value for name, value in variant.items() if name in known}
        for variant in sheet.variants
    ]
    return Product.model_validate(shown)


def _kept(variants: list[Variant]) -> tuple[dict[str, Any], ...]:
    """Plain values, money as text."""
    return tuple(variant.model_dump(mode="json", exclude_none=True) for variant in variants)
