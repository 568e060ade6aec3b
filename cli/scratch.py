"""A store that is made to be measured and removed, with all that it held."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from core.app import App
from core.schema import metadata
from core.tenants.service import open_store

NAME = "scratch"
_ABANDONED = timedelta(hours=12)  # by a process that was killed
_OLD = "SELECT id FROM tenants WHERE scratch_since < $1"


@contextlib.asynccontextmanager
async def scratch_store(app: App) -> AsyncIterator[UUID]:
    """The id of a new store; gone at the end, however the block ends."""
    await remove_abandoned(app)
    async with app.platform_uow() as puow:
        store = open_store(puow, puow.clock, NAME)
        store.scratch_since = puow.clock.now()
    try:
        yield store.id
    finally:
        async with app.db.hot_platform() as sql:
            await remove(sql, store.id)


async def remove_abandoned(app: App) -> None:
    async with app.db.hot_platform() as sql:
        for row in await sql.fetch(_OLD, app.clock.now() - _ABANDONED):
            await remove(sql, row["id"])


async def remove(sql: "asyncpg.Connection[Any] | Any", store: UUID) -> None:
    """Every row of the store, children first; of a real store nothing is ever removed here."""
    if not await sql.fetchval(
        "SELECT scratch_since IS NOT NULL FROM tenants WHERE id = $1 FOR UPDATE", store
    ):
        return
    # The index at once, before its chunks: they would take it away word by word.
    first = ["chunk_words", "store_word_grams", "store_words"]
    rest = [table.name for table in reversed(metadata.sorted_tables)]
    for name in (*first, *(name for name in rest if name not in first)):
        table = metadata.tables[name]
        if "tenant_id" in table.c:
            # The name is one of our own tables'.
            statement = f"DELETE FROM {name} WHERE tenant_id = $1"  # noqa: S608
            await sql.execute(statement, store, timeout=600)
    await sql.execute("DELETE FROM tenants WHERE id = $1", store)
