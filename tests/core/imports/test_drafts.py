"""A draft stands on a price: whichever way that changes, the tap on the old draft is stale."""

from decimal import Decimal

import pytest

from core.catalog.editing import edit_product
from core.events.relay import relay_once
from core.kernel.errors import DomainError
from core.suggestions.decide import approve
from core.suggestions.models import Suggestion
from tests.core.imports.conftest import Importer
from tests.support.shop import Shop, gearbox


@pytest.mark.parametrize("road", ["edit", "import"])
async def test_a_changed_price_voids_the_draft_that_says_the_old_one(shop: Shop, road: str) -> None:
    source = await shop.sells(gearbox(45_000))
    await shop.writes("Иван", "Сколько стоит АКПП?")
    draft = await shop.drafted("Иван", "Стоит {{price:P1}}", sources=(source,))
    importer = Importer(shop.app, shop.tenant_id)
    if road == "edit":
        async with shop.app.uow(shop.tenant_id) as uow:
            await edit_product(uow, importer.oleg, source.source_id, 1, {"price": Decimal(52_000)})
    else:
        raw = f"Артикул;Название;Цена\n{source.sku};{source.title};52000".encode()
        await importer.applies(await importer.brings(raw))
    while await relay_once(shop.app):
        pass
    async with shop.app.uow(shop.tenant_id) as uow:
        now = await uow.get(Suggestion, draft.id)
        assert now.text == "Стоит 52\u202f000\u00a0₽"
        with pytest.raises(DomainError) as stale:
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    assert stale.value.key == "suggestion.stale"
