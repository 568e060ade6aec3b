"""`sales-operator reset`: forget everything kept under VAR_DIR."""

import argparse
import shutil

from cli.commands import Commands
from core.kernel.settings import load


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser(
        "reset",
        help="delete the data under VAR_DIR",
        description=(
            "Deletes the sandbox's data under VAR_DIR, the live data only with --live. Refused"
            " while a product runs there; databases given by address are not touched."
        ),
    )
    parser.add_argument("--live", action="store_true", help="delete the live data as well")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.supervisor.var_lock import hold

    var_dir = load(arguments.env_file).var_dir.absolute()
    with hold(var_dir):
        for place in sorted(var_dir.iterdir()):
            if place.is_dir() and (place.name != "live" or arguments.live):
                shutil.rmtree(place)
                print(f"deleted {place}")
    return 0
