"""Each fault put into the product on purpose, one after the other: the kill exam must catch them all."""

import argparse
import asyncio
import shutil

from bench.delivery.kill import run
from bench.delivery.mutants import MUTANTS
from bench.delivery.world import folder_for

# By which words of the verdict each is known, how many deaths it is given, only where it takes one
# to bite, and whose if not everybody's. Of the product as it is nothing may be said.
CAUGHT_BY: dict[str, tuple[str, int, str | None]] = {
    "none": ("", 0, None),
    "order": ("out of order", 0, None),
    "key": ("taken twice, keyed", 40, None),
    "fence": ("the thread had moved on, yet sent", 0, None),
    "lease": ("in doubt, though nobody died", 0, None),
    "hold": ("in doubt, though nobody died", 0, None),
    "press": ("presses nobody answered", 12, "bot"),
}
# A day is as long as its work takes: how long that is, is the machine's affair.
_LONGEST_SECONDS = 180.0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery mutants")
    parser.add_argument("--replies", type=int, default=2000)
    parser.add_argument("--only", choices=sorted(MUTANTS))
    given = parser.parse_args(arguments)
    missed = 0
    for name in [given.only] if given.only else sorted(MUTANTS):
        words, kills, role = CAUGHT_BY[name]
        folder = folder_for("mutant")
        verdict = asyncio.run(
            run(
                folder, kills=kills, crashes=0, cancels=0, seed=7, mutant=name,
                seconds=_LONGEST_SECONDS, only=role, replies=0 if kills else given.replies,
            )
        )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
        caught = [fault for fault in verdict.faults if fault.startswith(words)]
        good = not verdict.faults if name == "none" else bool(caught)
        missed += not good
        said = "; ".join(fault[:140] for fault in caught) or ("clean" if good else "MISSED")
        print(f"{name:<12}{said}", flush=True)
    print("FAILED" if missed else "PASSED")
    return 1 if missed else 0
