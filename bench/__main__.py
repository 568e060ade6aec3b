"""`python -m bench [--only NAME] [--scale]`: prints the figures, keeps them in bench/results.json."""

import argparse
import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson
import uvloop

from bench.figures import approvals, inbound, reindex, retrieval, webhook
from bench.measure import Figure
from bench.rig import ROLES, Rig, rig
from bench.scale import fill

_FOLDER = Path(__file__).parents[1] / "var" / "bench"
_RESULTS = Path(__file__).with_name("results.json")
Measured = Callable[[Rig], Awaitable[list[Figure]]]

# The api is measured alone; the rest with the other roles running.
_ALONE: dict[str, Measured] = {"webhook": webhook.webhook}
_TOGETHER: dict[str, Measured] = {
    "backlog": inbound.backlog,
    "steady20": partial(inbound.steady, rate=20),
    "steady100": partial(inbound.steady, rate=100),
    "draft5": partial(inbound.drafted, rate=5),
    "draft20": partial(inbound.drafted, rate=20),
    "approvals": approvals.burst,
    "use_case": approvals.use_case,
    "end_to_end": approvals.end_to_end,
    "reindex": partial(reindex.reindex, rate=5),
}

_SEARCH = "search"  # on servers of its own


async def run(only: str | None, *, scale: bool, sample: bool) -> list[Figure]:
    """Everything, or what was asked for; each figure is printed as soon as it is known."""
    figures: list[Figure] = []
    began = time.monotonic()

    async def measure(all_: dict[str, Measured], ready: Rig) -> None:
        for name, measured in all_.items():
            if only in {None, name}:
                found = await measured(ready)
                figures.extend(found)
                print("\n".join(figure.line() for figure in found), flush=True)

    print(f"{'name':<44} {'value':>9} {'unit':<8} {'ratio':>6} {'floor':>9}")
    if only != _SEARCH:
        async with rig(_FOLDER) as ready:
            ready.sampled = ROLES if sample else ()
            if scale:
                await fill(ready)
            await measure(_ALONE, ready)
            if only not in _ALONE:
                await ready.change(quiet_milliseconds=0)
                await ready.start_roles()
                await inbound.warm_up(ready)
                await measure(_TOGETHER, ready)
    if only in {None, _SEARCH}:
        found = await retrieval.figures(1_000_000 if scale else 100_000)
        figures += found
        print("\n".join(figure.line() for figure in found), flush=True)
    print(f"{len(figures)} figures in {time.monotonic() - began:.0f} s", flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=[*_ALONE, *_TOGETHER, _SEARCH])
    parser.add_argument("--scale", action="store_true", help="upon 1,000,000 messages")
    parser.add_argument("--sample", action="store_true", help="where CPU goes: var/bench/*.samples")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(run(given.only, scale=given.scale, sample=given.sample))
    if given.only is not None:
        return  # what is kept is one whole run
    _RESULTS.write_bytes(
        orjson.dumps(
            {
                "at": datetime.now(UTC),
                "scale": given.scale,
                "cpus": os.cpu_count(),
                "figures": [figure.kept() for figure in figures],
            },
            option=orjson.OPT_INDENT_2,
        )
    )


if __name__ == "__main__":
    main()
