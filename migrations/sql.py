"""Runs a migration's SQL file whole: several statements in the migration's own transaction."""

from pathlib import Path

from alembic import op


def run_file(path: Path) -> None:
    op.execute("SELECT 1")  # the driver opens its transaction with the first statement
    pooled = op.get_bind().connection
    sql = path.read_text(encoding="utf-8")
    pooled.dbapi_connection.run_async(lambda raw: raw.execute(sql))  # type: ignore[union-attr]
