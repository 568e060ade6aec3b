"""`make migration m="…"`: a numbered migration whose SQL is what the models have and it has not.

It is a draft to be read: set a lock timeout, think of the release before this one.
"""

import asyncio
import importlib
import io
import re
import sys
from pathlib import Path

from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import MigrationScript, OpContainer
from sqlalchemy import Connection, MetaData
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cli.joining import joined, owner_url
from cli.steps import migrate
from core.kernel.settings import ENV_FILE

VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"

_MODULE = '''"""{title}."""

from pathlib import Path

from migrations.sql import run_file

revision = "{revision}"
down_revision = "{former}"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))
'''


def _as_sql(connection: Connection, metadata: MetaData) -> str:
    include = importlib.import_module("migrations.compare").include
    options = {"compare_type": True, "include_object": include}
    context = MigrationContext.configure(connection, opts=options)
    script: MigrationScript = produce_migrations(context, metadata)
    text = io.StringIO()
    offline = MigrationContext.configure(
        dialect=connection.dialect, opts={"as_sql": True, "output_buffer": text}
    )
    operations = Operations(offline)
    if script.upgrade_ops is not None:
        _invoke(operations, script.upgrade_ops)
    return text.getvalue().strip()


def _invoke(operations: Operations, container: OpContainer) -> None:
    for one in container.ops:
        if isinstance(one, OpContainer):
            _invoke(operations, one)
        else:
            operations.invoke(one)


async def _draft() -> str:
    metadata: MetaData = importlib.import_module("core.schema").metadata
    async with joined(ENV_FILE) as settings:
        await migrate(settings)
        url = make_url(owner_url(settings)).set(drivername="postgresql+asyncpg")
        engine = create_async_engine(url)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(_as_sql, metadata)
        finally:
            await engine.dispose()


def main(title: str) -> None:
    sql = asyncio.run(_draft())
    former = max(path.stem for path in VERSIONS.glob("[0-9]*.py"))
    revision = f"{int(former[:4]) + 1:04}"
    slug = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    name = f"{revision}_{slug}"
    head = f"-- {title}.\nSET LOCAL lock_timeout = '3s';\n\n"
    (VERSIONS / f"{name}.sql").write_text(head + (sql or "-- the models equal the database") + "\n")
    module = _MODULE.format(title=title, revision=revision, former=former[:4])
    (VERSIONS / f"{name}.py").write_text(module)
    print(f"wrote migrations/versions/{name}.sql and .py: read them before you commit them")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
