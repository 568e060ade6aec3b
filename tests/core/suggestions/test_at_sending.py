"""Prices and stock are compared once more when a reply is sent, not only when it is approved."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from core.catalog.models import Product
from core.kernel.errors import DomainError
from core.suggestions.decide import approve
from core.suggestions.models import Suggestion
from tests.core.delivery.test_drain import Desk
from tests.support.shop import Shop, gearbox


@pytest.fixture
async def drafted(shop: Shop) -> Suggestion:
    await shop.change(undo_seconds=0)
    source = await shop.sells(gearbox())
    await shop.writes("Иван", "Сколько стоит АКПП?")
    return await shop.drafted("Иван", "Стоит {{price:P1}}, в наличии 2 шт.", sources=(source,))


async def row_becomes(shop: Shop, **values: object) -> None:
    """By whatever way: an import, another operator, a synchronisation."""
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(Product).values(**values))


async def approves(shop: Shop, draft: Suggestion, text: str | None = None) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version, text=text)


async def as_it_is(shop: Shop, draft: Suggestion) -> Suggestion:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await uow.get(Suggestion, draft.id)


async def test_what_is_still_true_is_sent(shop: Shop, drafted: Suggestion) -> None:
    await approves(shop, drafted)
    await row_becomes(shop, name="АКПП U250E, проверена")
    assert await Desk(shop).deliver() == ["Стоит 45\u202f000\u00a0₽, в наличии 2 шт."]


async def test_a_price_that_changed_after_the_approval_is_held_and_offered_anew(
    shop: Shop, drafted: Suggestion
) -> None:
    await approves(shop, drafted)
    await row_becomes(shop, price=Decimal(47_000))
    desk = Desk(shop)
    assert await desk.deliver() == []

    held = await as_it_is(shop, drafted)
    assert (held.status, held.text) == ("pending", "Стоит 47\u202f000\u00a0₽, в наличии 2 шт.")
    assert [doubt["kind"] for doubt in held.doubts] == ["held"]
    ivan = await shop.conversation("Иван")
    assert (ivan.status, ivan.waiting_since is None) == ("waiting", False)

    await approves(shop, held)
    assert await desk.deliver() == [held.text]


async def test_an_edited_reply_with_the_old_price_in_it_is_held_too(
    shop: Shop, drafted: Suggestion
) -> None:
    await approves(shop, drafted, "Добрый день! Стоит 45\u202f000\u00a0₽.")
    await row_becomes(shop, price=Decimal(47_000))
    assert await Desk(shop).deliver() == []
    held = await as_it_is(shop, drafted)
    assert held.doubts[0]["text"].startswith("Добрый день!"), "the operator's words are not lost"


async def test_words_of_the_operators_own_are_theirs(shop: Shop, drafted: Suggestion) -> None:
    await approves(shop, drafted, "Добрый день, перезвоню через час")
    await row_becomes(shop, price=Decimal(47_000))
    assert await Desk(shop).deliver() == ["Добрый день, перезвоню через час"]


@pytest.mark.parametrize("stock", [0, 1])
async def test_stock_it_names_that_is_sold_meanwhile_is_held(
    shop: Shop, drafted: Suggestion, stock: int
) -> None:
    await approves(shop, drafted)
    await row_becomes(shop, stock=stock)
    assert await Desk(shop).deliver() == []
    held = await as_it_is(shop, drafted)
    assert {doubt["kind"] for doubt in held.doubts} == {"held", "stock"}


async def test_an_approval_of_sold_stock_is_refused_before(shop: Shop, drafted: Suggestion) -> None:
    await row_becomes(shop, stock=0)
    with pytest.raises(DomainError) as refused:
        await approves(shop, drafted)
    assert refused.value.key == "suggestion.stock_changed"


async def test_a_discount_beyond_the_limit_cannot_be_approved(shop: Shop) -> None:
    await shop.change(allow_discounts=True, max_discount_percent=Decimal(5))
    await shop.writes("Иван", "А скидка?")
    draft = await shop.drafted("Иван", "Сделаем скидку 99 %", sources=(gearbox(),))
    with pytest.raises(DomainError) as refused:
        await approves(shop, draft)
    assert refused.value.key == "suggestion.discount_over"
