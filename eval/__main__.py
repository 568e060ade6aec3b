"""`python -m eval [PART …]`: prints a line for each set and figure; 1 if a bar is missed."""

import argparse
import asyncio
import importlib
import sys
from collections.abc import Sequence

from eval.table import Line, shown

# Each has `async def lines() -> list[Line]`.
PARTS = ("retrieval", "intents", "numbers", "injections")


async def run(parts: Sequence[str]) -> list[Line]:
    found: list[Line] = []
    for part in parts:
        found += await importlib.import_module(f"eval.{part}").lines()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    lines = asyncio.run(run(parser.parse_args().parts or PARTS))
    print(shown(lines))
    return 0 if all(line.passed for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
