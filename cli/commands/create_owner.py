"""`sales-operator create-owner`: the first store and its owner, or the platform's owner."""

import argparse
import asyncio

from cli.commands import Commands
from cli.errors import CommandError


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "create-owner",
        help="make a store and a link for its owner, or name the platform's owner",
        description=(
            "Makes a store, on trial for 3 days, and prints a link to the operators' bot: whoever"
            " opens it first is the owner. The link is good once, for a week."
        ),
    )
    parser.add_argument("--store", metavar="NAME", help="the store's name")
    parser.add_argument("--name", default="", help="the owner's name, with --telegram-id")
    parser.add_argument(
        "--telegram-id",
        type=int,
        metavar="ID",
        help="the owner's Telegram id, if it is known: they are let in without an invite",
    )
    parser.add_argument(
        "--platform",
        action="store_true",
        help="this person owns the platform (needs --telegram-id; --store is not needed)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.platform and not arguments.store:
        raise CommandError("create-owner takes --store NAME, or --platform --telegram-id ID")
    if arguments.platform and arguments.telegram_id is None:
        raise CommandError("--platform takes --telegram-id ID as well: a link could be stolen")
    if arguments.telegram_id is not None and not 0 < arguments.telegram_id < 2**63:
        raise CommandError("--telegram-id takes a positive whole number")
    asyncio.run(_create(arguments))
    return 0


async def _create(arguments: argparse.Namespace) -> None:
    from cli.joining import joined
    from core.app import open_app
    from core.identity.invites import start_link
    from core.identity.service import TelegramProfile
    from core.kernel.errors import DomainError
    from core.onboarding.create_owner import create_owner, create_platform_owner

    person = None
    if arguments.telegram_id is not None:
        person = TelegramProfile(arguments.telegram_id, arguments.name)
    async with joined(arguments.env_file, outside=True) as settings:
        if settings.telegram_bot_token is None:
            raise CommandError("TELEGRAM_BOT_TOKEN: takes the token of the operators' bot")
        try:
            async with open_app(settings, role="command") as app:
                # Asked first: a store whose link cannot be printed would be of no use.
                username = await app.operator_bot.username()
                created = None
                async with app.platform_uow() as puow:
                    if arguments.platform and person is not None:
                        await create_platform_owner(puow, person)
                    if arguments.store:
                        created = await create_owner(puow, arguments.store, founder=person)
        except DomainError as refused:
            raise CommandError(_why(refused.key)) from None
    if created is None:
        print(f"Telegram {arguments.telegram_id} owns the platform")
    elif created.token is None:
        print(f"The store is open and its owner is in: https://t.me/{username}")
    else:
        print(start_link(username, created.token))


def _why(key: str) -> str:
    return {
        "error.telegram_silent": "Telegram does not answer, or refuses TELEGRAM_BOT_TOKEN",
        "settings.name": "--store takes a name of 1 to 120 characters",
    }.get(key, key)
