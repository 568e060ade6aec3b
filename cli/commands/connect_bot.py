"""`sales-operator connect-bot`: connect the store's own Telegram bot."""

import argparse
import asyncio
import getpass
import sys
from pathlib import Path
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "connect-bot",
        help="connect a store's own Telegram bot",
        description=(
            "Connects the bot that the store's customers write to. The token is asked for, or read"
            " from standard input: never given as an argument, where others could see it."
        ),
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    asked = sys.stdin.isatty()
    token = getpass.getpass("The bot's token: ") if asked else sys.stdin.readline()
    asyncio.run(_connect(arguments.env_file, arguments.tenant, token.strip()))
    return 0


async def _connect(env_file: Path | None, tenant: UUID, token: str) -> None:
    from cli.as_store import at_store, complaint
    from core.channels.service import connect_telegram_bot
    from core.kernel.errors import DomainError

    async with at_store(env_file, tenant) as (app, actor):
        try:
            async with app.uow(tenant) as uow:
                account = await connect_telegram_bot(uow, actor, app.vault, token)
        except DomainError as refused:
            raise CommandError(complaint(refused)) from refused
        print(f"connected as account {account.id}; `sales-operator doctor` says how it fares")
