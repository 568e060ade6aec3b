"""Prices looked up on the market."""

from pathlib import Path

from migrations.sql import run_file

revision = "0005"
down_revision = "0001"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise RuntimeError("the product goes forward: restore the backup made before the upgrade")
