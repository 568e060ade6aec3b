"""The scheduler role: Taskiq's tick for every queue once a second, and the housekeeping.

Ticks carry nothing and housekeeping is idempotent: two schedulers at once do no harm.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import text
from taskiq import ScheduledTask, ScheduleSource, TaskiqScheduler
from taskiq.api import run_scheduler_task

from core.channels import inbox, operator_work
from core.decision.licence import end_expired
from core.events import relay
from core.identity.sign_in import forget_expired
from core.imports.sweep import sweep as sweep_imports
from core.kernel import failpoints, serving
from core.kernel.heartbeat import keep_beating
from core.kernel.ids import new_id
from core.kernel.nudges import DRAIN, QUEUES, Nudges
from core.notifications import notices

if TYPE_CHECKING:
    from core.app import App

_EVERY_SECONDS = 3600
_AGAIN_SECONDS = 30
_MONTHS_AHEAD = 4
_KEPT = timedelta(days=7)
_NOTICES_KEPT = timedelta(days=30)
_LONGEST_BACKOFF_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class Ticks(ScheduleSource):
    """One `drain` a second, under a fresh id each time.

    Taskiq never sends an id again whose sending failed once (facts of its 0.13): a fresh one is
    sent whatever became of the last.
    """

    async def get_schedules(self) -> list[ScheduledTask]:
        failpoints.reach("tick.due")
        return [
            ScheduledTask(
                task_name=DRAIN,
                labels={},
                args=[],
                kwargs={},
                schedule_id=str(new_id()),
                interval=1,
            )
        ]


async def serve(app: "App", stop: asyncio.Event) -> None:
    """The role until `stop`."""
    await serving.until(stop, run(app))


async def run(app: "App") -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(keep_beating(app.nudges.redis, app.role, prefix=app.nudges.prefix))
        group.create_task(_keep_house(app))
        for queue in QUEUES:
            group.create_task(_tick(app.nudges, queue), name=f"tick:{queue}")


async def _tick(nudges: Nudges, queue: str) -> None:
    second = timedelta(seconds=1)
    failures = 0
    while True:
        scheduler = TaskiqScheduler(nudges.broker(queue), [Ticks()])
        try:
            await run_scheduler_task(scheduler, interval=second, loop_interval=second)
        except Exception as problem:
            failures += 1
            _log.warning("tick_failed", queue=queue, problem=type(problem).__name__)
        await asyncio.sleep(min(0.1 * 2**failures, _LONGEST_BACKOFF_SECONDS))


async def _keep_house(app: "App") -> None:
    while True:
        try:
            await keep_house(app)
        except Exception:
            _log.exception("housekeeping_failed")
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            await asyncio.sleep(_EVERY_SECONDS)


async def keep_house(app: "App") -> None:
    """What has been read, delivered or has expired is forgotten; months of messages made ahead."""
    more = True
    while more:
        async with app.platform_uow() as puow:
            more = bool(await inbox.sweep(puow))
    async with app.platform_uow() as puow:
        await forget_expired(puow)
        await end_expired(puow)
    await operator_work.forget_done(app.db, app.clock, older_than=_KEPT)
    await relay.sweep(app)
    while await sweep_imports(app):
        pass
    async with app.db.hot_platform() as sql:
        await notices.sweep(sql, app.clock.now() - _NOTICES_KEPT)
    # Last, as it may be refused for long (a month that has begun without it): the rest is done.
    async with app.platform_uow() as puow:
        await puow.session.execute(
            text("SELECT make_message_partitions(:now, :months)"),
            {"now": app.clock.now(), "months": _MONTHS_AHEAD},
        )
