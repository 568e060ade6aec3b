"""What a connection of our own brings is kept and read in one transaction, or only kept."""

import asyncio

import asyncpg
import pytest

from connectors.host import connectors_for
from connectors.reading import InboxReader
from core.app import App
from core.channels import inbox
from core.channels.inbox import Mailbox
from core.kernel.settings import Settings
from core.ports.channel import ChannelKind, RawUpdate
from tests.support.shop import Shop

KIND = ChannelKind.TELEGRAM_BOT


def update(number: int, text: str = "?", *, field: str = "message", of: int = 0) -> RawUpdate:
    payload = (
        f'{{"update_id":{number},"{field}":{{"message_id":{of or number},"date":1790000000,'
        f'"text":"{text}","chat":{{"id":1,"type":"private","first_name":"И"}}}}}}'
    )
    return RawUpdate(str(number), "ivan", payload)


@pytest.fixture
def reader(app: App, settings: Settings) -> InboxReader:
    return InboxReader(app, connectors_for(settings))


@pytest.fixture
def mailbox(shop: Shop) -> Mailbox:
    return Mailbox(shop.tenant_id, shop.account.id)


async def texts(app: App) -> list[str]:
    async with app.db.hot_platform() as sql:
        return [row["text"] for row in await sql.fetch("SELECT text FROM messages ORDER BY id")]


async def waiting(app: App) -> list[str]:
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch(
            "SELECT external_id FROM channel_updates WHERE done_at IS NULL ORDER BY id"
        )
    return [row["external_id"] for row in rows]


async def test_messages_are_read_when_they_are_kept(
    app: App, reader: InboxReader, mailbox: Mailbox
) -> None:
    await reader.accept(mailbox, KIND, [update(1, "раз"), update(2, "два")])
    assert await texts(app) == ["раз", "два"]
    assert await waiting(app) == []
    async with app.db.hot_platform() as sql:
        assert await sql.fetchval("SELECT count(*) FROM cards") > 0


async def test_what_is_acknowledged_is_on_the_disk_however_often_it_came(
    app: App, reader: InboxReader, mailbox: Mailbox
) -> None:
    for _ in range(2):  # kept and read; then known, so that nothing of it is written
        async with app.db.hot_platform() as sql:
            written = await sql.fetchval("SELECT pg_logical_emit_message(false, '', 'x', false)")
        await reader.accept(mailbox, KIND, [update(1, "раз")])
        async with app.db.hot_platform() as sql:
            assert await sql.fetchval("SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn", written)


async def test_what_comes_again_is_read_once(
    app: App, reader: InboxReader, mailbox: Mailbox
) -> None:
    await reader.accept(mailbox, KIND, [update(1, "раз")])
    await reader.accept(mailbox, KIND, [update(1, "раз"), update(2, "два")])
    await reader.once()
    assert await texts(app) == ["раз", "два"]


async def test_nobody_overtakes_what_still_waits(
    app: App, reader: InboxReader, mailbox: Mailbox
) -> None:
    await inbox.keep(app.db, mailbox, [update(1, "раз")])
    await reader.accept(mailbox, KIND, [update(2, "два")])
    assert await texts(app) == []
    assert await waiting(app) == ["1", "2"]
    await reader.once()
    assert await texts(app) == ["раз", "два"]


async def test_an_edit_takes_its_time(app: App, reader: InboxReader, mailbox: Mailbox) -> None:
    await reader.accept(mailbox, KIND, [update(1, "раз")])
    await reader.accept(mailbox, KIND, [update(2, "раз и два", field="edited_message", of=1)])
    assert await waiting(app) == ["2"]
    await reader.once()
    assert await texts(app) == ["раз и два"]


async def test_a_conversation_in_somebodys_hands_keeps_nobody_from_being_kept(
    app: App, reader: InboxReader, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.reading._PATIENCE_MILLISECONDS", 1)
    await reader.accept(mailbox, KIND, [update(1, "раз")])
    async with app.uow(mailbox.tenant_id) as uow:
        await (await uow.sql()).execute("SELECT FROM conversations FOR UPDATE")
        await reader.accept(mailbox, KIND, [update(2, "два")])
        assert await waiting(app) == ["2"]
    await reader.once()
    assert await texts(app) == ["раз", "два"]


async def test_what_cannot_be_read_at_once_is_kept(
    app: App, reader: InboxReader, mailbox: Mailbox, settings: Settings
) -> None:
    owner = await asyncpg.connect(settings.migration_database_url)
    await owner.execute("""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF new.text = 'яд' THEN RAISE 'poison'; END IF; RETURN new; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()
    """)
    await owner.close()
    await reader.accept(mailbox, KIND, [update(1, "раз"), update(2, "яд")])
    assert await texts(app) == []
    assert await waiting(app) == ["1", "2"]


async def test_two_connections_of_one_account_read_an_update_once(
    app: App, reader: InboxReader, mailbox: Mailbox
) -> None:
    both = [update(1, "раз"), update(2, "два")]
    await asyncio.gather(*(reader.accept(mailbox, KIND, both) for _ in range(4)))
    await reader.once()
    assert await texts(app) == ["раз", "два"]
    assert await waiting(app) == []
