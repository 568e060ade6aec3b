"""Joining a store: one invite lets one person in."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text

from core.identity.invites import INVITE_LIFE, Joined, invite, join, start_link
from core.identity.permissions import Actor, Role, Via
from core.identity.queries import actor_by_telegram, actor_of, people, people_of_telegram
from core.identity.service import TelegramProfile
from core.kernel.clock import HeldClock
from core.kernel.database import Database
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.onboarding.create_owner import create_owner, create_platform_owner

OLEG = TelegramProfile(user_id=501, name="Олег", language="ru", chat_id=501)
ANNA = TelegramProfile(user_id=502, name="Анна", language="en", chat_id=502)


async def _owner(db: Database) -> Actor:
    async with db.platform_unit() as puow:
        created = await create_owner(puow, "Разборка 24", founder=OLEG)
    async with db.platform_unit() as puow:
        actor = await actor_by_telegram(puow, OLEG.user_id)
    assert actor is not None
    assert actor.tenant_id == created.tenant_id
    return actor


async def _invite(db: Database, actor: Actor, role: Role = Role.OPERATOR) -> str:
    async with db.unit(actor.tenant_id) as uow:
        return invite(uow, actor, role)[1]


async def _join(db: Database, token: str, profile: TelegramProfile) -> Joined | str:
    try:
        async with db.platform_unit() as puow:
            return await join(puow, token, profile)
    except DomainError as refused:
        return refused.key


async def _members(db: Database, tenant_id: UUID) -> int:
    async with db.platform_unit() as puow:
        count = await puow.session.scalar(
            text("SELECT count(*) FROM memberships WHERE tenant_id = :t"), {"t": tenant_id}
        )
    return int(count or 0)


async def test_a_store_begins_with_a_link_for_its_owner(db: Database) -> None:
    async with db.platform_unit() as puow:
        created = await create_owner(puow, "Разборка 24")
    assert created.token is not None
    joined = await _join(db, created.token, OLEG)
    assert isinstance(joined, Joined)
    assert (joined.tenant_id, joined.role, joined.already) == (
        created.tenant_id,
        Role.OWNER,
        False,
    )
    async with db.platform_unit() as puow:
        trial = await puow.session.scalar(
            text("SELECT trial_ends_at - trial_started_at = interval '3 days' FROM tenants")
        )
    assert trial


async def test_the_link_fits_telegrams_deep_link(db: Database) -> None:
    owner = await _owner(db)
    link = start_link("shop_bot", await _invite(db, owner))
    payload = link.removeprefix("https://t.me/shop_bot?start=")
    assert len(payload) <= 64
    assert all(c.isascii() and (c.isalnum() or c in "_-") for c in payload)


async def test_an_operator_joins_on_duty_and_a_viewer_does_not(db: Database) -> None:
    owner = await _owner(db)
    await _join(db, await _invite(db, owner), ANNA)
    await _join(db, await _invite(db, owner, Role.VIEWER), TelegramProfile(503, "Вера"))
    async with db.unit(owner.tenant_id) as uow:
        duty = {member.name: member.on_duty for member in await people(uow, owner)}
    assert duty == {"Олег": True, "Анна": True, "Вера": False}


async def test_of_twenty_people_on_one_link_one_gets_in(db: Database) -> None:
    owner = await _owner(db)
    token = await _invite(db, owner)
    crowd = [TelegramProfile(600 + n, f"Гость {n}") for n in range(20)]
    outcomes = await asyncio.gather(*(_join(db, token, profile) for profile in crowd))
    assert sum(isinstance(outcome, Joined) for outcome in outcomes) == 1
    assert {outcome for outcome in outcomes if isinstance(outcome, str)} == {"invite.used"}
    assert await _members(db, owner.tenant_id) == 2


async def test_one_person_pressing_twenty_times_joins_once(db: Database) -> None:
    owner = await _owner(db)
    token = await _invite(db, owner)
    outcomes = await asyncio.gather(*(_join(db, token, ANNA) for _ in range(20)))
    joined = [outcome for outcome in outcomes if isinstance(outcome, Joined)]
    assert len(joined) == 20
    assert sum(not outcome.already for outcome in joined) == 1
    assert await _members(db, owner.tenant_id) == 2


async def test_a_member_uses_no_link_up_and_keeps_their_role(db: Database) -> None:
    owner = await _owner(db)
    token = await _invite(db, owner, Role.VIEWER)
    outcome = await _join(db, token, OLEG)
    assert isinstance(outcome, Joined)
    assert (outcome.role, outcome.already) == (Role.OWNER, True)
    assert isinstance(await _join(db, token, ANNA), Joined)


async def test_a_link_dies_after_a_week_and_an_unknown_one_never_lived(
    db: Database, clock: HeldClock
) -> None:
    owner = await _owner(db)
    token = await _invite(db, owner)
    clock.move(INVITE_LIFE)
    assert await _join(db, token, ANNA) == "invite.expired"
    assert await _join(db, "not-a-token", ANNA) == "invite.unknown"
    assert await _members(db, owner.tenant_id) == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER, Role.GUEST])
async def test_who_may_not_manage_people_invites_nobody(db: Database, role: Role) -> None:
    owner = await _owner(db)
    await _join(db, await _invite(db, owner, role), ANNA)
    async with db.platform_unit() as puow:
        anna = await actor_by_telegram(puow, ANNA.user_id)
    assert anna is not None
    with pytest.raises(DomainError) as refused:
        await _invite(db, anna)
    assert refused.value.kind is Kind.FORBIDDEN


async def test_an_admin_invites_admins_but_no_owner(db: Database) -> None:
    owner = await _owner(db)
    await _join(db, await _invite(db, owner, Role.ADMIN), ANNA)
    async with db.platform_unit() as puow:
        anna = await actor_by_telegram(puow, ANNA.user_id)
    assert anna is not None
    await _invite(db, anna, Role.ADMIN)
    with pytest.raises(DomainError, match=r"invite\.owners_only"):
        await _invite(db, anna, Role.OWNER)
    await _invite(db, owner, Role.OWNER)


async def test_a_person_of_two_stores_acts_in_the_one_they_joined_last(db: Database) -> None:
    first = await _owner(db)
    async with db.platform_unit() as puow:
        second = await create_owner(puow, "Второй", founder=OLEG)
    async with db.platform_unit() as puow:
        everyone = await people_of_telegram(puow, OLEG.user_id)
        chosen = await actor_by_telegram(puow, OLEG.user_id, tenant_id=first.tenant_id)
        nobody = await actor_of(puow, first.user_id or new_id(), new_id(), Via.BOT)
    assert [actor.tenant_id for actor in everyone] == [second.tenant_id, first.tenant_id]
    assert chosen == first
    assert nobody is None


async def test_the_platforms_owner_is_named_once(db: Database, clock: HeldClock) -> None:
    async with db.platform_unit() as puow:
        await create_platform_owner(puow, OLEG)
    named = clock.now()
    clock.move(INVITE_LIFE)
    async with db.platform_unit() as puow:
        await create_platform_owner(puow, OLEG)
        row = (await puow.session.execute(text("SELECT * FROM users"))).mappings().one()
    assert row["platform_owner_at"] == row["platform_admin_at"] == named
