"""Imports of documents and products; a fair indexing queue; lists by their last change."""

from pathlib import Path

from migrations.sql import run_file

revision = "0002"
down_revision = "0005"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))
