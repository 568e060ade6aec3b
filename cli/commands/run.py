"""`sales-operator run`: the whole product under one supervisor."""

import argparse
import asyncio

from cli.commands import Commands
from core.kernel.settings import load


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser(
        "run",
        help="start the whole product and keep it running",
        description=(
            "Starts embedded servers where no addresses are given, the sandbox where no bot token"
            " is, migrates, and keeps one process per role; Ctrl-C stops everything."
        ),
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.product import Product

    asyncio.run(Product().run(load(arguments.env_file)))
    return 0
