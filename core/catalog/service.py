"""Putting products in, one by one or many at once, and taking them out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from core.audit.service import note
from core.catalog.checking import ProductFields, checked
from core.catalog.models import Product
from core.events.catalogue import ProductChanged
from core.events.service import record
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind, not_found
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.knowledge.chunking import product_piece
from core.knowledge.models import SourceKind
from core.knowledge.queue import carry, forget, want_index

# What a product is known by: its SKU, or its name if it has none.
Place = tuple[str | None, str]
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('products:' || :tenant, 0))")


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; a rejected one says why, as an error would."""

    number: int  # the row's, from 1
    result: Result
    sku: str | None
    product_id: UUID | None = None
    error: DomainError | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Every row counted once."""

    outcomes: tuple[Outcome, ...]

    def count(self, result: Result) -> int:
        return sum(outcome.result is result for outcome in self.outcomes)

    @property
    def rejected(self) -> tuple[Outcome, ...]:
        return tuple(o for o in self.outcomes if o.result is Result.REJECTED)


async def put_products(
    uow: UnitOfWork,
    actor: Actor,
    rows: Sequence[ProductFields | DomainError],
    *,
    given: Collection[str] | None = None,
) -> Report:
    """Create or change products, known by their SKU, or by their name if they have none.

    A row that cannot be taken is reported and leaves the others alone; a row that is an error
    already (its reader could make nothing of it) is reported as that. With `given` only these
    fields of a known product change: a price list does not wipe descriptions.
    """
    actor.require(Permission.MANAGE_PRODUCTS)
    read = [_read(row) for row in rows]
    known = await _known(uow, [_place(row) for row in read if isinstance(row, dict)])
    outcomes: list[Outcome] = []
    seen: dict[Place, int] = {}
    changes = _Changes()
    for number, values in enumerate(read, start=1):
        if isinstance(values, DomainError):
            row = rows[number - 1]
            sku = row.sku if isinstance(row, ProductFields) else None
            outcomes.append(Outcome(number, Result.REJECTED, sku, error=values))
            continue
        place = _place(values)
        if place in seen:
            twice = DomainError(Kind.INVALID, "product.repeated", field="sku", row=seen[place])
            outcomes.append(Outcome(number, Result.REJECTED, values["sku"], error=twice))
            continue
        seen[place] = number
        product, result = _put(uow, actor, known.get(place), values, changes, given)
        outcomes.append(Outcome(number, result, product.sku, product.id))
    await changes.save(uow)
    return Report(tuple(outcomes))


async def put_product(
    uow: UnitOfWork,
    actor: Actor,
    given: ProductFields,
    *,
    product_id: UUID | None = None,
    version: int | None = None,
) -> Product:
    """Create one product, or change the one of this id (a known SKU without an id: that one).

    CONFLICT `product.sku_taken` if another product has the SKU, `product.changed` if `version` is
    not the one in force.
    """
    actor.require(Permission.MANAGE_PRODUCTS)
    if product_id is None:
        (outcome,) = (await put_products(uow, actor, [given])).outcomes
        if outcome.error is not None:
            raise outcome.error
        return await uow.get(Product, outcome.product_id or new_id())
    values = checked(given)
    product = await _locked(uow, product_id)
    if version is not None and version != product.version:
        raise DomainError(Kind.CONFLICT, "product.changed", version=product.version)
    other = (await _known(uow, [_place(values)])).get(_place(values)) if values["sku"] else None
    if other is not None and other.id != product_id:
        if other.deleted_at is None:
            raise DomainError(Kind.CONFLICT, "product.sku_taken", field="sku", sku=values["sku"])
        other.sku = other.sku_key = None
        await uow.session.flush()
    changes = _Changes()
    _put(uow, actor, product, values, changes)
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


class _Changes:
    """Which products read otherwise now, and which kept their passage under a new version."""

    def __init__(self) -> None:
        self.indexed: list[UUID] = []
        self.carried: list[tuple[UUID, int]] = []

    async def save(self, uow: UnitOfWork) -> None:
        if not self.indexed and not self.carried:
            return
        await uow.session.flush()
        await carry(uow, SourceKind.PRODUCT, self.carried)
        await want_index(uow, SourceKind.PRODUCT, self.indexed)
        uow.tell("catalog.changed", uow.tenant_id)


def _read(row: ProductFields | DomainError) -> dict[str, Any] | DomainError:
    if isinstance(row, DomainError):
        return row
    try:
        return checked(row)
    except DomainError as error:
        return error


def _put(
    uow: UnitOfWork,
    actor: Actor,
    product: Product | None,
    values: dict[str, Any],
    changes: _Changes,
    given: Collection[str] | None = None,
) -> tuple[Product, Result]:
    """Write one row, and note it."""
    now = uow.clock.now()
    before = None
    if product is None:
        product = uow.add(
            Product(
                id=new_id(), tenant_id=uow.tenant_id, version=1, created_at=now, changed_at=now,
                **values,
            )
        )  # fmt: skip
        changes.indexed.append(product.id)
        result = Result.CREATED
    else:
        old = {field: getattr(product, field) for field in values}
        revived = product.deleted_at is not None
        if given is not None and not revived:
            values = {f: v if f in given else old[f] for f, v in values.items()}
        if old == values and not revived:
            return product, Result.UNCHANGED
        for field, value in values.items():
            setattr(product, field, value)
        product.version += 1
        product.changed_at = now
        product.deleted_at = None
        if revived or product_piece(old) != product_piece(values):
            changes.indexed.append(product.id)
        else:
            changes.carried.append((product.id, product.version))
        record(uow, ProductChanged(uow.tenant_id, product.id))
        result = Result.CREATED if revived else Result.UPDATED
        changed = {field for field in values if old[field] != values[field]}
        before = {field: _plain(old[field]) for field in changed}
        values = {field: values[field] for field in changed}
    note(
        uow,
        actor,
        f"product.{result}",
        target_kind="product",
        target_id=product.id,
        before=before,
        after={field: _plain(value) for field, value in values.items()},
    )
    return product, result


def _place(values: dict[str, Any]) -> Place:
    return (values["sku"], "" if values["sku"] else values["name"])


async def _known(uow: UnitOfWork, places: Sequence[Place]) -> dict[Place, Product]:
    """The products of these places; removed ones by SKU only.

    Whoever writes products of a store takes turns, so that no two make the same SKU.
    """
    await uow.session.execute(_TAKE_TURNS, {"tenant": str(uow.tenant_id)})
    found = await uow.session.scalars(
        select(Product)
        .where(
            Product.tenant_id == uow.tenant_id,
            Product.sku.in_({sku for sku, _ in places if sku})
            | (
                Product.sku.is_(None)
                & Product.name.in_({name for sku, name in places if not sku})
                & Product.deleted_at.is_(None)
            ),
        )
        .order_by(Product.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    known: dict[Place, Product] = {}
    for product in found:
        known.setdefault((product.sku, "" if product.sku else product.name), product)
    return known


async def _locked(uow: UnitOfWork, product_id: UUID) -> Product:
    product = await uow.lock(Product, product_id)
    if product.deleted_at is not None:
        raise not_found("products")
    return product


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
