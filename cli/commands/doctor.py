"""`sales-operator doctor`: what is wrong, and how to mend it."""

import argparse
import asyncio
from pathlib import Path

from cli.commands import Commands


def add_parser(commands: Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="check the configuration and every outside service",
        description="Says what is wrong and how to mend it. Exits 1 if anything fails.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_examine(arguments.env_file))


async def _examine(env_file: Path | None) -> int:
    from cli.doctor.findings import Level, examine, show
    from cli.doctor.ground import GROUND
    from cli.doctor.outside import OUTSIDE
    from cli.joining import joined

    worst = 0
    async with joined(env_file, outside=True, if_there=True) as settings:
        for check in (*GROUND, *OUTSIDE):
            findings = await examine(check, settings)
            print(show(check, findings), flush=True)
            worst = max([worst, *(finding.level is Level.FAIL for finding in findings)])
    return worst
