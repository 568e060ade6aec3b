"""How a store answers: changed by whoever may, checked, kept in the log."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.kernel.errors import DomainError, Kind
from core.tenants.service import change_settings, settings_of
from tests.support.examples import examples
from tests.support.shop import Shop, open_shop


async def test_a_change_is_kept_and_its_trace_too(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await change_settings(
            uow, shop.staff["Олег"], {"tone": "formal", "undo_seconds": 10, "name": "Мотор+"}
        )
    async with shop.app.uow(shop.tenant_id) as uow:
        settings = await settings_of(uow)
        [note] = list(await uow.session.scalars(select(AuditEntry)))
    assert (settings.tone, settings.undo_seconds, settings.version) == ("formal", 10, 2)
    assert note.before == {"tone": "friendly", "undo_seconds": 5, "name": "Мотор"}
    assert note.after == {"tone": "formal", "undo_seconds": 10, "name": "Мотор+"}


@examples(
    ("field", "value"),
    [
        ("language", "de"),
        ("tone", ""),
        ("address_form", None),
        ("default_mode", "yolo"),
        ("currency", "RUBLES"),
        ("time_zone", "Mars/Olympus"),
        ("undo_seconds", 31),
        ("undo_seconds", -1),
        ("undo_seconds", True),
        ("undo_seconds", "5"),
        ("name", "  "),
        ("name", "я" * 121),
        ("autosend_allowed", "yes"),
        ("colour", "red"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field_and_nothing_is_changed(
    shop: Shop, field: str, value: object
) -> None:
    with pytest.raises(DomainError) as refused:
        async with shop.app.uow(shop.tenant_id) as uow:
            await change_settings(uow, shop.staff["Олег"], {"tone": "formal", field: value})
    assert (refused.value.kind, refused.value.field) == (Kind.INVALID, field)
    async with shop.app.uow(shop.tenant_id) as uow:
        assert (await settings_of(uow)).version == 1


async def test_an_operator_may_not(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as refused:
            await change_settings(uow, shop.staff["Анна"], {"tone": "formal"})
    assert refused.value.kind == Kind.FORBIDDEN


async def test_the_other_store_keeps_its_own(shop: Shop) -> None:
    other = await open_shop(shop.app, "Другой")
    async with shop.app.uow(shop.tenant_id) as uow:
        await change_settings(uow, shop.staff["Олег"], {"tone": "formal"})
    async with shop.app.uow(other.tenant_id) as uow:
        assert (await settings_of(uow)).tone == "friendly"
