"""The inbox: kept in one statement, claimed in order, read once, given up on in the end."""

from datetime import timedelta

import asyncpg
import pytest

from connectors.host import connectors_for
from connectors.reading import InboxReader
from core.app import App, open_app
from core.channels import inbox
from core.channels.errors import LeaseLost
from core.channels.inbox import ClaimedUpdate, Mailbox
from core.kernel.clock import HeldClock, SystemClock
from core.kernel.settings import Settings
from core.ports.channel import RawUpdate
from core.scheduler import keep_house
from tests.support.shop import Shop, open_shop


def mailbox(shop: Shop) -> Mailbox:
    return Mailbox(shop.tenant_id, shop.account.id)


def update(number: int, lane: str = "ivan", text: str = "?") -> RawUpdate:
    payload = (
        f'{{"update_id":{number},"message":{{"message_id":{number},"date":1790000000,'
        f'"text":"{text}","chat":{{"id":1,"type":"private","first_name":"И"}}}}}}'
    )
    return RawUpdate(str(number), lane, payload)


async def claim(app: App, limit: int = 100) -> list[ClaimedUpdate]:
    async with app.db.hot_platform() as sql:
        return await inbox.claim(sql, app.clock.now(), limit)


def numbers(claimed: list[ClaimedUpdate]) -> list[int]:
    return [int(one.update.external_id) for one in claimed]


async def test_what_was_kept_is_kept_once(app: App, shop: Shop) -> None:
    some = [update(1), update(2), update(2)]
    assert await inbox.keep(app.db, mailbox(shop), some) == 2
    assert await inbox.keep(app.db, mailbox(shop), [*some, update(3)]) == 1
    assert numbers(await claim(app)) == [1, 2, 3]


async def test_the_policy_sees_the_tenant_and_the_setting_does_not_outlive_the_statement(
    app: App, shop: Shop
) -> None:
    other = await open_shop(app, "Чужой")
    await inbox.keep(app.db, mailbox(shop), [update(1)])
    async with app.db.hot.acquire() as connection:
        assert await connection.fetchval("SELECT current_tenant()") is None
        assert await connection.fetchval("SELECT count(*) FROM channel_updates") == 0
    stolen = Mailbox(other.tenant_id, shop.account.id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await inbox.keep(app.db, stolen, [update(2)])


async def test_a_lane_waits_for_its_earlier_updates_and_others_do_not(app: App, shop: Shop) -> None:
    await inbox.keep(app.db, mailbox(shop), [update(1), update(2), update(3, "olga")])
    first = await claim(app, limit=1)
    assert numbers(first) == [1]
    assert numbers(await claim(app)) == [3]
    assert await claim(app) == []
    async with app.uow(shop.tenant_id) as uow:
        await inbox.finish(uow, first)
    assert numbers(await claim(app)) == [2]


async def test_who_claims_while_another_does_gets_nothing_rather_than_half_a_lane(
    app: App, shop: Shop
) -> None:
    await inbox.keep(app.db, mailbox(shop), [update(n) for n in range(20)])
    async with app.db.hot_platform() as sql:
        assert numbers(await inbox.claim(sql, app.clock.now(), 10)) == list(range(10))
        assert await claim(app) == []  # the first has not committed: its rows are skipped
    assert await claim(app) == []


async def test_who_lost_the_claim_saves_nothing(settings: Settings) -> None:
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        await inbox.keep(app.db, mailbox(shop), [update(1)])
        slow = await claim(app)
        clock.move(inbox.LEASE + timedelta(seconds=1))
        quick = await claim(app)
        assert numbers(quick) == [1]
        with pytest.raises(LeaseLost):
            await work_and_finish(app, shop, slow)
        async with app.uow(shop.tenant_id) as uow:
            assert await (await uow.sql()).fetchval("SELECT name FROM tenants") == "Мотор"
            await inbox.finish(uow, quick)


async def work_and_finish(app: App, shop: Shop, claimed: list[ClaimedUpdate]) -> None:
    async with app.uow(shop.tenant_id) as uow:
        await (await uow.sql()).execute("UPDATE tenants SET name = 'иначе'")
        await inbox.finish(uow, claimed)


async def test_what_nobody_can_digest_is_parked_and_its_lane_goes_on(settings: Settings) -> None:
    """A date no row takes makes the transaction itself fail, again and again."""
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        # Saving this breaks: the trigger stands for whatever a later release may get wrong.
        owner = await asyncpg.connect(settings.migration_database_url)
        await owner.execute("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF new.text = 'яд' THEN RAISE 'poison'; END IF; RETURN new; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()
        """)
        await owner.close()
        await inbox.keep(
            app.db,
            mailbox(shop),
            [update(1, text="до"), update(2, text="яд"), update(3, text="после"),
             update(4, "olga", text="другая")],
        )  # fmt: skip
        reader = InboxReader(app, connectors_for(settings))
        await reader.once()
        assert await texts(app) == ["до", "другая"]
        for _ in range(inbox.MOST_ATTEMPTS):
            clock.move(timedelta(minutes=2))
            await reader.once()
        assert await texts(app) == ["до", "другая", "после"]
        async with app.db.hot_platform() as sql:
            [parked] = await sql.fetch(
                "SELECT external_id, attempts, problem, done_at FROM channel_updates"
                " WHERE problem IS NOT NULL"
            )
        assert parked["external_id"] == "2"
        assert parked["attempts"] == inbox.MOST_ATTEMPTS
        assert parked["done_at"] is not None


async def texts(app: App) -> list[str]:
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch("SELECT text FROM messages ORDER BY text")
    return [row["text"] for row in rows]


async def test_the_sweep_deletes_what_was_read_a_week_ago_and_nothing_open(
    settings: Settings,
) -> None:
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        await inbox.keep(app.db, mailbox(shop), [update(n, str(n)) for n in range(3)])
        read, parked, _ = await claim(app)
        async with app.uow(shop.tenant_id) as uow:
            await inbox.finish(uow, [read])
            await inbox.park(uow, parked, "unreadable")
        for days, left in ((6, 3), (2, 2), (30, 1)):
            clock.move(timedelta(days=days))
            async with app.platform_uow() as puow:
                await inbox.sweep(puow)
            async with app.db.hot_platform() as sql:
                assert await sql.fetchval("SELECT count(*) FROM channel_updates") == left


async def test_housekeeping_sweeps_until_nothing_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is read in an hour than one sweep deletes."""
    monkeypatch.setattr(inbox, "_SWEEP_ROWS", 2)
    clock = HeldClock(SystemClock().now())
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(app)
        await inbox.keep(app.db, mailbox(shop), [update(n, str(n)) for n in range(7)])
        async with app.uow(shop.tenant_id) as uow:
            await inbox.finish(uow, await claim(app))
        clock.move(timedelta(days=8))
        await keep_house(app)
        async with app.db.hot_platform() as sql:
            assert await sql.fetchval("SELECT count(*) FROM channel_updates") == 0
