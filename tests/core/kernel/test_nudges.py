"""A nudge wakes the drain it names, or every drain of its queue."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from core.kernel import drains
from core.kernel.drains import Drain
from core.kernel.nudges import BOT, CARDS, TAPS, Nudges
from tests.support.waiting import until


@asynccontextmanager
async def role(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter[str]]:
    """The bot's drains with their own timers all but stopped; how often each has looked."""
    monkeypatch.setattr(drains, "_TICK_SECONDS", 3600)
    looked: Counter[str] = Counter()

    def drain(name: str) -> Drain:
        async def once() -> int:
            looked[name] += 1
            return 0

        return Drain(name.partition(".")[2], once)

    reader = Nudges(redis_url)
    work = asyncio.create_task(drains.run(reader, BOT, [drain(CARDS), drain(TAPS)]))

    async def heard() -> bool:
        return bool(await reader.redis.pubsub_numsub(f"nudge:{BOT}") == [(b"nudge:bot", 1)])

    await until(heard)
    looked.clear()
    yield looked
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await reader.close()


async def test_a_named_drain_is_woken_and_the_others_sleep_on(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Nudges(redis_url)
    async with role(redis_url, monkeypatch) as looked:
        sender.send({CARDS})

        async def drew() -> bool:
            return looked[CARDS] == 1

        await until(drew)
        assert looked[TAPS] == 0
    await sender.close()


async def test_a_nudge_of_the_queue_wakes_all_of_it(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Nudges(redis_url)
    async with role(redis_url, monkeypatch) as looked:
        sender.send({BOT})

        async def both() -> bool:
            return looked[CARDS] == looked[TAPS] == 1

        await until(both)
    await sender.close()


async def test_what_is_no_nudge_wakes_nobody_and_the_ear_stays_open(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = Nudges(redis_url)
    async with role(redis_url, monkeypatch) as looked:
        await sender.redis.publish(f"nudge:{BOT}", b"not a message")
        sender.send({f"{BOT}.of_another_version"})
        sender.send({CARDS})

        async def drew() -> bool:
            return looked[CARDS] == 1

        await until(drew)
        assert looked[TAPS] == 0
        assert await sender.redis.pubsub_numsub(f"nudge:{BOT}") == [(b"nudge:bot", 1)]
    await sender.close()
