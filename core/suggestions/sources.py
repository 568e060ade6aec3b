"""What a draft may stand on: rows and passages, as they were when the brief was gathered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

_LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Source:
    """A row or chunk. `kind`: product, document, price_lookup; `ref`: the model's name for it."""

    ref: str
    kind: str
    source_id: UUID
    chunk_id: UUID | None
    title: str
    text: str
    sku: str | None
    price: Decimal | None
    currency: str | None
    stock: int | None
    version: int

    def kept(self, *, used: bool) -> dict[str, Any]:
        """What a suggestion keeps of it."""
        return {
            "ref": self.ref,
            "kind": self.kind,
            "id": str(self.source_id),
            "chunk_id": str(self.chunk_id) if self.chunk_id else None,
            "title": self.title,
            "quote": self.text[:_LONGEST_QUOTE],
            "sku": self.sku,
            "price": None if self.price is None else str(self.price),
            "currency": self.currency,
            "stock": self.stock,
            "version": self.version,
            "used": used,
        }


def restore(kept: Sequence[Mapping[str, Any]]) -> list[Source]:
    """Sources as a suggestion has kept them."""
    return [
        Source(
            ref=row["ref"],
            kind=row["kind"],
            source_id=UUID(row["id"]),
            chunk_id=UUID(row["chunk_id"]) if row["chunk_id"] else None,
            title=row["title"],
            text=row["quote"],
            sku=row["sku"],
            price=None if row["price"] is None else Decimal(row["price"]),
            currency=row["currency"],
            stock=row["stock"],
            version=row["version"],
        )
        for row in kept
    ]
