"""The walls: tenants, people, conversations, delivery, knowledge, the log."""

from pathlib import Path

from migrations.sql import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise RuntimeError("the first migration has nothing before it: drop the database instead")
