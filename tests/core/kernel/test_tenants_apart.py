"""The database itself keeps stores apart, on every table there is."""

import ast
from pathlib import Path

import asyncpg
import pytest

from core.kernel.ids import new_id
from core.schema import metadata
from tests.support.cluster import Database
from tests.support.examples import examples
from tests.support.shop import Shop, gearbox, open_shop

ROOT = Path(__file__).parents[3]
TENANT_TABLES = sorted(
    table.name
    for table in metadata.tables.values()
    if "tenant_id" in table.columns and table.name != "sign_ins"
)
# Who may look across stores, and why. A new one is a decision, not an accident.
PLATFORM_CALLERS = {
    "api/access.py": "who a bearer is, before any store is known",
    "api/health.py": "readiness",
    "api/live.py": "whose page this is, before any store is known",
    "api/routes/auth.py": "sign-in",
    "api/routes/me.py": "the stores of one person",
    "bot/cards/drawing.py": "claims",
    "bot/notices.py": "claims",
    "bot/routers/person.py": "a person's own language and links",
    "bot/routers/replies.py": "which card a reply answers, before its store is known",
    "bot/routers/start.py": "people and invites, before any store is known",
    "bot/routers/stores.py": "the stores of one person",
    "bot/visitor.py": "who taps, before any store is known",
    "cli/bulk.py": "the planner's statistics after a load",
    "cli/commands/create_owner.py": "commands",
    "cli/commands/flag.py": "commands",
    "cli/doctor/outside.py": "commands",
    "cli/scratch.py": "scratch stores, made and removed",
    "connectors/host.py": "accounts of all stores",
    "connectors/reading.py": "claims",
    "core/app.py": "hands it out",
    "core/channels/doors.py": "whose webhook this is, before any store is known",
    "core/channels/leases.py": "claims",
    "core/conversations/attachments.py": "claims",
    "core/delivery/closed.py": "replies through accounts that are closed",
    "core/delivery/drain.py": "claims",
    "core/delivery/gauges.py": "how deep the queue of all stores is",
    "core/events/relay.py": "claims",
    "core/flags/service.py": "the platform's flags",
    "core/kernel/database.py": "makes it",
    "core/knowledge/drain.py": "claims",
    "core/imports/drain.py": "claims",
    "core/imports/sweep.py": "housekeeping",
    "core/onboarding/demo/seed.py": "opens the demo store",
    "core/pricing/look_up.py": "claims",
    "core/replay/run.py": "claims",
    "core/scheduler.py": "housekeeping",
    "core/suggestions/draft.py": "claims",
}
ACROSS = {"platform_uow", "platform_unit", "hot_platform"}


async def as_tenant(connection: asyncpg.Connection, tenant_id: object) -> None:
    await connection.execute("SELECT set_config('app.tenant_id', $1, true)", str(tenant_id))


@pytest.fixture
async def two(shop: Shop) -> tuple[Shop, Shop]:
    """Two stores, both with customers, drafts and replies."""
    other = await open_shop(shop.app, "Другой")
    for one in (shop, other):
        await one.writes("Иван", "Есть АКПП?")
        await one.drafted("Иван", "Есть, {{price:P1}}", sources=(gearbox(),))
    return shop, other


async def test_every_table_of_tenants_is_under_forced_row_security(database: Database) -> None:
    connection = await asyncpg.connect(database.owner_url)
    try:
        rows = await connection.fetch(
            """
            SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p')
              AND c.relnamespace = 'public'::regnamespace
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
            """
        )
        keys = await connection.fetch(
            """
            SELECT conname FROM pg_constraint k
            WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
              AND k.confrelid IN (SELECT attrelid FROM pg_attribute WHERE attname = 'tenant_id')
              AND NOT EXISTS (SELECT FROM pg_attribute a
                  WHERE a.attrelid = k.conrelid AND a.attname = 'tenant_id'
                    AND a.attnum = ANY(k.conkey))
            """
        )
    finally:
        await connection.close()
    assert [row["relname"] for row in rows] == ["sign_ins"], "sign-ins are found by their token"
    assert not keys, "a foreign key into a tenant's table carries the tenant"


@examples("table", TENANT_TABLES)
async def test_a_store_can_do_nothing_to_anothers_rows(
    two: tuple[Shop, Shop], database: Database, table: str
) -> None:
    """Select, update, delete see none of them; an insert in its name is refused."""
    shop, other = two
    connection = await asyncpg.connect(database.url)
    try:
        async with connection.transaction():
            await as_tenant(connection, shop.tenant_id)
            seen = await connection.fetch(f"SELECT DISTINCT tenant_id FROM {table}")  # noqa: S608
            assert {row["tenant_id"] for row in seen} <= {shop.tenant_id}
            foreign = f"SELECT count(*) FROM {table} WHERE tenant_id = $1"  # noqa: S608
            assert await connection.fetchval(foreign, other.tenant_id) == 0
        if table == "audit_log":
            return
        async with connection.transaction():
            await as_tenant(connection, shop.tenant_id)
            moved = f"UPDATE {table} SET tenant_id = tenant_id WHERE tenant_id = $1"  # noqa: S608
            assert await connection.execute(moved, other.tenant_id) == "UPDATE 0"
            gone = f"DELETE FROM {table} WHERE tenant_id = $1"  # noqa: S608
            assert await connection.execute(gone, other.tenant_id) == "DELETE 0"
    finally:
        await connection.close()


async def test_rows_cannot_be_put_into_another_store(
    two: tuple[Shop, Shop], database: Database
) -> None:
    shop, other = two
    connection = await asyncpg.connect(database.url)
    put = "INSERT INTO customers (tenant_id, id, name, created_at) VALUES ($1, $2, 'x', now())"
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():
                await as_tenant(connection, shop.tenant_id)
                await connection.execute(put, other.tenant_id, new_id())
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection.transaction():  # no tenant at all: closed, not open
                await connection.execute(put, other.tenant_id, new_id())
        assert await connection.fetchval("SELECT count(*) FROM customers") == 0
    finally:
        await connection.close()


async def test_a_child_cannot_hang_on_another_stores_parent(two: tuple[Shop, Shop]) -> None:
    """Foreign-key checks see through row security: the tenant is part of each key."""
    shop, other = two
    theirs = await other.conversation("Иван")
    with pytest.raises(Exception, match="conversations"):
        async with shop.app.uow(shop.tenant_id) as uow:
            sql = await uow.sql()
            await sql.execute(
                "INSERT INTO episodes (tenant_id, id, conversation_id, number, opened_at) "
                "VALUES ($1, $2, $3, 9, now())",
                shop.tenant_id,
                new_id(),
                theirs.id,
            )


async def test_the_log_can_be_added_to_and_not_changed(two: tuple[Shop, Shop]) -> None:
    shop, _ = two
    for change in ("UPDATE audit_log SET action = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with shop.app.uow(shop.tenant_id) as uow:
                await (await uow.sql()).execute(change)


async def test_the_tenant_of_one_transaction_does_not_leak_into_the_next(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id):
        pass
    for _ in range(5):
        assert await shop.app.db.hot.fetchval("SELECT current_tenant()") is None
        assert await shop.app.db.hot.fetchval("SELECT count(*) FROM memberships") == 0


async def test_the_product_connects_as_a_role_that_bypasses_nothing(shop: Shop) -> None:
    role = await shop.app.db.hot.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    owned = await shop.app.db.hot.fetchval(
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    )
    assert role is not None
    assert tuple(role) == (False, False, False)
    assert owned == 0


def test_few_look_across_stores_and_each_is_listed() -> None:
    callers = set()
    for folder in ("api", "bot", "cli", "connectors", "core"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            names |= {n.name for n in ast.walk(tree) if isinstance(n, ast.AsyncFunctionDef)}
            if names & ACROSS:
                callers.add(path.relative_to(ROOT).as_posix())
    assert callers == set(PLATFORM_CALLERS)
