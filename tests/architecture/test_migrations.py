"""The migrated database and the models say the same."""

import importlib

from tests.support.cluster import Database


async def test_models_equal_migrations(database: Database) -> None:
    differences = importlib.import_module("migrations.run").differences
    metadata = importlib.import_module("core.schema").metadata
    assert await differences(database.owner_url, metadata) == []


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    upgrade = importlib.import_module("migrations.run").upgrade_async
    await upgrade(database.owner_url)
