"""The demo store's goods and papers as sources of drafts, without a database."""

from uuid import UUID, uuid5

from core.catalog.checking import ProductFields
from core.knowledge.chunking import document_pieces, product_piece
from core.onboarding.demo import goods
from core.suggestions.sources import Source

_HERE = UUID("6f3c1f0e-3f53-4b51-9d3b-0f7a4f1c2d10")


def sources() -> dict[str, list[Source]]:
    """By the name of a document's file or the article number of a product; refs are not set."""
    found: dict[str, list[Source]] = {}
    for product in goods.products():
        if isinstance(product, ProductFields):
            found[str(product.sku)] = [product_source(product)]
    names = sorted((goods._HERE / "documents").glob("*.md"))  # noqa: SLF001 - the set names its files
    for file, document in zip(names, goods.documents(), strict=True):
        found[file.stem] = [
            document_source(f"{file.stem}{n}", piece.title, piece.body)
            for n, piece in enumerate(document_pieces(document.title, document.body))
        ]
    return found


def product_source(product: ProductFields) -> Source:
    described = {
        "name": product.name,
        "sku": product.sku,
        "description": product.description,
        "variants": product.variants,
        "delivery": product.delivery,
    }
    piece = product_piece(described)
    return Source(
        ref="",
        kind="product",
        source_id=uuid5(_HERE, str(product.sku)),
        chunk_id=None,
        title=piece.title,
        text=piece.body,
        sku=product.sku,
        price=product.price,
        currency=product.currency,
        stock=product.stock,
        version=1,
    )


def document_source(name: str, title: str, text: str) -> Source:
    return Source(
        ref="",
        kind="document",
        source_id=uuid5(_HERE, name),
        chunk_id=None,
        title=title,
        text=text,
        sku=None,
        price=None,
        currency=None,
        stock=None,
        version=1,
    )
