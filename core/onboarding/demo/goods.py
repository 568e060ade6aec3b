"""Reads the demo store's files."""

from pathlib import Path

from core.catalog.checking import ProductFields
from core.catalog.reading import read_products
from core.kernel.errors import DomainError
from core.knowledge.reading import read_document
from core.knowledge.service import DocumentFields

STORE = "Коробка передач"
CURRENCY = "RUB"
_HERE = Path(__file__).parent


def products() -> list[ProductFields | DomainError]:
    return read_products((_HERE / "products.csv").read_bytes(), CURRENCY).rows


def documents() -> list[DocumentFields]:
    files = sorted((_HERE / "documents").glob("*.md"))
    return [read_document(file.read_bytes(), file.stem) for file in files]
