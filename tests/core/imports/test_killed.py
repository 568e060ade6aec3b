"""A worker process is killed in the middle of an import, as a machine that loses its power."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path

from core.kernel.settings import environment
from tests.core.imports.conftest import Importer
from tests.core.imports.files import GOODS, csv_of
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
ROWS = 2_500


async def worker(importer: Importer) -> Process:
    settings = importer.app.settings
    own = {
        "PYTHONPATH": str(ROOT),
        "SANDBOX": "0",
        "TELEGRAM_BOT_TOKEN": "7000000001:AAE-test-token-of-the-operators-bot",
        "TELEGRAM_API_BASE": "http://127.0.0.1:9",
        "MEDIA_URL": f"file://{settings.data_dir.absolute()}/media",
    }
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "worker",
        env={**os.environ, **environment(settings), **own}, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip


async def test_a_killed_worker_leaves_nothing_and_the_next_one_finishes(importer: Importer) -> None:
    raw = csv_of([GOODS[0], *((f"N{n:05}", f"Деталь {n}", "100", "1") for n in range(ROWS))])
    view = await importer.brings(raw)
    await importer.presses_apply(view)
    first = await worker(importer)

    async def under_way() -> bool:
        return 0 < (await importer.looks(view.id)).done < ROWS

    async def over() -> bool:
        return (await importer.looks(view.id)).state == "done"

    try:
        await until(under_way, seconds=60)
        us, theirs = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, first.pid))
        assert theirs > us, "the worker gives way to cards and replies"
    finally:
        with suppress(ProcessLookupError):
            first.kill()
        await first.wait()
    assert (await importer.looks(view.id)).state == "applying"
    assert await importer.goods() == []
    # What a minute would do: nobody renews the lease of the dead.
    await importer.sql("UPDATE imports SET lease_until = now() RETURNING id")
    second = await worker(importer)
    try:
        await until(over, seconds=120)
    finally:
        with suppress(ProcessLookupError):
            second.terminate()
        await second.wait()
    done = await importer.looks(view.id)
    assert (done.created, done.rejected, len(await importer.goods())) == (ROWS, 0, ROWS)
