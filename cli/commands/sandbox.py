"""`sales-operator sandbox`: stand-ins for the outside world, in a process of their own."""

import argparse
import os
import sys
from pathlib import Path

from cli.commands import Commands
from core.kernel.settings import load


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser(
        "sandbox",
        help="start the stand-ins for Telegram, OpenAI and the rest",
        description="Stand-ins for the outside world over HTTP, and a page to play its people.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (127.0.0.1)")
    parser.add_argument("--port", type=int, help="default: SANDBOX_PORT; 0 picks a free one")
    parser.add_argument("--data", type=Path, help="folder that keeps chats between starts")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    settings = load(arguments.env_file)
    port = settings.sandbox_port if arguments.port is None else arguments.port
    data = arguments.data or settings.var_dir.absolute() / "sandbox" / "outside"
    # Replaced by it rather than importing it: the two meet over HTTP only.
    given = ["--host", arguments.host, "--port", str(port), "--data", str(data)]
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *given])  # noqa: S606 our own module
