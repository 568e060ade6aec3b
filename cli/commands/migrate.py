"""`sales-operator migrate`: bring the database to the newest schema."""

import argparse
import asyncio
from pathlib import Path

from cli.commands import Commands


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser(
        "migrate",
        help="bring the database to the newest schema",
        description=(
            "Applies the migrations that are missing, as the owner (MIGRATION_DATABASE_URL, else"
            " DATABASE_URL). Several at once take turns; done twice it changes nothing."
        ),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    asyncio.run(_migrate(arguments.env_file))
    print("the database has the newest schema")
    return 0


async def _migrate(env_file: Path | None) -> None:
    from cli.joining import joined
    from cli.steps import migrate

    async with joined(env_file) as settings:
        await migrate(settings)
