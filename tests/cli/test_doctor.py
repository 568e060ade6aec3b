"""The doctor looks at what stands on no card and in nobody's queue."""

from cli.doctor.findings import Level
from cli.doctor.outside import accounts, reactions, roles
from core.app import App
from core.channels import inbox
from core.channels.inbox import Mailbox
from core.kernel.heartbeat import beat
from core.kernel.settings import Settings
from core.ports.channel import RawUpdate
from tests.support.shop import Shop


async def test_an_account_with_words_nobody_could_read_is_a_warning(
    settings: Settings, app: App, shop: Shop
) -> None:
    [healthy] = await accounts(settings)
    assert healthy.level is Level.OK
    await inbox.keep(
        app.db, Mailbox(shop.tenant_id, shop.account.id), [RawUpdate(n, n, "{") for n in "12"]
    )
    async with app.db.hot_platform() as sql:
        claimed = await inbox.claim(sql, app.clock.now(), 10)
    async with app.uow(shop.tenant_id) as uow:
        for one in claimed:
            await inbox.park(uow, one, "unreadable")
    unread, still_connected = await accounts(settings)
    assert unread.level is Level.WARN
    assert "2 of its updates since" in unread.what
    assert "look into its chats" in unread.mend
    assert still_connected.level is Level.OK


async def test_an_event_that_was_given_up_is_a_warning(
    settings: Settings, app: App, shop: Shop
) -> None:
    assert [one.level for one in await reactions(settings)] == [Level.OK]
    async with app.uow(shop.tenant_id) as uow:
        await (await uow.sql()).execute(
            "INSERT INTO outbox (tenant_id, id, kind, payload, at, parked_at, problem)"
            " VALUES ($1, gen_random_uuid(), 'ReplySettled', '{}', now(), now(), 'KeyError')",
            shop.tenant_id,
        )
    [given_up] = await reactions(settings)
    assert given_up.level is Level.WARN
    assert given_up.what == "1 × ReplySettled given up: KeyError"


async def test_a_role_that_is_silent_while_the_others_are_heard_is_a_fault(
    settings: Settings, app: App
) -> None:
    assert [one.level for one in await roles(settings)] == [Level.OK], "it may not run at all"
    for role in ("bot", "scheduler", "channels"):
        await beat(app.nudges.redis, role, prefix=app.nudges.prefix)
    [silent] = await roles(settings)
    assert silent.level is Level.FAIL
    assert silent.what.endswith(": worker")
    await beat(app.nudges.redis, "worker", prefix=app.nudges.prefix)
    assert [one.level for one in await roles(settings)] == [Level.OK]
