"""Switches: the nearest word counts, and it is heard at once."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.flags.names import Flag
from core.flags.service import Flags, decided, named, turn, turn_platform
from core.identity.permissions import Role
from core.kernel.errors import DomainError, Kind
from core.kernel.settings import FLAG_DEFAULTS
from tests.support.shop import Shop, hire, open_shop

DRAFTS = Flag.AI_SUGGESTIONS_ENABLED


def test_every_flag_has_a_start_value_and_a_variable() -> None:
    assert set(FLAG_DEFAULTS) == {flag.value for flag in Flag}


@pytest.mark.parametrize(
    ("platform", "tenant", "expected"),
    [
        ({}, {}, (True, "default")),
        ({DRAFTS: False}, {}, (False, "platform")),
        ({DRAFTS: False}, {DRAFTS: True}, (True, "tenant")),
        ({}, {DRAFTS: False}, (False, "tenant")),
    ],
)
def test_the_nearest_word_counts(
    platform: dict[str, bool], tenant: dict[str, bool], expected: tuple[bool, str]
) -> None:
    state = decided(FLAG_DEFAULTS, platform, tenant)[DRAFTS]
    assert (state.enabled, state.source) == expected


async def test_one_store_is_set_apart_and_the_log_keeps_who_did_it(shop: Shop) -> None:
    other = await open_shop(shop.app, "Другой")
    async with shop.app.uow(shop.tenant_id) as uow:
        await turn(uow, shop.staff["Олег"], DRAFTS, enabled=False)
        await turn(uow, shop.staff["Олег"], DRAFTS, enabled=False)

    flags = Flags(shop.app.db, shop.app.settings.flags)
    assert not await flags.on(DRAFTS, shop.tenant_id)
    assert await flags.on(DRAFTS, other.tenant_id)
    async with shop.app.uow(shop.tenant_id) as uow:
        notes = list(await uow.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))
    assert [(note.user_name, note.before, note.after) for note in notes] == [
        ("Олег", {"enabled": None}, {"enabled": False}),
        ("Олег", {"enabled": False}, {"enabled": False}),
    ]


async def test_a_process_hears_of_a_change_within_two_seconds(shop: Shop) -> None:
    flags = Flags(shop.app.db, shop.app.settings.flags)
    assert await flags.on(DRAFTS, shop.tenant_id)
    async with shop.app.platform_uow() as puow:
        await turn_platform(puow, None, DRAFTS, enabled=False)
    flags._read_at -= 2
    assert not await flags.on(DRAFTS, shop.tenant_id)


async def test_nobody_waits_while_flags_that_were_just_known_are_read_anew(shop: Shop) -> None:
    flags = Flags(shop.app.db, shop.app.settings.flags)
    assert await flags.on(DRAFTS, shop.tenant_id)
    async with shop.app.platform_uow() as puow:
        await turn_platform(puow, None, DRAFTS, enabled=False)
    flags._read_at -= 1.1
    assert await flags.on(DRAFTS, shop.tenant_id)  # what is known holds, for a moment
    reading = flags._reading
    assert reading is not None
    assert await flags.on(DRAFTS, shop.tenant_id)
    assert flags._reading is reading  # one reads for all
    await reading
    assert not await flags.on(DRAFTS, shop.tenant_id)
    await flags.close()


async def test_an_operator_may_not(shop: Shop) -> None:
    anna = await hire(shop.app, shop.tenant_id, "Вера", Role.OPERATOR)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as refused:
            await turn(uow, anna, DRAFTS, enabled=False)
    assert refused.value.kind == Kind.FORBIDDEN


def test_an_unknown_flag_is_refused_by_name() -> None:
    with pytest.raises(DomainError) as refused:
        named("MAKE_COFFEE_ENABLED")
    assert refused.value.params == {"name": "MAKE_COFFEE_ENABLED"}
