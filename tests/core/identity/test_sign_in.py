"""Sessions: tokens that rotate, replays that end them, links good once."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from core.identity.models import User
from core.identity.permissions import Role
from core.identity.service import TelegramProfile, meet
from core.identity.sign_in import (
    ACCESS_LIFE,
    LINK_LIFE,
    SESSION_LIFE,
    SignedIn,
    Tokens,
    authenticate,
    forget_expired,
    login_link,
    refresh,
    sign_in,
    sign_out,
    switch_tenant,
    use_login_link,
)
from core.kernel.clock import HeldClock
from core.kernel.database import Database
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.onboarding.create_owner import create_owner
from tests.support.examples import examples

OLEG = TelegramProfile(user_id=501, name="Олег", language="ru", chat_id=501)


async def _open(db: Database, name: str = "Разборка 24") -> UUID:
    async with db.platform_unit() as puow:
        created = await create_owner(puow, name, founder=OLEG)
    return created.tenant_id


async def _sign_in(db: Database) -> Tokens:
    async with db.platform_unit() as puow:
        return await sign_in(puow, await meet(puow, OLEG))


async def _who(db: Database, token: str) -> SignedIn | None:
    async with db.platform_unit() as puow:
        return await authenticate(puow, token)


async def _refresh(db: Database, token: str) -> Tokens | None:
    async with db.platform_unit() as puow:
        return await refresh(puow, token)


async def test_an_access_token_is_good_for_a_quarter_of_an_hour(
    db: Database, clock: HeldClock
) -> None:
    store = await _open(db)
    tokens = await _sign_in(db)
    signed = await _who(db, tokens.access_token)
    assert signed is not None
    assert signed.actor is not None
    assert (signed.actor.tenant_id, signed.actor.role) == (store, Role.OWNER)
    clock.move(ACCESS_LIFE)
    assert await _who(db, tokens.access_token) is None


async def test_refreshing_ends_the_token_of_before_but_never_prolongs_the_week(
    db: Database, clock: HeldClock
) -> None:
    await _open(db)
    first = await _sign_in(db)
    clock.move(timedelta(minutes=14))
    second = await _refresh(db, first.refresh_token)
    assert second is not None
    assert await _who(db, first.access_token) is None
    assert await _who(db, second.access_token) is not None
    assert second.refresh_expires_at == first.refresh_expires_at
    clock.move(SESSION_LIFE)
    assert await _refresh(db, second.refresh_token) is None


@pytest.mark.parametrize("generations", [1, 3])
async def test_a_replayed_refresh_token_ends_the_session_however_old_it_is(
    db: Database, generations: int
) -> None:
    await _open(db)
    stolen = newest = await _sign_in(db)
    for _ in range(generations):
        renewed = await _refresh(db, newest.refresh_token)
        assert renewed is not None
        newest = renewed
    assert await _refresh(db, stolen.refresh_token) is None
    assert await _refresh(db, newest.refresh_token) is None
    assert await _who(db, newest.access_token) is None


@examples("garbage", ["", "короткий", "A" * 64, "A" * 63 + "=", "\x00", "é" * 64])
async def test_garbage_for_a_refresh_token_is_refused(db: Database, garbage: str) -> None:
    assert await _refresh(db, garbage) is None


async def test_of_twenty_simultaneous_refreshes_one_succeeds(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    outcomes = await asyncio.gather(*(_refresh(db, tokens.refresh_token) for _ in range(20)))
    assert sum(outcome is not None for outcome in outcomes) == 1


async def test_a_new_epoch_ends_every_session_of_a_person(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        user = await puow.session.get(User, tokens.user_id)
        assert user is not None
        user.session_epoch += 1
    assert await _who(db, tokens.access_token) is None
    assert await _refresh(db, tokens.refresh_token) is None


async def test_signing_out_ends_both_tokens(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        await sign_out(puow, tokens.session_id)
    assert await _who(db, tokens.access_token) is None
    assert await _refresh(db, tokens.refresh_token) is None


async def test_switching_stores_needs_a_membership(db: Database) -> None:
    first = await _open(db, "Первый")
    second = await _open(db, "Второй")
    tokens = await _sign_in(db)
    signed = await _who(db, tokens.access_token)
    assert signed is not None
    assert tokens.tenant_id == second
    async with db.platform_unit() as puow:
        switched = await switch_tenant(puow, signed, first)
    now = await _who(db, switched.access_token)
    assert now is not None
    assert now.actor is not None
    assert now.actor.tenant_id == first
    with pytest.raises(DomainError) as refused:
        async with db.platform_unit() as puow:
            await switch_tenant(puow, now, new_id())
    assert refused.value.kind is Kind.NOT_FOUND


async def test_a_member_no_longer_keeps_the_session_but_not_the_store(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        await puow.session.execute(text("UPDATE memberships SET ended_at = now()"))
    signed = await _who(db, tokens.access_token)
    assert signed is not None
    assert signed.actor is None


async def test_of_twenty_simultaneous_uses_of_a_link_one_signs_in(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        link = await login_link(puow, tokens.user_id)

    async def use() -> bool:
        try:
            async with db.platform_unit() as puow:
                await sign_in(puow, await use_login_link(puow, link))
        except DomainError:
            return False
        return True

    assert sum(await asyncio.gather(*(use() for _ in range(20)))) == 1
    async with db.platform_unit() as puow:
        sessions = await puow.session.scalar(text("SELECT count(*) FROM sign_ins"))
    assert sessions == 2


async def test_a_link_dies_after_ten_minutes(db: Database, clock: HeldClock) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        link = await login_link(puow, tokens.user_id)
    clock.move(LINK_LIFE)
    with pytest.raises(DomainError, match=r"auth\.link"):
        async with db.platform_unit() as puow:
            await use_login_link(puow, link)


async def test_only_what_can_serve_nobody_is_forgotten(db: Database, clock: HeldClock) -> None:
    await _open(db)
    await _sign_in(db)
    clock.move(SESSION_LIFE * 2 + timedelta(hours=1))
    live = await _sign_in(db)
    async with db.platform_unit() as puow:
        assert await forget_expired(puow) == 1
    assert await _who(db, live.access_token) is not None


async def test_no_token_is_stored_as_it_is(db: Database) -> None:
    await _open(db)
    tokens = await _sign_in(db)
    async with db.platform_unit() as puow:
        link = await login_link(puow, tokens.user_id)
        rows = await puow.session.scalar(
            text("SELECT string_agg(s::text, '') || (SELECT string_agg(l::text, '')"
                 " FROM login_links l) FROM sign_ins s")
        )  # fmt: skip
    for token in (tokens.access_token, tokens.refresh_token, link):
        assert token not in rows
        assert token.encode().hex() not in rows
