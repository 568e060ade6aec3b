"""The console script `sales-operator`."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.errors import CommandError
from core.kernel.embedded import EmbeddedError
from core.kernel.settings import ENV_FILE, SettingsError

COMMANDS = (
    "run",
    "roles",
    "sandbox",
    "migrate",
    "doctor",
    "reset",
    "create_owner",
    "connect_bot",
    "flag",
    "import_documents",
    "import_products",
    "search",
    "search_bulk",
)

FAILED = 1
MISCONFIGURED = 2


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="sales-operator",
        description="AI drafts replies to a store's customers; a person approves them in Telegram.",
    )
    top.add_argument(
        "--env-file",
        type=Path,
        default=ENV_FILE,
        metavar="FILE",
        help="read variables from this file too (default: .env); the environment wins",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"cli.commands.{name}").add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except SettingsError as error:
        _complain(str(error))
        return MISCONFIGURED
    except (EmbeddedError, CommandError) as error:
        _complain(str(error))
        return FAILED
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    return code


def _complain(line: str) -> None:
    print(f"sales-operator: {line}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
