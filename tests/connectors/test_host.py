"""Customers write to the store's bot; the host brings it home, whatever happens in between."""

import asyncio
import base64

import asyncpg
import pytest

from connectors.host import connectors_for
from core.app import App
from core.channels import inbox, leases
from core.channels.inbox import Mailbox
from core.channels.owners import _started, place
from core.channels.service import connect_telegram_bot, disconnect, opened
from core.flags import service as flags
from core.flags.names import Flag
from core.ports.channel import ChannelKind, RawUpdate
from core.suggestions.answer import answer_by_hand
from sandbox.testing import Sandbox
from tests.connectors.conftest import StartHost, StoreBot
from tests.support.waiting import until


async def test_a_customer_is_read_and_the_bot_takes_its_real_name(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await sandbox.writes("Иван", "Есть АКПП на Camry 40?")
    await start_host()
    assert await bot.said(1) == ["Есть АКПП на Camry 40?"]
    assert await bot.state() == ("connected", None)
    [row] = await bot.rows(
        "SELECT name, config FROM channel_accounts WHERE id = $1", bot.account.id
    )
    assert not row["name"].isdigit()


async def test_duplicated_and_reordered_updates_are_read_once_and_in_order(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await sandbox.fault("telegram", "duplicate_updates", times=3)
    await sandbox.fault("telegram", "reorder_updates", method="getUpdates", times=1)
    texts = [f"{number}-е" for number in range(6)]
    for text in texts:
        await sandbox.writes("Иван", text)
    await start_host()
    assert await bot.said(6) == texts
    await sandbox.writes("Иван", "последнее")
    assert await bot.said(7) == [*texts, "последнее"]


async def test_a_kill_between_keeping_and_acknowledging_loses_and_doubles_nothing(
    app: App, sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await sandbox.writes("Иван", "Здравствуйте")
    connector = connectors_for(app.settings)[ChannelKind.TELEGRAM_BOT]
    session = await connector.open(opened(bot.account, app.vault))
    kept = asyncio.Event()

    async def keep(updates: list[RawUpdate]) -> None:
        await inbox.keep(app.db, Mailbox(bot.shop.tenant_id, bot.account.id), updates)
        kept.set()
        await asyncio.Event().wait()  # the kill falls here: kept, not acknowledged

    pulling = asyncio.create_task(session.pull(keep))
    await kept.wait()
    pulling.cancel()
    await asyncio.gather(pulling, return_exceptions=True)
    await connector.close()

    await sandbox.writes("Иван", "Вы тут?")
    await start_host()
    assert await bot.said(2) == ["Здравствуйте", "Вы тут?"]
    [row] = await bot.rows("SELECT count(*) FROM channel_updates")
    assert row["count"] == 2


async def test_of_two_hosts_one_has_the_account_and_the_other_takes_over_a_clean_stop(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    first = await start_host()
    await first.opens()
    second = await start_host()
    await second.host.tend()
    assert first.host.open_sessions()
    assert not second.host.open_sessions()
    await first.stopped()
    await second.opens()
    await sandbox.writes("Иван", "Кто здесь?")
    assert await bot.said(1) == ["Кто здесь?"]


async def test_a_lost_lease_closes_the_session_at_once(
    app: App, bot: StoreBot, start_host: StartHost
) -> None:
    hosting = await start_host()
    await hosting.opens()
    async with app.db.hot_platform() as sql:
        await sql.execute(
            "UPDATE channel_accounts SET lease_owner = 'another', lease_fence = lease_fence + 1,"
            " lease_until = now() + interval '1 hour' WHERE id = $1",
            bot.account.id,
        )
    hosting.host._renew_at = 0.0
    await hosting.host.tend()
    assert not hosting.host.open_sessions()


async def test_a_host_that_cannot_renew_closes_by_its_own_deadline(
    bot: StoreBot, start_host: StartHost
) -> None:
    hosting = await start_host()
    await hosting.opens()
    account = hosting.host._accounts[bot.account.id]
    hosting.task.cancel()  # nobody tends any more
    account.lease.deadline = asyncio.get_running_loop().time()
    account.renewed()

    async def closed() -> bool:
        return account.ended and account.session is None

    await until(closed)


async def test_turning_the_flag_off_closes_within_two_seconds_and_on_opens(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    hosting = await start_host()
    await hosting.opens()
    shop, oleg = bot.shop, bot.shop.staff["Олег"]
    async with shop.app.uow(shop.tenant_id) as uow:
        await flags.turn(uow, oleg, Flag.TELEGRAM_CHANNEL_ENABLED, enabled=False)
    await hosting.closes(seconds=2)
    await bot.becomes("disconnected")
    await sandbox.writes("Иван", "Пока выключено")
    async with shop.app.uow(shop.tenant_id) as uow:
        await flags.turn(uow, oleg, Flag.TELEGRAM_CHANNEL_ENABLED, enabled=True)
    assert await bot.said(1) == ["Пока выключено"]
    assert await bot.state() == ("connected", None)


async def test_a_revoked_token_logs_the_account_out(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    shop = bot.shop
    async with shop.app.uow(shop.tenant_id) as uow:
        bot_id = sandbox.store_token.split(":")[0]
        await connect_telegram_bot(
            uow, shop.staff["Олег"], shop.app.vault, f"{bot_id}:AN-OLD-TOKEN-0000"
        )
    await start_host()
    await bot.becomes("logged_out")
    async with shop.app.uow(shop.tenant_id) as uow:
        await connect_telegram_bot(uow, shop.staff["Олег"], shop.app.vault, sandbox.store_token)
    await bot.becomes("connected")


async def test_a_disconnected_account_is_closed(bot: StoreBot, start_host: StartHost) -> None:
    hosting = await start_host()
    await hosting.opens()
    shop = bot.shop
    async with shop.app.uow(shop.tenant_id) as uow:
        await disconnect(uow, shop.staff["Олег"], bot.account.id)

    async def closed() -> bool:
        return not hosting.host._leases

    await until(closed)
    assert await bot.state() == ("disconnected", None)


async def test_trouble_degrades_the_account_and_it_comes_back(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await sandbox.fault("telegram", "error", method="getUpdates", times=4)
    await sandbox.writes("Иван", "Алло")
    await start_host()
    await bot.becomes("degraded", seconds=10)
    assert await bot.said(1, seconds=20) == ["Алло"]
    await bot.becomes("connected")


async def test_what_an_operator_answers_the_customer_reads_once(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await start_host()
    await sandbox.writes("Иван", "Сколько?")
    await bot.said(1)
    [conversation] = await bot.rows("SELECT id FROM conversations")
    shop = bot.shop
    await shop.change(undo_seconds=0)
    for _ in range(2):
        async with shop.app.uow(shop.tenant_id) as uow:
            await answer_by_hand(
                uow, shop.staff["Анна"], conversation["id"], "45 000 ₽", request_key="one"
            )
    assert await sandbox.received("Иван", contains="45 000")

    async def sent() -> bool:
        [row] = await bot.rows("SELECT state FROM outbound_messages")
        return bool(row["state"] == "sent")

    await until(sent)
    assert len(await sandbox.received("Иван")) == 1


async def test_a_kill_while_sending_leaves_a_doubt_and_no_second_send(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    first = await start_host()
    await sandbox.writes("Иван", "Сколько?")
    await bot.said(1)
    [conversation] = await bot.rows("SELECT id FROM conversations")
    shop = bot.shop
    await shop.change(undo_seconds=0)
    await sandbox.fault("telegram", "latency", method="sendMessage", seconds=3)
    async with shop.app.uow(shop.tenant_id) as uow:
        await answer_by_hand(
            uow, shop.staff["Анна"], conversation["id"], "45 000 ₽", request_key="one"
        )

    async def states() -> set[str]:
        return {row["state"] for row in await bot.rows("SELECT state FROM outbound_messages")}

    async def sending() -> bool:
        return await states() == {"sending"}

    async def in_doubt() -> bool:
        return await states() == {"unsure"}

    await until(sending)
    for task in first.host._deliverer._in_flight:
        task.cancel()
    await first.killed()
    await bot.rows("UPDATE channel_accounts SET lease_until = now() RETURNING id")
    await start_host()
    await until(in_doubt)
    assert len(await sandbox.received("Иван", wait=0)) <= 1


async def test_an_edit_keeps_the_old_version(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await start_host()
    written = await sandbox.writes("Иван", "Camry 40")
    await bot.said(1)
    await sandbox.call(
        "PATCH", f"customers/Иван/messages/{written['message_id']}", {"text": "Camry 50"}
    )

    async def revised() -> bool:
        return await bot.texts() == ["Camry 50"]

    await until(revised)
    [version] = await bot.rows("SELECT text FROM message_versions")
    assert version["text"] == "Camry 40"


async def test_an_album_is_one_turn_and_its_photos_are_stored(
    app: App, sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await start_host()
    photos = [_file("photo", f"{n}.png", PIXEL) for n in range(3)]
    await sandbox.writes("Иван", "Такая подойдёт?", files=[{**f, "album": "a"} for f in photos])
    await bot.said(3)
    [row] = await bot.rows(
        "SELECT count(DISTINCT turn_id) AS turns, count(DISTINCT album_key) AS albums FROM messages"
    )
    assert (row["turns"], row["albums"]) == (1, 1)

    async def stored() -> list[str]:
        rows = await bot.rows("SELECT storage_key FROM attachments WHERE state = 'stored'")
        return [row["storage_key"] for row in rows] if len(rows) == len(photos) else []

    for key in await until(stored):
        assert key.startswith(str(bot.shop.tenant_id))
        assert b"".join([chunk async for chunk in app.storage.get(key)]) == PIXEL


async def test_a_file_of_25_megabytes_is_too_big_and_the_words_arrive(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await start_host()
    big = _file("document", "чертёж.pdf", bytes(25 * 1024 * 1024))
    await sandbox.writes("Иван", "Вот чертёж", files=[big])
    assert await bot.said(1, seconds=20) == ["Вот чертёж"]
    [row] = await bot.rows("SELECT state, file_name, size FROM attachments")
    assert tuple(row) == ("too_big", "чертёж.pdf", 25 * 1024 * 1024)


async def test_a_malformed_update_is_parked_with_its_reason_and_the_next_goes_through(
    app: App, sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    mailbox = Mailbox(bot.shop.tenant_id, bot.account.id)
    await inbox.keep(
        app.db,
        mailbox,
        [
            RawUpdate("1", "5200000001", '{"update_id": 1, "message": {"chat": 7}}'),
            RawUpdate("2", "5200000001", "not even JSON"),
        ],
    )
    await start_host()
    await sandbox.writes("Иван", "А я нормальное")
    assert await bot.said(1) == ["А я нормальное"]
    parked = await bot.rows(
        "SELECT problem, done_at FROM channel_updates WHERE problem IS NOT NULL ORDER BY id"
    )
    assert [row["problem"].partition(":")[0] for row in parked] == ["unreadable"] * 2
    assert all(row["done_at"] for row in parked)


async def test_blocking_the_bot_is_noted_and_unblocking_too(
    sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    await start_host()
    await sandbox.writes("Иван", "Привет")
    await bot.said(1)

    async def unreachable() -> bool:
        rows = await bot.rows("SELECT unreachable_at FROM customer_identities")
        return rows[0]["unreachable_at"] is not None

    async def reachable() -> bool:
        return not await unreachable()

    people = await sandbox.people()
    chat = people["Иван"]["user_id"]
    bot_id = sandbox.store_token.split(":")[0]
    await sandbox.call("POST", "telegram/blocks", {"user_id": chat, "bot": bot_id, "blocked": True})
    await until(unreachable)
    await sandbox.call(
        "POST", "telegram/blocks", {"user_id": chat, "bot": bot_id, "blocked": False}
    )
    await until(reachable)


async def test_a_host_inherits_at_once_what_a_dead_process_held(
    app: App, sandbox: Sandbox, bot: StoreBot, start_host: StartHost
) -> None:
    process = await asyncio.create_subprocess_exec("sleep", "600")
    dead = f"{place()}|{process.pid}|{_started(process.pid)}|000000000000"
    async with app.db.hot_platform() as sql:
        await sql.execute(
            "UPDATE channel_accounts SET lease_owner = $1, lease_until = now() + interval '1 hour'"
            " WHERE id = $2",
            dead,
            bot.account.id,
        )
    mailbox = Mailbox(bot.shop.tenant_id, bot.account.id)
    await sandbox.writes("Иван", "Успели сохранить")
    assert await leases.acquire(app.db, "living", [ChannelKind.TELEGRAM_BOT]) == []
    update = RawUpdate("77", "1", '{"update_id": 77}')
    await inbox.keep(app.db, mailbox, [update])
    async with app.db.hot_platform() as sql:
        assert await inbox.claim(sql, app.clock.now(), 10)  # claimed by the one about to die
    process.kill()
    await process.wait()

    await start_host()
    assert await bot.said(1) == ["Успели сохранить"]

    async def read() -> bool:
        [row] = await bot.rows("SELECT count(*) FROM channel_updates WHERE done_at IS NULL")
        return bool(row["count"] == 0)

    await until(read, seconds=3)


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _file(kind: str, name: str, content: bytes) -> dict[str, str]:
    return {"kind": kind, "name": name, "base64": base64.b64encode(content).decode()}


async def test_an_account_that_broke_is_opened_anew_and_holds_up_no_renewal(
    bot: StoreBot, sandbox: Sandbox, start_host: StartHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosting = await start_host()
    await hosting.opens()
    broken = asyncio.Event()

    async def away(*_given: object) -> int:
        broken.set()
        raise asyncpg.PostgresError("the database is away")

    with monkeypatch.context() as outage:
        outage.setattr("connectors.reading.receive", away)
        outage.setattr(inbox, "keep", away)
        await sandbox.writes("Иван", "Слышно?")
        await broken.wait()
        await hosting.closes()
    hosting.host._renew_at = 0.0
    await hosting.host.tend()
    await hosting.opens()
    assert await bot.said(1) == ["Слышно?"]
