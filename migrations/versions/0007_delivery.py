"""Delivery: replies that are parked, typing before a send, indexes that a million rows don't slow."""

from pathlib import Path

from migrations.sql import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    run_file(Path(__file__).with_suffix(".down.sql"))
