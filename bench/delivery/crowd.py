"""Two schedulers, five workers and two hosts of channels at once: nothing goes out twice."""

import argparse
import asyncio
import shutil

from bench.delivery.crew import Crew
from bench.delivery.judge import judge, left_open
from bench.delivery.kill import report
from bench.delivery.solo import fill
from bench.delivery.world import folder_for, world
from core.ports.channel import ChannelKind

_REPLICAS = {"channels": 2, "scheduler": 2, "worker": 5}


async def run(count: int) -> int:
    folder = folder_for("crowd")
    crew = Crew()
    try:
        async with world(folder) as here:
            threads = await here.meet(ChannelKind.TELEGRAM_BOT, 50, 1000)
            threads += await here.meet(ChannelKind.TELEGRAM_PERSONAL, 50, 2000)
            await crew.start(here, shares={}, replicas=_REPLICAS)
            await fill(here, threads, count // len(threads), first=1, name="толпа", every="2 ms")
            async with asyncio.timeout(300):
                while await left_open(here):
                    await asyncio.sleep(0.2)
            await crew.stop()
            verdict = await judge(here)
            verdict.hold("ended by themselves", crew.unasked)
    finally:
        await crew.stop()
    shutil.rmtree(folder, ignore_errors=True)
    verdict.counts |= {f"{role}, so many at once": n for role, n in _REPLICAS.items()}
    return report(verdict)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery crowd")
    parser.add_argument("--count", type=int, default=5000)
    return asyncio.run(run(parser.parse_args(arguments).count))
