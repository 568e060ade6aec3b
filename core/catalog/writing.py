"""How one row of products is judged and written, by a person's edit and by an import alike."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from core.audit.service import note
from core.catalog.models import Product
from core.events.catalogue import ProductChanged
from core.events.service import record
from core.identity.permissions import Actor
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.knowledge.chunking import product_piece
from core.knowledge.models import SourceKind
from core.knowledge.queue import carry, want_index

# What a product is known by: its SKU, or its name if it has none.
Place = tuple[str | None, str]
_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('products:' || :tenant, 0))")


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Changes:
    """Which products read otherwise now, and which kept their passage under a new version.

    A `bulk` change waits with its indexing, and whoever makes it tells of it once at the end.
    """

    def __init__(self, *, bulk: bool = False) -> None:
        self.bulk = bulk
        self.indexed: list[UUID] = []
        self.carried: list[tuple[UUID, int]] = []

    async def save(self, uow: UnitOfWork) -> None:
        if not self.indexed and not self.carried:
            return
        await uow.session.flush()
        await carry(uow, SourceKind.PRODUCT, self.carried)
        await want_index(uow, SourceKind.PRODUCT, self.indexed, bulk=self.bulk)
        uow.tell("catalog.changed", uow.tenant_id)


def judge(
    product: Product | None, values: dict[str, Any], given: Collection[str] | None = None
) -> tuple[Result, dict[str, Any]]:
    """What a row makes of a product, and the columns as they would be.

    With `given` only these fields of a known product change.
    """
    if product is None:
        return Result.CREATED, values
    if product.deleted_at is not None:
        return Result.CREATED, values
    old = {field: getattr(product, field) for field in values}
    if given is not None:
        # The key in its comparable form follows the SKU.
        speaks = {*given, "sku_key"} if "sku" in given else set(given)
        values = {f: v if f in speaks else old[f] for f, v in values.items()}
    return (Result.UNCHANGED if old == values else Result.UPDATED), values


def write(
    uow: UnitOfWork,
    actor: Actor,
    product: Product | None,
    values: dict[str, Any],
    changes: Changes,
    given: Collection[str] | None = None,
) -> tuple[Product, Result]:
    """Write one row, and note it."""
    now = uow.clock.now()
    result, values = judge(product, values, given)
    before = None
    if product is None:
        product = uow.add(
            Product(
                id=new_id(), tenant_id=uow.tenant_id, version=1, created_at=now, changed_at=now,
                **values,
            )
        )  # fmt: skip
        changes.indexed.append(product.id)
    elif result is Result.UNCHANGED:
        return product, result
    else:
        old = {field: getattr(product, field) for field in values}
        for field, value in values.items():
            setattr(product, field, value)
        product.version += 1
        product.changed_at = now
        product.deleted_at = None
        if result is Result.CREATED or product_piece(old) != product_piece(values):
            changes.indexed.append(product.id)
        else:
            changes.carried.append((product.id, product.version))
        if not changes.bulk:
            record(uow, ProductChanged(uow.tenant_id, product.id))
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


async def take_turns(uow: UnitOfWork) -> None:
    """Whoever writes products of a store waits here, so that no two make the same SKU."""
    await uow.session.execute(_TAKE_TURNS, {"tenant": str(uow.tenant_id)})


def place_of(values: dict[str, Any]) -> Place:
    return (values["sku"], "" if values["sku"] else values["name"])


async def known_at(
    uow: UnitOfWork, places: Sequence[Place], *, to_write: bool = True
) -> dict[Place, Product]:
    """The products of these places; removed ones by SKU only."""
    found = (
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
        .execution_options(populate_existing=True)
    )
    if to_write:
        await take_turns(uow)
        found = found.with_for_update()
    known: dict[Place, Product] = {}
    for product in await uow.session.scalars(found):
        known.setdefault((product.sku, "" if product.sku else product.name), product)
    return known


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
