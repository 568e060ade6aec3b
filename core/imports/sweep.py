"""Forgets the files and the rows of imports that nobody will look at again."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.app import App

KEPT = timedelta(days=30)
_BATCH = 100
_ABANDONED = """
UPDATE imports SET state = 'cancelled', finished_at = $1
WHERE state = 'previewed' AND created_at < $2
"""
_OLD = """
SELECT tenant_id, id, storage_key FROM imports
WHERE storage_key IS NOT NULL
  AND (finished_at < $1 OR (state = 'cancelled' AND finished_at <= $2)) LIMIT $3
"""
_FORGOTTEN = "UPDATE imports SET storage_key = NULL WHERE tenant_id = $1 AND id = $2"
_ROWS = """
DELETE FROM import_rows WHERE tenant_id = $1 AND import_id = $2
"""


async def sweep(app: "App") -> int:
    """Bytes and rows of imports that ended a month ago, or were cancelled; how many."""
    now = app.clock.now()
    async with app.db.hot_platform() as sql:
        await sql.execute(_ABANDONED, now, now - KEPT)
        old = await sql.fetch(_OLD, now - KEPT, now, _BATCH)
    for row in old:
        await app.storage.delete(row["storage_key"])
        async with app.db.hot_platform() as sql:
            await sql.execute(_ROWS, row["tenant_id"], row["id"])
            await sql.execute(_FORGOTTEN, row["tenant_id"], row["id"])
    return len(old)
