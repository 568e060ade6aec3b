"""The ground of the other tests: clones are separate, clean, and of the migrated template."""

import asyncpg
from redis.asyncio import Redis

from core.kernel.settings import Settings
from tests.support.cluster import Cluster, Database


async def test_two_clones_share_nothing(servers_for_tests: Cluster, database: Database) -> None:
    other = await servers_for_tests.clone()
    owner = await asyncpg.connect(database.owner_url)
    await owner.execute("CREATE TABLE only_here (id int)")
    await owner.close()
    stranger = await asyncpg.connect(other.owner_url)
    assert await stranger.fetchval("SELECT to_regclass('only_here')") is None
    # Still connected, and dropped all the same.
    await servers_for_tests.drop(other)
    await stranger.close()


async def test_settings_lead_to_this_tests_own_database_and_redis(
    settings: Settings, database: Database
) -> None:
    assert settings.database_url
    assert settings.redis_url
    product = await asyncpg.connect(settings.database_url)
    assert await product.fetchval("SELECT current_database()") == database.name
    assert await product.fetchval("SELECT current_user") == "sales_operator_app"
    await product.close()
    redis = Redis.from_url(settings.redis_url)
    assert await redis.dbsize() == 0
    await redis.set("left", "behind")
    await redis.aclose()


async def test_what_a_test_left_in_redis_is_gone(redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    assert await redis.get("left") is None
    await redis.aclose()
