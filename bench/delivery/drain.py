"""The drain with HTTP against the bare floor: aiogram's sendMessage, as many in flight, by turns."""

import argparse
import asyncio
import shutil
from statistics import median

import uvloop
from aiogram import Bot

from bench.delivery import solo
from bench.delivery.solo import Spent, fill, until_empty
from bench.delivery.world import World, folder_for, world
from bench.rig import STORE_BOT
from connectors.telegram_bot.client import Line
from core.delivery.drain import _MOST_IN_FLIGHT
from core.ports.channel import ChannelKind

_LEAST_RATE, _MOST_CPU = 0.35, 2.5


async def _floor(here: World, count: int) -> tuple[float, float, float]:
    line = Line(here.settings.telegram_api_base)
    bot = Bot(STORE_BOT, session=line)
    numbers = iter(range(count))

    async def send() -> None:
        for n in numbers:
            await bot.send_message(1000 + n % 100, f"пол {n}")

    await bot.send_message(1000, "пол")
    spent = Spent(here)
    await asyncio.gather(*(send() for _ in range(_MOST_IN_FLIGHT)))
    found = spent.now()
    await line.close()
    return found


async def _ours(here: World, count: int, block: int) -> tuple[float, float, float]:
    threads = here.threads[ChannelKind.TELEGRAM_BOT]
    each = count // len(threads)
    await fill(here, threads, each, first=1 + block * each, name=f"блок {block}")
    async with solo.host(here):
        spent = Spent(here)
        await until_empty(here)
        return spent.now()


async def run(count: int, blocks: int) -> int:
    folder = folder_for("drain")
    async with world(folder) as here:
        await here.meet(ChannelKind.TELEGRAM_BOT, count // 4, 1000)
        await here.execute("UPDATE cards SET state = 'gone'")
        ours, floor = [], []
        for block in range(blocks + 1):  # the first is not measured
            ours.append(await _ours(here, count, block))
            floor.append(await _floor(here, count))
    shutil.rmtree(folder, ignore_errors=True)
    rate = median(count / one[0] for one in ours[1:])
    floor_rate = median(count / one[0] for one in floor[1:])
    cpu = median(one[1] / count * 1e6 for one in ours[1:])
    floor_cpu = median(one[1] / count * 1e6 for one in floor[1:])
    behind = median(one[2] / count * 1e6 for one in ours[1:])
    print(f"in flight {_MOST_IN_FLIGHT}, latency 2–20 ms, {blocks} blocks of {count}, by turns")
    print(
        f"drain_rate       {rate:8.0f} /s   floor {floor_rate:8.0f} /s   ratio {rate / floor_rate:.2f}"
    )
    print(
        f"drain_cpu        {cpu:8.0f} us   floor {floor_cpu:8.0f} us   ratio {cpu / floor_cpu:.2f}"
    )
    print(f"drain_servers    {behind:8.0f} us   (Postgres, beside it)")
    good = rate / floor_rate >= _LEAST_RATE and cpu / floor_cpu <= _MOST_CPU
    print("PASSED" if good else f"FAILED: asked for rate ≥ {_LEAST_RATE}, CPU ≤ {_MOST_CPU}")
    return 0 if good else 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery drain")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--blocks", type=int, default=3)
    given = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(given.count, given.blocks))
