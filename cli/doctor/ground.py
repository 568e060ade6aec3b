"""Checks of the ground: settings, Postgres, Redis, the port."""

import socket
from collections.abc import Sequence

import asyncpg
from redis.asyncio import Redis
from redis.exceptions import RedisError

from cli.doctor.findings import Check, Finding, fail, ok, warn
from cli.joining import owner_url
from core.kernel.settings import Settings

_OLDEST_POSTGRES = 180_000
_OLDEST_REDIS = (6, 2)
_ROLE = "sales_operator_app"


async def settings(found: Settings) -> Sequence[Finding]:
    if found.sandbox_on:
        return [
            warn(
                "the sandbox stands in for the outside world: nobody real is reached",
                "to go live set TELEGRAM_BOT_TOKEN (from BotFather) and SANDBOX=0",
            )
        ]
    findings = [ok("live")]
    if found.openai_api_key is None:
        findings.append(
            warn("no AI key: people answer without drafts", "set OPENAI_API_KEY to have drafts")
        )
    if not found.public_address.startswith("https://"):
        findings.append(
            warn(
                f"PUBLIC_URL is {found.public_address}: Telegram opens the Mini App over https only",
                "put the API behind https and set PUBLIC_URL to that address",
            )
        )
    return findings


async def database(found: Settings) -> Sequence[Finding]:
    try:
        connection = await asyncpg.connect(found.database_url, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        return [fail(f"cannot connect: {error}", "check DATABASE_URL and that Postgres runs")]
    try:
        return [
            *_version(await connection.fetchval("SHOW server_version_num")),
            *await _product_role(connection),
            *await _encoding(connection),
            *await _vector(connection),
        ]
    finally:
        await connection.close()


def _version(number: str) -> list[Finding]:
    if int(number) < _OLDEST_POSTGRES:
        return [fail(f"Postgres {int(number) // 10_000} is too old", "use Postgres 18")]
    return [ok(f"Postgres {int(number) // 10_000}.{int(number) % 10_000}")]


async def _product_role(connection: asyncpg.Connection) -> list[Finding]:
    name = await connection.fetchval("SELECT current_user")
    bypasses = await connection.fetchval(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    if not bypasses:
        return [ok(f"works as {name}, which bypasses no row-level security")]
    may = await connection.fetchval(
        "SELECT count(*) FROM pg_roles WHERE rolname = $1 AND NOT (rolsuper OR rolbypassrls)", _ROLE
    )
    if may:
        return [
            warn(
                f"{name} bypasses row-level security; the product steps down to {_ROLE} at connect",
                f"let DATABASE_URL connect as {_ROLE}, and MIGRATION_DATABASE_URL as {name}",
            )
        ]
    return [
        fail(
            f"{name} bypasses row-level security: stores would not be kept apart",
            f"run `sales-operator migrate`, then let DATABASE_URL connect as {_ROLE}",
        )
    ]


async def _encoding(connection: asyncpg.Connection) -> list[Finding]:
    encoding = await connection.fetchval("SHOW server_encoding")
    found = await connection.fetchval(
        "SELECT to_tsvector('russian', 'КОРОБКИ') @@ to_tsquery('russian', 'коробка')"
    )
    if encoding == "UTF8" and found:
        return [ok("UTF-8, Russian full text works")]
    return [
        fail(
            f"encoding {encoding}: Russian full text finds nothing",
            "make the database with ENCODING UTF8, LOCALE_PROVIDER builtin, BUILTIN_LOCALE C.UTF-8",
        )
    ]


async def _vector(connection: asyncpg.Connection) -> list[Finding]:
    version = await connection.fetchval(
        "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
    )
    if version:
        return [ok(f"pgvector {version}")]
    offered = await connection.fetchval(
        "SELECT default_version FROM pg_available_extensions WHERE name = 'vector'"
    )
    if offered:
        return [warn(f"pgvector {offered} is not created yet", "run `sales-operator migrate`")]
    return [fail("pgvector is not installed in Postgres", "use the image pgvector/pgvector:pg18")]


async def owner(found: Settings) -> Sequence[Finding]:
    """Whether migrations could be applied."""
    try:
        connection = await asyncpg.connect(owner_url(found), timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        return [fail(f"cannot connect: {error}", "check MIGRATION_DATABASE_URL")]
    try:
        may = await connection.fetchval("SELECT has_schema_privilege('public', 'CREATE')")
    finally:
        await connection.close()
    if may:
        return [ok("may change the schema")]
    return [
        fail(
            "may not change the schema, migrations would fail",
            "set MIGRATION_DATABASE_URL to the database owner's address",
        )
    ]


async def redis(found: Settings) -> Sequence[Finding]:
    client = Redis.from_url(found.redis_url or "", socket_connect_timeout=10)
    try:
        about = await client.info()
    except (OSError, RedisError) as error:
        return [fail(f"cannot connect: {error}", "check REDIS_URL and that Redis runs")]
    finally:
        await client.aclose()
    findings = []
    version = tuple(int(part) for part in str(about["redis_version"]).split(".")[:2])
    if version < _OLDEST_REDIS:
        findings.append(
            fail(f"Redis {about['redis_version']} is too old", "use Redis 6.2 or newer")
        )
    else:
        findings.append(ok(f"Redis {about['redis_version']}"))
    policy = about.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        findings.append(
            warn(f"maxmemory-policy is {policy}: nudges may vanish", "set it to noeviction")
        )
    return findings


async def port(found: Settings) -> Sequence[Finding]:
    try:
        with socket.create_server((found.host, found.port)):
            return [ok(f"{found.host}:{found.port} is free")]
    except OSError as error:
        return [
            warn(
                f"{found.host}:{found.port} is taken ({error.strerror})",
                "nothing to do if the product runs; else stop who has it, or set PORT",
            )
        ]


GROUND = (
    Check("settings", settings),
    Check("database", database),
    Check("migrations", owner),
    Check("redis", redis),
    Check("port", port),
)
