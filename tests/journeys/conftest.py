"""One running product and one sandbox for all stories of a test process; each story its own shop."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from core.kernel.settings import Settings
from sandbox.testing import running_sandbox
from tests.conftest import MASTER_KEY
from tests.support.cluster import Cluster
from tests.support.world import Shop, World, open_world


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def running_world(
    servers_for_tests: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    database = await servers_for_tests.clone()
    folder: Path = tmp_path_factory.mktemp("world")
    settings = Settings(
        _env_file=None,
        database_url=database.url,
        migration_database_url=database.owner_url,
        redis_url=servers_for_tests.redis_url,
        var_dir=folder,
        integration_secrets_master_key=SecretStr(MASTER_KEY),
    )
    async with running_sandbox() as sandbox, open_world(settings, sandbox) as world:
        yield world
    await servers_for_tests.drop(database)


@pytest_asyncio.fixture(loop_scope="session")
async def world(running_world: World) -> AsyncIterator[World]:
    yield running_world
    await running_world.calm()


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: World) -> Shop:
    return await world.shop()
