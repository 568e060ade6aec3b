"""A worker dies over an import: nothing is half in, and another goes on from the file."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from core.app import open_app
from core.catalog.service import Batch
from core.imports import applying, drain, previewing, sweep
from core.imports.claimed import Claimed
from core.imports.drain import LEASE, MOST_ATTEMPTS, finish, import_due
from core.kernel.clock import HeldClock
from core.kernel.settings import Settings
from tests.core.imports.conftest import Importer, open_store
from tests.core.imports.files import GOODS, csv_of

MANY = csv_of([GOODS[0], *((f"N{n:04}", f"Деталь {n}", "100", "1") for n in range(450))])


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(datetime(2026, 9, 1, 9, tzinfo=UTC))


@pytest.fixture
async def held(settings: Settings, clock: HeldClock) -> AsyncIterator[Importer]:
    """The product by a clock that only the test moves."""
    async with open_app(settings, role="test", clock=clock) as app:
        yield await open_store(app, "Разборка Мотор")


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The worker stops for ever over its third slice, the first two written."""
    reached = asyncio.Event()
    taken = 0
    take = Batch.take

    async def stopping(self: Batch, *given: object) -> object:
        nonlocal taken
        if not self.dry:
            taken += 1
            if taken == 3:
                reached.set()
                await asyncio.Event().wait()
        return await take(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Batch, "take", stopping)
    return reached


async def kill(task: asyncio.Task[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process dies: it gives nothing back."""

    async def nothing(*_: object, **__: object) -> None: ...

    monkeypatch.setattr(drain, "_give_back", nothing)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    monkeypatch.undo()


async def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_goes_on(
    held: Importer, clock: HeldClock, dying: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await held.brings(MANY)
    await held.presses_apply(view)
    work = asyncio.create_task(import_due(held.app))
    await dying.wait()
    await kill(work, monkeypatch)
    assert await held.goods() == []
    assert await held.sql("SELECT 1 FROM indexing_jobs") == []
    assert (await held.looks(view.id)).state == "applying"
    assert await import_due(held.app) == 0
    clock.move(LEASE + timedelta(seconds=1))
    assert await import_due(held.app) == 1
    done = await held.looks(view.id)
    assert (done.state, done.created, len(await held.goods())) == ("done", 450, 450)


async def test_a_worker_that_stops_cleanly_gives_the_import_back_at_once(
    held: Importer, dying: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await held.brings(MANY)
    await held.presses_apply(view)
    work = asyncio.create_task(import_due(held.app))
    await dying.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    monkeypatch.undo()
    await finish(held.app, held.tenant_id, view.id)
    assert len(await held.goods()) == 450


async def test_who_lost_the_lease_commits_nothing(
    held: Importer, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first worker hangs past its lease, a second one does it all, the first wakes up."""
    view = await held.brings(MANY)
    await held.presses_apply(view)
    reached, go_on = asyncio.Event(), asyncio.Event()
    table_in, first = previewing.table_in, True

    async def slow(claimed: Claimed, raw: bytes) -> object:
        nonlocal first
        if first:
            first = False
            reached.set()
            await go_on.wait()
        return await table_in(claimed, raw)

    monkeypatch.setattr(applying, "table_in", slow)
    hung = asyncio.create_task(import_due(held.app))
    await reached.wait()
    clock.move(LEASE + timedelta(seconds=1))
    assert await import_due(held.app) == 1
    go_on.set()
    await hung
    done = await held.looks(view.id)
    assert (done.state, done.created, done.unchanged) == ("done", 450, 0)
    assert await held.sql("SELECT max(version) FROM products") == [(1,)]


async def test_a_file_that_kills_every_worker_is_given_up(held: Importer) -> None:
    import_id = await held.uploads(MANY)
    await held.sql("UPDATE imports SET attempts = $1 RETURNING id", MOST_ATTEMPTS)
    await import_due(held.app)
    view = await held.looks(import_id)
    assert view.reason is not None
    assert (view.state, view.reason["code"]) == ("failed", "import.broke")


async def test_files_are_swept_away_a_month_later(held: Importer, clock: HeldClock) -> None:
    done = await held.applies(await held.brings(csv_of(GOODS)))
    left = await held.brings(csv_of(GOODS))
    assert await sweep.sweep(held.app) == 0
    clock.move(sweep.KEPT + timedelta(days=1))
    assert await sweep.sweep(held.app) == 2
    assert (await held.looks(left.id)).state == "cancelled"
    assert await held.rows(done) == []
    files = [one for one in held.app.settings.data_dir.rglob("media/**/*") if one.is_file()]
    assert files == []
