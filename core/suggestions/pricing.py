"""Prices in drafts follow the catalogue: filled again from the rows as they are now."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.catalog.models import Product
from core.conversations.models import Conversation
from core.events.catalogue import CatalogueChanged, ProductChanged
from core.events.service import reaction
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.suggestions.facts import Source, fill, restore
from core.suggestions.models import Suggestion, SuggestionStatus


async def refilled(uow: UnitOfWork, suggestion: Suggestion) -> str:
    """The draft's text with the prices and stock of this moment."""
    sources = await as_of_now(uow, restore(suggestion.sources))
    return fill(suggestion.draft, sources).text


@reaction(ProductChanged)
async def reprice(uow: UnitOfWork, event: ProductChanged) -> None:
    """Drafts that stand on a changed product show its price of now; taps on the old are stale."""
    await _reprice(uow, Suggestion.sources.contains([{"id": str(event.product_id)}]))


@reaction(CatalogueChanged)
async def reprice_all(uow: UnitOfWork, _: CatalogueChanged) -> None:
    """The same for whatever stands on any product: one event for an import of thousands."""
    await _reprice(uow, Suggestion.sources.contains([{"kind": "product"}]))


async def _reprice(uow: UnitOfWork, which: ColumnElement[bool]) -> None:
    pending = (
        await uow.session.scalars(
            select(Suggestion)
            .where(
                Suggestion.tenant_id == uow.tenant_id,
                Suggestion.status == SuggestionStatus.PENDING,
                which,
            )
            .order_by(Suggestion.id)
            .with_for_update()
        )
    ).all()
    for suggestion in pending:
        conversation = await uow.get(Conversation, suggestion.conversation_id)
        text = await refilled(uow, suggestion)
        if suggestion.fence != conversation.version or text == suggestion.text:
            continue
        suggestion.text = text
        suggestion.version += 1
        suggestion.sources = [
            source.kept(used=bool(kept["used"]))
            for source, kept in zip(
                await as_of_now(uow, restore(suggestion.sources)), suggestion.sources, strict=True
            )
        ]
        await uow.session.flush()
        await touch(uow, conversation.id)


async def as_of_now(uow: UnitOfWork, sources: Sequence[Source]) -> list[Source]:
    """The same sources with the price and stock of this moment; none where a product is gone."""
    ids = [source.source_id for source in sources if source.kind == "product"]
    rows: dict[UUID, Product] = {
        product.id: product
        for product in await uow.session.scalars(
            select(Product).where(
                Product.tenant_id == uow.tenant_id,
                Product.id.in_(ids),
                Product.deleted_at.is_(None),
            )
        )
    }
    return [_as_now(source, rows) for source in sources]


def _as_now(source: Source, rows: dict[UUID, Product]) -> Source:
    if source.kind != "product":
        return source
    product = rows.get(source.source_id)
    price: Decimal | None = product.price if product else None
    return Source(
        ref=source.ref,
        kind=source.kind,
        source_id=source.source_id,
        chunk_id=source.chunk_id,
        title=source.title,
        text=source.text,
        sku=source.sku,
        price=price,
        currency=product.currency if product else source.currency,
        stock=product.stock if product else None,
        version=product.version if product else source.version,
    )
