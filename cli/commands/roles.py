"""`sales-operator api|bot|worker|scheduler|channels`: one role on its own."""

import argparse
import asyncio

from cli.commands import Commands
from core.kernel.settings import load

_HELP = {
    "api": "the HTTP API, webhooks and the Mini App's pages",
    "bot": "the operators' Telegram bot",
    "worker": "drafts replies, indexes, reacts to events",
    "scheduler": "the tick that wakes whoever has rows due",
    "channels": "the stores' channels: receives from customers and sends to them",
}


def add_parser(commands: Commands) -> None:
    for role, about in _HELP.items():
        parser = commands.add_parser(
            role,
            help=f"run one role: {about}",
            description=(
                f"Runs {about}, until SIGTERM or Ctrl-C. Joins the servers and the sandbox of a"
                " running product; starts embedded servers if none run."
            ),
        )
        parser.add_argument("--supervised", type=int, metavar="FD", help=argparse.SUPPRESS)
        parser.set_defaults(run=run, role=role)


def run(arguments: argparse.Namespace) -> int:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(arguments))


async def _serve(arguments: argparse.Namespace) -> int:
    from cli.joining import joined
    from cli.roles import serve_role

    if arguments.supervised is not None:  # `run` has settled everything for us
        return await serve_role(arguments.role, load(None), arguments.supervised)
    async with joined(arguments.env_file, outside=True) as settings:
        return await serve_role(arguments.role, settings)
