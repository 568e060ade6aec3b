"""Search by words: postings kept by the database, past answers as a source, scratch stores."""

from pathlib import Path

from migrations.sql import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_file(Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    raise RuntimeError("restore the backup taken before the upgrade")
