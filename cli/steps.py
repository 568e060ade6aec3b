"""What `run` does between the servers and the roles."""

import importlib
import importlib.util
from typing import Any

import asyncpg

from cli.joining import owner_url
from cli.outside import demo_cast
from core.kernel.settings import Settings


async def migrate(settings: Settings) -> None:
    """Bring the database to the newest schema, as its owner."""
    if exists("migrations.run"):
        await _attribute("migrations.run", "upgrade_async")(owner_url(settings))


async def seed(settings: Settings) -> None:
    """Fill an empty sandbox database with the demo store; a database with a store stays as it is."""
    if not (settings.sandbox_on and exists("core.onboarding.demo")):
        return
    if await _is_filled(settings):
        return
    people, token = await demo_cast(settings)
    async with _attribute("core.app", "open_app")(settings, role="command") as app:
        await _attribute("core.onboarding.demo", "seed")(app, people, token)


async def _is_filled(settings: Settings) -> bool:
    """Whether the demo's last step is done: asked barely, as opening the product takes seconds."""
    connection = await asyncpg.connect(owner_url(settings))
    try:
        return bool(await connection.fetchval(_FILLED))
    finally:
        await connection.close()


_FILLED = """
SELECT EXISTS (SELECT FROM documents d JOIN tenants t ON t.id = d.tenant_id
               WHERE t.scratch_since IS NULL)
"""


def exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _attribute(module: str, name: str) -> Any:
    return getattr(importlib.import_module(module), name)
