"""What every test may ask for: a migrated database and an empty Redis of its own, and settings."""

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from core.app import App, open_app
from core.kernel.logs import configure
from core.kernel.settings import Settings, variables
from tests.support.cluster import Cluster, Database, cluster
from tests.support.shop import Shop, open_shop

MASTER_KEY = base64.b64encode(bytes(range(32))).decode()


def pytest_configure() -> None:
    """Whatever this machine is configured for, the tests do not see it."""
    for name in variables():
        os.environ.pop(name, None)
    configure(level="INFO", form="json", role="test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: begun last, an exam would keep one core waiting for the other."""
    items.sort(key=lambda item: "exams" not in item.path.parts)


@pytest.fixture(scope="session")
async def servers_for_tests() -> AsyncIterator[Cluster]:
    async with cluster() as ready:
        yield ready


@pytest.fixture
async def database(servers_for_tests: Cluster) -> AsyncIterator[Database]:
    """A clone of the migrated template, dropped after the test."""
    clone = await servers_for_tests.clone()
    yield clone
    await servers_for_tests.drop(clone)


@pytest.fixture
async def redis_url(servers_for_tests: Cluster) -> AsyncIterator[str]:
    """An empty numbered Redis database."""
    url = servers_for_tests.redis_url
    redis = Redis.from_url(url)
    await redis.flushdb()
    yield url
    await redis.flushdb()
    await redis.aclose()


@pytest.fixture
def settings(database: Database, redis_url: str, tmp_path: Path) -> Settings:
    """Settings of a product on this test's own database, Redis and folder."""
    return Settings(
        _env_file=None,
        database_url=database.url,
        migration_database_url=database.owner_url,
        redis_url=redis_url,
        var_dir=tmp_path,
        integration_secrets_master_key=SecretStr(MASTER_KEY),
    )


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """The product's core, open on this test's own servers."""
    async with open_app(settings, role="test", redis_prefix="") as opened:
        yield opened


@pytest.fixture
async def shop(app: App) -> Shop:
    """A store with Олег, its owner, and Анна, who is on duty."""
    return await open_shop(app)
