"""Products on a real database; they live here for the shop."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.catalog.editing import edit_product, remove_product
from core.catalog.queries import product
from core.catalog.reading import read_products
from core.catalog.service import put_products
from core.catalog.writing import Result
from core.identity.permissions import PERMISSIONS, Role
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from tests.core.knowledge.shop import Shop, part

AKPP = part("АКПП Toyota Camry 40", "U250E", 45000, stock=2)


async def test_every_row_of_an_import_counts_once(shop: Shop) -> None:
    await shop.sells(AKPP, part("Фара", "81170", 500))
    report = await shop.sells(
        AKPP,
        part("Фара левая", "81170", 500),
        part("Дверь", "67003", 9000),
        part("Дверь ещё раз", "67003", 1),
        part("", "1"),
        part("Цена", "2", -5),
        part("Валюта", "3", 5, currency="РУБ"),
        DomainError(Kind.INVALID, "product.price_unclear", field="price"),
    )
    assert [report.count(result) for result in Result] == [1, 1, 1, 5]
    assert [(o.number, o.error.key) for o in report.rejected if o.error] == [
        (4, "product.repeated"),
        (5, "product.name_missing"),
        (6, "product.price_invalid"),
        (7, "product.currency_unknown"),
        (8, "product.price_unclear"),
    ]


async def test_a_product_without_a_number_is_known_by_its_name(shop: Shop) -> None:
    await shop.sells(part("Коврики", price=100))
    assert (await shop.sells(part("Коврики", price=200))).count(Result.UPDATED) == 1


async def test_another_store_may_sell_the_same_article(shop: Shop, rival: Shop) -> None:
    await shop.sells(AKPP)
    report = await rival.sells(replace(AKPP, price=Decimal(1)))
    assert report.count(Result.CREATED) == 1
    (mine,) = await shop.sql("SELECT price FROM products")
    assert mine["price"] == 45000


async def test_a_removed_article_may_be_sold_again(shop: Shop) -> None:
    await shop.sells(AKPP)
    (row,) = await shop.sql("SELECT id FROM products")
    async with shop.uow() as uow:
        await remove_product(uow, shop.owner, row["id"])
    async with shop.uow() as uow:
        assert await product(uow, row["id"]) is None
        with pytest.raises(DomainError) as again:
            await remove_product(uow, shop.owner, row["id"])
    assert again.value.kind is Kind.NOT_FOUND
    assert (await shop.sells(AKPP)).count(Result.CREATED) == 1


async def test_two_products_never_share_an_article(shop: Shop) -> None:
    await shop.sells(AKPP, part("Фара", "81170"))
    (row,) = await shop.sql("SELECT id, version FROM products WHERE sku = '81170'")
    async with shop.uow() as uow:
        with pytest.raises(DomainError) as taken:
            await edit_product(uow, shop.owner, row["id"], 1, {"sku": "U250E"})
        assert taken.value.key == "product.sku_taken"
        with pytest.raises(DomainError) as changed:
            await edit_product(uow, shop.owner, row["id"], 9, {"price": Decimal(7)})
    assert changed.value.key == "product.changed"


async def test_a_change_is_logged_and_told_with_what_was_before(shop: Shop) -> None:
    await shop.sells(AKPP)
    await shop.sells(replace(AKPP, price=Decimal(47000)))
    (note,) = await shop.sql(
        "SELECT before::text, after::text FROM audit_log WHERE action = 'product.updated'"
    )
    assert (note["before"], note["after"]) == ('{"price": "45000.00"}', '{"price": "47000.00"}')
    (event,) = await shop.sql("SELECT kind FROM outbox")
    assert event["kind"] == "ProductChanged"


async def test_only_who_may_changes_products(shop: Shop, rival: Shop) -> None:
    await shop.sells(AKPP)
    (row,) = await shop.sql("SELECT id FROM products")
    operator = replace(
        shop.owner, role=Role.OPERATOR, permissions=PERMISSIONS[Role.OPERATOR], user_id=new_id()
    )
    async with shop.uow() as uow:
        with pytest.raises(DomainError) as refused:
            await remove_product(uow, operator, row["id"])
    assert refused.value.kind is Kind.FORBIDDEN
    async with rival.uow() as uow:
        with pytest.raises(DomainError) as foreign:
            await remove_product(uow, rival.owner, row["id"])
    assert foreign.value.kind is Kind.NOT_FOUND


async def test_a_price_list_does_not_wipe_descriptions(shop: Shop) -> None:
    await shop.sells(replace(AKPP, description="Контрактная", currency="USD"))
    async with shop.uow() as uow:
        table = read_products("артикул;название;цена\nX;;1\nU250E;АКПП;5".encode(), "RUB")
        report = await put_products(uow, shop.owner, table.rows, given=table.columns)
    assert report.count(Result.UPDATED) == 1
    (row,) = await shop.sql("SELECT name, description, price, currency, stock FROM products")
    assert tuple(row) == ("АКПП", "Контрактная", 5, "USD", 2)
