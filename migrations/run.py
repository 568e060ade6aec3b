"""Brings a database to the newest schema, and says whether the models still equal it."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from migrations.compare import include

_HERE = Path(__file__).parent
# One number for everybody who migrates: two at once would race.
_LOCK = 7_311_903


def _config(connection: Connection, metadata: MetaData | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def head() -> str:
    """The newest revision this release knows."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    revision = ScriptDirectory.from_config(config).get_current_head()
    if revision is None:
        raise RuntimeError("there are no migrations")
    return revision


def _migrate(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _LOCK})
    connection.commit()
    try:
        command.upgrade(_config(connection), "head")
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _LOCK})
        connection.commit()


async def upgrade_async(owner_url: str) -> None:
    """Migrate as the owner; several callers at once take turns."""
    url = make_url(owner_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
    finally:
        await engine.dispose()


def upgrade(owner_url: str) -> None:
    """The same for callers without an event loop."""
    asyncio.run(upgrade_async(owner_url))


async def differences(owner_url: str, metadata: MetaData) -> list[object]:
    """What the models say and the migrated database does not, or the other way round."""
    url = make_url(owner_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url)

    def compare(connection: Connection) -> list[object]:
        options = {"compare_type": True, "include_object": include}
        return list(
            compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        )

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()
