"""A price may change while the model writes: what is proposed says the price of now."""

from dataclasses import replace
from decimal import Decimal

from tests.support.shop import Shop, gearbox


async def test_a_price_changed_while_the_model_was_writing_is_drafted_as_it_is_now(
    shop: Shop,
) -> None:
    source = await shop.sells(gearbox(52_000))
    await shop.writes("Иван", "Сколько стоит АКПП?")
    draft = await shop.drafted(
        "Иван", "Стоит {{price:P1}}", sources=(replace(source, price=Decimal(45_000)),)
    )
    assert draft.text == "Стоит 52\u202f000\u00a0₽"
    assert draft.sources[0]["price"] == "52000.00"


async def test_a_product_withdrawn_while_the_model_was_writing_has_no_price(shop: Shop) -> None:
    await shop.writes("Иван", "Сколько стоит АКПП?")
    draft = await shop.drafted("Иван", "Стоит {{price:P1}}", sources=(gearbox(),))
    assert draft.unbound, "which bars its being sent by itself"
