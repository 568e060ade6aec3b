"""`sales-operator flag`: show and turn the product's switches."""

import argparse
import asyncio
from pathlib import Path
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "flag",
        help="show the product's switches, or turn one",
        description=(
            "Without a name: every flag, and who decided it. With a name and on or off: turns it"
            " for the whole platform, or for one store; in force everywhere within 2 seconds."
        ),
    )
    parser.add_argument("name", nargs="?", help="AI_SUGGESTIONS_ENABLED and so on")
    parser.add_argument("to", nargs="?", choices=("on", "off"))
    parser.add_argument("--tenant", type=UUID, metavar="ID", help="one store, set apart")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if (arguments.name is None) != (arguments.to is None):
        raise CommandError("flag takes a name together with on or off")
    asyncio.run(_flag(arguments.env_file, arguments.name, arguments.to, arguments.tenant))
    return 0


async def _flag(
    env_file: Path | None, name: str | None, to: str | None, tenant: UUID | None
) -> None:
    from cli.as_store import at_store, complaint
    from cli.joining import joined
    from core.app import open_app
    from core.flags.names import Flag
    from core.flags.service import named, turn, turn_platform
    from core.kernel.errors import DomainError

    try:
        flag = named(name) if name else None
    except DomainError as unknown:
        known = ", ".join(Flag)
        raise CommandError(f"{complaint(unknown)} Known: {known}") from unknown
    if tenant is not None:
        async with at_store(env_file, tenant) as (app, actor):
            if flag:
                async with app.uow(tenant) as uow:
                    await turn(uow, actor, flag, enabled=to == "on")
            states = await app.flags.of(tenant)
    else:
        async with joined(env_file) as settings, open_app(settings, role="command") as app:
            if flag:
                async with app.platform_uow() as puow:
                    await turn_platform(puow, None, flag, enabled=to == "on")
            states = await app.flags.everywhere()
    for state in states.values():
        print(f"{'on ' if state.enabled else 'off'} {state.name}  ({state.source})")
