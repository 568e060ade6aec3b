"""Wakes whoever waits for rows. A nudge has no payload: lost, doubled or late, it changes nothing.

Taskiq carries them: each queue is a broker of its own over Redis pub/sub, so that every replica
of a role hears it, and a role that is down leaves nothing behind to grow.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError
from taskiq import AsyncBroker, AsyncTaskiqDecoratedTask
from taskiq.exceptions import TaskiqError
from taskiq.serializers import ORJSONSerializer
from taskiq_redis import PubSubBroker

WORKER, BOT, CHANNELS = "worker", "bot", "channels"
QUEUES = (WORKER, BOT, CHANNELS)
DRAIN = "drain"
# A burst wakes its readers once: within this long after a nudge a second one adds nothing.
_LULL_SECONDS = 0.002
_LIVE = "live"
_log = structlog.get_logger(__name__)

Told = tuple[UUID, str, str]


class Nudges:
    """A process's way to wake the others, and to tell open pages that something changed."""

    def __init__(self, redis_url: str, *, prefix: str = "") -> None:
        self.redis_url = redis_url
        self.prefix = prefix
        self.redis = Redis(
            connection_pool=BlockingConnectionPool.from_url(redis_url, max_connections=20, timeout=5)
        )
        self._drains: dict[str, AsyncTaskiqDecoratedTask[[], Coroutine[Any, Any, None]]] = {}
        self._brokers: dict[str, AsyncBroker] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._told: set[Told] = set()

    def broker(self, queue: str, on_nudge: Callable[[], None] | None = None) -> AsyncBroker:
        """The queue's broker with its one task, `drain`; a reader says what a nudge does."""
        if queue not in self._brokers or on_nudge is not None:
            name = f"{self.prefix}nudge:{queue}"
            broker = PubSubBroker(self.redis_url, queue_name=name).with_serializer(ORJSONSerializer())

            async def drain() -> None:
                if on_nudge is not None:
                    on_nudge()

            self._drains[queue] = broker.register_task(drain, task_name=DRAIN)
            self._brokers[queue] = broker
        return self._brokers[queue]

    async def close(self) -> None:
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        for broker in self._brokers.values():
            with suppress(RedisError, OSError):
                await broker.shutdown()
        await self.redis.aclose(close_connection_pool=True)

    def send(self, queues: Iterable[str], told: Iterable[Told] = ()) -> None:
        """Best effort, and never in the caller's way: the tick is the net."""
        for queue in queues:
            self._start(queue, self._kick(queue))
        self._told.update(told)
        if self._told:
            self._start(_LIVE, self._tell())

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if name in self._under_way:
            work.close()
            return
        self._under_way[name] = asyncio.create_task(self._guard(name, work))

    async def _guard(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except (RedisError, TaskiqError, OSError, TimeoutError) as problem:
            _log.warning("nudge_failed", queue=name, problem=type(problem).__name__)
        finally:
            if self._under_way.get(name) is asyncio.current_task():
                del self._under_way[name]

    async def _kick(self, queue: str) -> None:
        self.broker(queue)
        await asyncio.sleep(_LULL_SECONDS)
        self._under_way.pop(queue, None)
        await self._drains[queue].kiq()

    async def _tell(self) -> None:
        await asyncio.sleep(_LULL_SECONDS)
        told, self._told = self._told, set()
        self._under_way.pop(_LIVE, None)
        async with self.redis.pipeline(transaction=False) as pipe:
            for tenant_id, kind, subject in told:
                note = orjson.dumps({"type": kind, "subject": subject})
                pipe.publish(self.live_channel(tenant_id), note)
            await pipe.execute()

    def live_channel(self, tenant_id: UUID) -> str:
        """Where the pages of a tenant listen."""
        return f"{self.prefix}{_LIVE}:{tenant_id}"
