"""One product: created, changed, taken out by a person."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from core.audit.service import note
from core.catalog.checking import ProductFields, checked
from core.catalog.models import Product
from core.catalog.writing import Changes, known_at, place_of, take_turns, write
from core.events.catalogue import ProductChanged
from core.events.service import record
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind, not_found
from core.kernel.uow import UnitOfWork
from core.knowledge.models import SourceKind
from core.knowledge.queue import forget

_FIELDS = frozenset(field.name for field in fields(ProductFields))


async def create_product(uow: UnitOfWork, actor: Actor, given: ProductFields) -> Product:
    """CONFLICT if there is one of this SKU, or of this name and no SKU."""
    actor.require(Permission.MANAGE_PRODUCTS)
    values = checked(given)
    known = (await known_at(uow, [place_of(values)])).get(place_of(values))
    if known is not None and known.deleted_at is None:
        raise _taken(values)
    changes = Changes()
    product, _ = write(uow, actor, known, values, changes)
    await changes.save(uow)
    return product


async def edit_product(
    uow: UnitOfWork, actor: Actor, product_id: UUID, version: int, wanted: Mapping[str, Any]
) -> Product:
    """Change these fields of a product.

    `version` is the one its editor saw: CONFLICT `product.changed` if it has moved on,
    `product.sku_taken` if another product has the SKU. What is there already changes nothing.
    """
    actor.require(Permission.MANAGE_PRODUCTS)
    await take_turns(uow)  # before anything is locked, as imports do
    product = await _locked(uow, product_id)
    if version != product.version:
        raise DomainError(Kind.CONFLICT, "product.changed", version=product.version)
    old = {name: getattr(product, name) for name in _FIELDS}
    values = checked(ProductFields(**{**_as_given(old), **wanted}))
    if place_of(values) != (product.sku, "" if product.sku else product.name):
        other = (await known_at(uow, [place_of(values)])).get(place_of(values))
        if other is not None and other.id != product_id:
            if other.deleted_at is None:
                raise _taken(values)
            other.sku = other.sku_key = None
            await uow.session.flush()
    changes = Changes()
    write(uow, actor, product, values, changes)
    await changes.save(uow)
    return product


async def remove_product(uow: UnitOfWork, actor: Actor, product_id: UUID) -> None:
    """Gone from every answer at once; the row stays, for what was sold and for the log."""
    actor.require(Permission.MANAGE_PRODUCTS)
    product = await _locked(uow, product_id)
    product.deleted_at = uow.clock.now()
    product.version += 1
    await uow.session.flush()
    await forget(uow, SourceKind.PRODUCT, [product_id])
    record(uow, ProductChanged(uow.tenant_id, product_id))
    note(
        uow,
        actor,
        "product.removed",
        target_kind="product",
        target_id=product_id,
        before={"sku": product.sku, "name": product.name},
    )
    uow.tell("catalog.changed", product_id)


async def _locked(uow: UnitOfWork, product_id: UUID) -> Product:
    product = await uow.lock(Product, product_id)
    if product.deleted_at is not None:
        raise not_found("products")
    return product


def _as_given(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "delivery": old["delivery"] or "", "variants": tuple(old["variants"])}


def _taken(values: dict[str, Any]) -> DomainError:
    if values["sku"]:
        return DomainError(Kind.CONFLICT, "product.sku_taken", field="sku", sku=values["sku"])
    return DomainError(Kind.CONFLICT, "product.name_taken", field="name")
