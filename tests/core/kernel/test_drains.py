"""A drain's passes: at once after a rest, together when they come in quick succession."""

import asyncio
import itertools

from core.kernel.drains import Drain


async def test_what_comes_in_quick_succession_is_done_together() -> None:
    loop = asyncio.get_running_loop()
    began: list[float] = []
    enough = asyncio.Event()

    async def once() -> int:
        began.append(loop.time())
        drain.wake()  # more has come already
        if len(began) == 4:
            enough.set()
        return 0

    drain = Drain("some", once, gap=0.05)
    running = asyncio.create_task(drain.run())
    await enough.wait()
    running.cancel()
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(began))


async def test_a_pass_that_failed_is_tried_again() -> None:
    tries = 0
    enough = asyncio.Event()

    async def once() -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise OSError("away")
        enough.set()
        return 0

    drain = Drain("some", once)
    running = asyncio.create_task(drain.run())
    drain.wake()
    await enough.wait()
    running.cancel()
