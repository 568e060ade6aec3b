"""Replies that go out by themselves: licences, reviews, the breaker, replays, pace, notices."""

from pathlib import Path

from migrations.sql import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise RuntimeError("certificates and verdicts are records: they are not dropped")
