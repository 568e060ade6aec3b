"""Wakes whoever waits for rows. A nudge has no payload: lost, doubled or late, it changes nothing.

Taskiq carries them: each queue is a broker of its own over Redis pub/sub, so that every replica
of a role hears it, and a role that is down leaves nothing behind to grow.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError
from taskiq import AsyncBroker, BrokerMessage, TaskiqMessage
from taskiq.exceptions import TaskiqError
from taskiq.serializers import ORJSONSerializer
from taskiq_redis import PubSubBroker

WORKER, BOT, CHANNELS = "worker", "bot", "channels"
QUEUES = (WORKER, BOT, CHANNELS)
DRAIN = "drain"
# What wakes one drain of a role and leaves the others asleep: its queue, and its name.
INBOX, SENDS = "channels.inbox", "channels.deliver"
ACCOUNTS, FILES = "channels.accounts", "channels.attachments"
CARDS, TAPS, NOTICES = "bot.cards", "bot.operator_updates", "bot.notices"
DRAFTS, EVENTS, INDEXING = "worker.drafts", "worker.outbox", "worker.indexing"
IMPORTS, PRICES, REPLAYS = "worker.imports", "worker.prices", "worker.replays"
# The first nudge goes out at once; what comes behind it within this long goes together.
_GAP_SECONDS = 0.005
_LAST_SECONDS = 2.0
_LIVE = "live"
_log = structlog.get_logger(__name__)

Told = tuple[UUID, str, str]


def _nothing() -> None:
    """A sender's own broker runs nothing."""


def _task(wake: Callable[[], None]) -> Callable[[], Coroutine[Any, Any, None]]:
    async def drain() -> None:
        wake()

    return drain


class Nudges:
    """A process's way to wake the others, and to tell open pages that something changed."""

    def __init__(self, redis_url: str, *, prefix: str = "") -> None:
        self.redis_url = redis_url
        self.prefix = prefix
        self.redis = Redis(
            connection_pool=BlockingConnectionPool.from_url(
                redis_url, max_connections=20, timeout=5
            )
        )
        # A nudge is as good as any other of its name: each is put into words once.
        self._messages: dict[str, BrokerMessage] = {}
        self._brokers: dict[str, AsyncBroker] = {}
        self._waiting: set[str] = set()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._told: set[Told] = set()

    def broker(
        self, queue: str, wakes: Mapping[str, Callable[[], None]] | None = None
    ) -> AsyncBroker:
        """The queue's broker with its tasks, which say nothing: `drain`, or one drain's name.

        A reader says what each does, gets a broker of its own, and shuts it down itself.
        """
        if wakes is None and queue in self._brokers:
            return self._brokers[queue]
        name = f"{self.prefix}nudge:{queue}"
        broker = PubSubBroker(self.redis_url, queue_name=name).with_serializer(ORJSONSerializer())
        for task, wake in (wakes or {DRAIN: _nothing}).items():
            broker.register_task(_task(wake), task_name=task)
        if wakes is None:
            self._brokers[queue] = broker
        return broker

    async def close(self) -> None:
        with suppress(TimeoutError):  # a command's last nudge is sent before it ends
            async with asyncio.timeout(_LAST_SECONDS):
                await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        for broker in self._brokers.values():
            with suppress(RedisError, OSError):
                await broker.shutdown()
        await self.redis.aclose(close_connection_pool=True)

    def send(self, queues: Iterable[str], told: Iterable[Told] = ()) -> None:
        """Best effort, and never in the caller's way: the tick is the net."""
        for queue in queues:
            self._start(queue, partial(self._kick, queue))
        self._told.update(told)
        if self._told:
            self._start(_LIVE, self._tell)

    def _start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """At once if nothing under this name is under way, else together when that is done."""
        self._waiting.add(name)
        if name not in self._under_way:
            self._under_way[name] = asyncio.create_task(self._while_wanted(name, work))

    async def _while_wanted(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        try:
            while name in self._waiting:
                self._waiting.discard(name)
                try:
                    await work()
                except (RedisError, TaskiqError, OSError, TimeoutError) as problem:
                    _log.warning("nudge_failed", queue=name, problem=type(problem).__name__)
                await asyncio.sleep(_GAP_SECONDS)
        finally:
            del self._under_way[name]

    async def _kick(self, name: str) -> None:
        queue, _, drain = name.partition(".")
        broker = self.broker(queue)
        if name not in self._messages:
            self._messages[name] = broker.formatter.dumps(
                TaskiqMessage(task_id=name, task_name=drain or DRAIN, labels={}, args=[], kwargs={})
            )
        await broker.kick(self._messages[name])

    async def _tell(self) -> None:
        told, self._told = self._told, set()
        async with self.redis.pipeline(transaction=False) as pipe:
            for tenant_id, kind, subject in told:
                note = orjson.dumps({"type": kind, "subject": subject})
                pipe.publish(self.live_channel(tenant_id), note)
            await pipe.execute()

    def live_channel(self, tenant_id: UUID) -> str:
        """Where the pages of a tenant listen."""
        return f"{self.prefix}{_LIVE}:{tenant_id}"
