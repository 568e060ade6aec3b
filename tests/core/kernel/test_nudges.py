"""A nudge wakes the drain it names, or every drain of its queue."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from core.kernel import drains
from core.kernel.drains import Drain
from core.kernel.ids import new_id
from core.kernel.nudges import BOT, CARDS, TAPS, Nudges
from tests.support.redis import cut
from tests.support.waiting import until


@pytest.fixture
def prefix() -> str:
    """Channels have no numbered database: other test processes say the same names."""
    return f"{new_id()}:"


@pytest.fixture
async def sender(redis_url: str, prefix: str) -> AsyncIterator[Nudges]:
    nudges = Nudges(redis_url, prefix=prefix)
    yield nudges
    await nudges.close()


@pytest.fixture
async def looked(
    redis_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Counter[str]]:
    """How often each of the bot's drains has looked; their own timers all but stand still."""
    monkeypatch.setattr(drains, "_TICK_SECONDS", 3600)
    looks: Counter[str] = Counter()

    def drain(name: str) -> Drain:
        async def once() -> int:
            looks[name] += 1
            return 0

        return Drain(name.partition(".")[2], once)

    reader = Nudges(redis_url, prefix=prefix)
    work = asyncio.create_task(drains.run(reader, BOT, [drain(CARDS), drain(TAPS)]))

    async def heard() -> bool:
        return await ears(reader) == 1

    await until(heard)
    looks.clear()
    yield looks
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await reader.close()


async def ears(nudges: Nudges) -> int:
    """How many listen to the bot's nudges."""
    [(_, listening)] = await nudges.redis.pubsub_numsub(f"{nudges.prefix}nudge:{BOT}")
    return int(listening)


async def test_a_named_drain_is_woken_and_the_others_sleep_on(
    sender: Nudges, looked: Counter[str]
) -> None:
    sender.send({CARDS})

    async def drew() -> bool:
        return looked[CARDS] == 1

    await until(drew)
    assert looked[TAPS] == 0


async def test_a_nudge_of_the_queue_wakes_all_of_it(sender: Nudges, looked: Counter[str]) -> None:
    sender.send({BOT})

    async def both() -> bool:
        return looked[CARDS] == looked[TAPS] == 1

    await until(both)


async def test_what_is_no_nudge_wakes_nobody_and_the_ear_stays_open(
    sender: Nudges, looked: Counter[str]
) -> None:
    await sender.redis.publish(f"{sender.prefix}nudge:{BOT}", b"not a message")
    sender.send({f"{BOT}.of_another_version"})
    sender.send({CARDS})

    async def drew() -> bool:
        return looked[CARDS] == 1

    await until(drew)
    assert looked[TAPS] == 0
    assert await ears(sender) == 1


async def test_a_connection_that_broke_between_two_nudges_costs_neither(
    sender: Nudges, looked: Counter[str]
) -> None:
    for times in (1, 2):
        sender.send({CARDS})

        async def drew(times: int = times) -> bool:
            return looked[CARDS] == times

        await until(drew)
        await cut(sender.redis, listening=False)
