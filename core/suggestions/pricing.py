"""Prices and stock in drafts follow the catalogue: filled again from the rows as they are now."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select

from core.catalog.models import Product
from core.conversations.models import Conversation
from core.events.catalogue import CatalogueChanged, ProductChanged
from core.events.service import reaction
from core.kernel.uow import UnitOfWork
from core.knowledge.models import Chunk, Document
from core.notifications.cards import touch
from core.suggestions.doubts import Doubt, DoubtKind
from core.suggestions.figures import figures_in
from core.suggestions.models import Suggestion, SuggestionStatus
from core.suggestions.slots import Discounts, Slotted, fill_slots
from core.suggestions.sources import Source, restore
from core.tenants.service import settings_of

_OF_DOCUMENTS = re.compile(r"\{\{[^{}:]*:(?:[^{}:]*:)?\s*(D\d+)\s*:[^{}]*\}\}", re.IGNORECASE)


async def as_shown_now(uow: UnitOfWork, suggestion: Suggestion) -> Slotted:
    """The draft with the prices, the stock and the discounts of this moment."""
    settings = await settings_of(uow)
    sources = await as_of_now(uow, restore(suggestion.sources), draft=suggestion.draft)
    discounts = Discounts(settings.allow_discounts, settings.max_discount_percent)
    return fill_slots(suggestion.draft, sources, discounts)


async def refilled(uow: UnitOfWork, suggestion: Suggestion) -> str:
    """The draft's text with the prices and stock of this moment."""
    return (await as_shown_now(uow, suggestion)).text.strip()


def moved_stock(suggestion: Suggestion, sources: Iterable[Source]) -> list[str]:
    """What the draft says of stock that the rows do not say any more."""
    now = {source.ref: source.stock for source in sources if source.kind == "product"}
    moved = [
        fact["value"]
        for fact in suggestion.facts
        if fact.get("row") == "stock" and not _counts(fact["value"], now.get(fact["source"]))
    ]
    shown = [Doubt(**doubt) for doubt in suggestion.doubts]
    told = {doubt.text for doubt in shown if doubt.kind == DoubtKind.STOCK}
    for kept in suggestion.sources:
        sold_out = kept["used"] and kept["stock"] and now.get(kept["ref"]) == 0
        if sold_out and kept["title"] not in told:
            moved.append(kept["title"])
    return moved


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
        if suggestion.fence != conversation.version:
            continue
        if await brought_up_to_date(uow, suggestion):
            await touch(uow, conversation.id)


async def brought_up_to_date(uow: UnitOfWork, suggestion: Suggestion) -> bool:
    """The suggestion says the prices and stock of now; whether that changed anything it says.

    It must be locked by the caller.
    """
    text = await refilled(uow, suggestion)
    sources = await as_of_now(uow, restore(suggestion.sources))
    moved = moved_stock(suggestion, sources)
    kept = [d for d in suggestion.doubts if d["kind"] != DoubtKind.STOCK or d["text"] in moved]
    told = {d["text"] for d in kept if d["kind"] == DoubtKind.STOCK}
    doubts = [*kept, *(Doubt(DoubtKind.STOCK, one).kept() for one in moved if one not in told)]
    if text == suggestion.text and doubts == suggestion.doubts:
        return False
    suggestion.text = text
    suggestion.doubts = doubts
    suggestion.version += 1
    suggestion.sources = [
        {**old, "price": None if new.price is None else str(new.price),
         "currency": new.currency, "stock": new.stock, "version": new.version}
        for new, old in zip(sources, suggestion.sources, strict=True)
    ]  # fmt: skip
    await uow.session.flush()
    return True


async def as_of_now(uow: UnitOfWork, sources: Sequence[Source], *, draft: str = "") -> list[Source]:
    """The same sources with the price and stock of this moment; none where a product is gone.

    With a `draft`, the documents its discounts stand on are read again too.
    """
    ids = [source.source_id for source in sources if source.kind == "product"]
    rows: dict[UUID, Product] = {
        product.id: product
        for product in await uow.session.scalars(
            select(Product)
            .where(
                Product.tenant_id == uow.tenant_id,
                Product.id.in_(ids),
                Product.deleted_at.is_(None),
            )
            .execution_options(populate_existing=True)
        )
    }
    discounting = {ref.upper() for ref in _OF_DOCUMENTS.findall(draft)}
    found = []
    for source in sources:
        if source.ref in discounting:
            found.append(replace(source, text=await _text_now(uow, source)))
        else:
            found.append(_as_now(source, rows))
    return found


async def _text_now(uow: UnitOfWork, source: Source) -> str:
    """The passage as the store's document says it now; nothing if it does not any more."""
    body: str | None = await uow.session.scalar(
        select(Chunk.body)
        .join(
            Document,
            (Document.tenant_id == Chunk.tenant_id) & (Document.id == Chunk.source_id),
        )
        .where(
            Chunk.tenant_id == uow.tenant_id,
            Chunk.id == source.chunk_id,
            Document.version == Chunk.source_version,
            Document.deleted_at.is_(None),
        )
    )
    return body or ""


def _as_now(source: Source, rows: dict[UUID, Product]) -> Source:
    if source.kind != "product":
        return source
    product = rows.get(source.source_id)
    price: Decimal | None = product.price if product else None
    return replace(
        source,
        price=price,
        currency=product.currency if product else source.currency,
        stock=product.stock if product else None,
        version=product.version if product else source.version,
    )


def _counts(said: str, stock: int | None) -> bool:
    return stock is not None and any(stock in figure.values for figure in figures_in(said))
