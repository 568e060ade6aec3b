"""What a product must be."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import is_currency

from core.kernel.errors import DomainError, Kind
from core.kernel.untrusted import clean
from core.knowledge.sku import sku_key

LONGEST_NAME = 300
LONGEST_SKU = 100
LONGEST_DESCRIPTION = 10_000
LONGEST_DELIVERY = 1_000
LONGEST_VARIANT = 200
MOST_VARIANTS = 100
MOST_STOCK = 2_000_000_000
DEAREST = Decimal("999999999999.99")
_CENT = Decimal("0.01")
_VARIANT_VALUES = (str, int, float, type(None))


@dataclass(frozen=True, slots=True)
class ProductFields:
    """A product as its seller gives it. A price of None: on request; a stock of None: unknown."""

    name: str
    sku: str | None = None
    description: str = ""
    price: Decimal | None = None
    currency: str = "RUB"
    stock: int | None = None
    delivery: str | None = None
    variants: Sequence[dict[str, Any]] = ()


def checked(given: ProductFields) -> dict[str, Any]:
    """The columns of the row, or INVALID with the field."""
    name = " ".join(clean(given.name).split())
    sku = " ".join(clean(given.sku or "").split()) or None
    if not name:
        raise _invalid("product.name_missing", "name")
    _fits(name, LONGEST_NAME, "name")
    _fits(sku or "", LONGEST_SKU, "sku")
    description, delivery = clean(given.description), clean(given.delivery or "")
    _fits(description, LONGEST_DESCRIPTION, "description")
    _fits(delivery, LONGEST_DELIVERY, "delivery")
    currency = given.currency.strip().upper()
    if not is_currency(currency):
        raise _invalid("product.currency_unknown", "currency", currency=currency[:10])
    if given.stock is not None and not 0 <= given.stock <= MOST_STOCK:
        raise _invalid("product.stock_invalid", "stock", value=given.stock)
    return {
        "name": name,
        "sku": sku,
        "sku_key": (sku_key(sku) or None) if sku else None,
        "description": description,
        "price": _price(given.price),
        "currency": currency,
        "stock": given.stock,
        "delivery": delivery or None,
        "variants": _variants(given.variants),
    }


def _price(price: Decimal | None) -> Decimal | None:
    if price is None:
        return None
    if not price.is_finite() or not 0 <= price <= DEAREST:
        raise _invalid("product.price_invalid", "price", value=str(price)[:40])
    if price != price.quantize(_CENT):
        raise _invalid("product.price_too_fine", "price", value=str(price)[:40])
    return price.quantize(_CENT)


def _variants(given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each variant is a few named plain values: {"name": "с гидротрансформатором"}."""
    variants = []
    for variant in given:
        plain = {clean(str(name)): value for name, value in variant.items()}
        texts = [*plain, *(str(value) for value in plain.values())]
        odd = any(not isinstance(value, _VARIANT_VALUES) for value in plain.values())
        if odd or not all(plain) or any(len(text) > LONGEST_VARIANT for text in texts):
            raise _invalid("product.variants_invalid", "variants")
        variants.append({n: clean(v) if isinstance(v, str) else v for n, v in plain.items()})
    if len(variants) > MOST_VARIANTS:
        raise _invalid("product.variants_invalid", "variants")
    return variants


def _fits(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise _invalid("product.too_long", field, most=most)


def _invalid(key: str, field: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, **params)
