"""Redis is killed, emptied, and away: rows are the truth, so nothing is lost, doubled, or very late."""

import argparse
import asyncio
import os
import random
import shutil
import signal
import time
from contextlib import suppress

import uvloop
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bench.delivery import solo
from bench.delivery.crew import redis_pids
from bench.delivery.judge import judge
from bench.delivery.kill import report
from bench.delivery.world import World, folder_for, world
from core.ports.channel import ChannelKind

_GRACE_SECONDS = 2.0


async def _plans(here: World, stop: asyncio.Event, answered: list[float]) -> None:
    """A reply every 50 ms, each by the use case, each due at once."""
    dice = random.Random(7)  # noqa: S311 - chance that can be repeated
    threads = [id_ for some in here.threads.values() for id_ in some]
    n = 0
    while not stop.is_set():
        n += 1
        began = time.monotonic()
        await here.plans(dice.choice(threads), f"ответ {n:06d}")
        answered.append(time.monotonic() - began)
        await asyncio.sleep(0.05)


async def run(kills: int, outage: float) -> int:
    folder = folder_for("redis")
    async with world(folder) as here:
        await here.meet(ChannelKind.TELEGRAM_BOT, 20, 1000)
        await here.meet(ChannelKind.TELEGRAM_PERSONAL, 20, 2000)
        stop, took = asyncio.Event(), list[float]()
        killed = 0
        async with solo.host(here):
            planning = asyncio.create_task(_plans(here, stop, took))
            while killed < kills:
                await asyncio.sleep(0.5)
                if not await _answers(here):
                    continue  # whoever watches over it is bringing it back
                for pid in redis_pids(here):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                        killed += 1
            await _emptied(here)
            until = time.monotonic() + outage
            while time.monotonic() < until:  # whoever brings it back, it is killed again
                for pid in redis_pids(here):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                await asyncio.sleep(0.1)
            await asyncio.sleep(3)
            stop.set()
            await planning
            await solo.until_empty(here)
        verdict = await judge(here)
        sql = await here.sql()
        row = await sql.fetchrow(
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, max(late) AS worst"
            " FROM (SELECT extract(epoch FROM settled_at - planned_for)::float8 AS late"
            " FROM outbound_messages WHERE state = 'sent') s"
        )
        await sql.close()
    shutil.rmtree(folder, ignore_errors=True)
    assert row is not None
    verdict.counts |= {
        "kill -9 of Redis": killed,
        "outage, s": outage,
        "late p50, s": round(row["p50"], 3),
        "latest, s": round(row["worst"], 3),
        "longest plan, s": round(max(took), 3),
    }
    if killed < kills:
        verdict.faults.append(f"killed {killed} of {kills}")
    if row["worst"] > outage + _GRACE_SECONDS:
        verdict.faults.append(f"{row['worst']:.1f} s late")
    return report(verdict)


async def _answers(here: World) -> bool:
    redis = Redis.from_url(here.settings.redis_url or "")
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False
    finally:
        await redis.aclose()


async def _emptied(here: World) -> None:
    redis = Redis.from_url(here.settings.redis_url or "")
    for _ in range(50):
        with suppress(RedisError, OSError):
            await redis.flushall()
            break
        await asyncio.sleep(0.1)
    await redis.aclose()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery redis")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--outage", type=float, default=30.0)
    given = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(given.kills, given.outage))
