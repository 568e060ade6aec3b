"""Reads of prices looked up: for cards, for pages, for drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from core.conversations.models import Conversation
from core.identity.permissions import Actor, Permission
from core.kernel.uow import UnitOfWork
from core.ports.prices import PriceQuestion
from core.pricing.models import LookupState, PriceLookup, PriceRequest, PriceSource
from core.pricing.statistics import FIRM, WEAK_BELOW

_PLAIN = (
    "id", "state", "currency", "source", "condition", "n", "lowest", "quarter", "median",
    "three_quarters", "highest", "left_out", "seen_at", "expires_at", "problem",
)  # fmt: skip
# Of the table `price`, for statements that read more than it.
PRICE_COLUMNS = ", ".join(
    [f"price.{column} AS price_{column}" for column in _PLAIN]
    + [f"price.{column}::text AS price_{column}" for column in ("links", "question")]
)


@dataclass(frozen=True, slots=True)
class LinkShown:
    """A page that was read; an estimate's have neither title nor price."""

    title: str
    url: str
    site: str
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class PriceShown:
    """What the market says, or that it is being asked. `asked` is the question in words."""

    id: UUID
    state: str
    asked: str
    currency: str
    source: str | None
    condition: str | None
    n: int
    lowest: Decimal | None
    quarter: Decimal | None
    median: Decimal | None
    three_quarters: Decimal | None
    highest: Decimal | None
    left_out: int
    links: tuple[LinkShown, ...]
    seen_at: datetime | None
    expires_at: datetime | None
    problem: str | None

    @property
    def is_weak(self) -> bool:
        """So few offers that the next one may change it."""
        return self.state == LookupState.FOUND and self.n < WEAK_BELOW


@dataclass(frozen=True, slots=True)
class PriceFact:
    """A market's price as a draft's source of the kind `price_lookup`."""

    lookup_id: UUID
    title: str
    text: str
    price: Decimal  # the median
    lowest: Decimal
    highest: Decimal
    currency: str
    n: int
    seen_at: datetime


async def shown_price(uow: UnitOfWork, actor: Actor, conversation_id: UUID) -> PriceShown | None:
    """Of the conversation's turn now; None if nobody has asked."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    conversation = await uow.get(Conversation, conversation_id)
    lookup = await _of_turn(uow, conversation.turn_id)
    return None if lookup is None else _shown(lookup)


async def price_facts(uow: UnitOfWork, turn_id: UUID) -> Sequence[PriceFact]:
    """What a draft for this turn may say of the market: fresh, of five listings at least.

    An estimate is none, nor are prices of fewer: a person may name those, a draft may not.
    """
    lookup = await _of_turn(uow, turn_id)
    if lookup is None or not _is_firm(lookup) or lookup.is_stale(uow.clock.now()):
        return ()
    price, lowest, highest = lookup.median, lookup.lowest, lookup.highest
    if price is None or lowest is None or highest is None or lookup.seen_at is None:
        return ()
    asked = PriceQuestion.restore(lookup.question).words
    return (
        PriceFact(
            lookup_id=lookup.id,
            title=asked,
            text=f"{asked}: {lowest:.0f}–{highest:.0f} {lookup.currency},"
            f" {price:.0f} {lookup.currency}, n = {lookup.n}",
            price=price,
            lowest=lowest,
            highest=highest,
            currency=lookup.currency,
            n=lookup.n,
            seen_at=lookup.seen_at,
        ),
    )


async def rests_on_estimate(uow: UnitOfWork, turn_id: UUID) -> bool:
    """The turn's only price is an estimate, or of too few listings: it may never be autosent."""
    lookup = await _of_turn(uow, turn_id)
    return lookup is not None and lookup.lowest is not None and not _is_firm(lookup)


def price_of(row: Any) -> PriceShown:
    """From a row that was read by PRICE_COLUMNS."""
    figures = {column: row[f"price_{column}"] for column in _PLAIN}
    links, question = orjson.loads(row["price_links"]), orjson.loads(row["price_question"])
    return _price(figures, links, question)


async def _of_turn(uow: UnitOfWork, turn_id: UUID | None) -> PriceLookup | None:
    found: PriceLookup | None = await uow.session.scalar(
        select(PriceLookup)
        .join(
            PriceRequest,
            (PriceRequest.tenant_id == PriceLookup.tenant_id)
            & (PriceRequest.lookup_id == PriceLookup.id),
        )
        .where(PriceRequest.tenant_id == uow.tenant_id, PriceRequest.turn_id == turn_id)
        .execution_options(populate_existing=True)
    )
    return found


def _is_firm(lookup: PriceLookup) -> bool:
    return (
        lookup.state == LookupState.FOUND
        and lookup.source == PriceSource.LISTINGS
        and lookup.n >= FIRM
    )


def _shown(lookup: PriceLookup) -> PriceShown:
    figures = {column: getattr(lookup, column) for column in _PLAIN}
    return _price(figures, lookup.links, lookup.question)


def _price(
    figures: dict[str, Any], links: Sequence[dict[str, Any]], question: dict[str, str]
) -> PriceShown:
    return PriceShown(
        **figures,
        asked=PriceQuestion.restore(question).words,
        links=tuple(
            LinkShown(
                title=link["title"],
                url=link["url"],
                site=link["site"] or "",
                price=None if link["price"] is None else Decimal(link["price"]),
            )
            for link in links
        ),
    )
