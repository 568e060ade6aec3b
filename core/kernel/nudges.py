"""Wakes whoever waits for rows. A nudge has no payload: lost, doubled or late, it changes nothing.

Taskiq carries them: each queue is a broker of its own over Redis pub/sub, so that every replica
of a role hears it, and a role that is down leaves nothing behind to grow.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from uuid import UUID

import orjson
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError
from taskiq import TaskiqMessage
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
_GAP_SECONDS = 0.002
_LAST_SECONDS = 2.0
_LIVE = "live"
_log = structlog.get_logger(__name__)

Told = tuple[UUID, str, str]


async def _nothing() -> None:
    """A sender runs nothing."""


def _nobody() -> None:
    """A nudge of another version's, or of a drain that is not here."""


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
        self._worded: dict[str, tuple[str, bytes]] = {}
        self._brokers: dict[str, PubSubBroker] = {}
        self._waiting: dict[str, None] = {}  # a set that keeps its order
        self._told: dict[Told, None] = {}
        self._sending: asyncio.Task[None] | None = None

    def broker(self, queue: str) -> PubSubBroker:
        """The queue's broker, to send by."""
        if queue not in self._brokers:
            self._brokers[queue] = self._open(queue)
        return self._brokers[queue]

    def _open(self, queue: str) -> PubSubBroker:
        name = f"{self.prefix}nudge:{queue}"
        broker = PubSubBroker(self.redis_url, queue_name=name).with_serializer(ORJSONSerializer())
        broker.register_task(_nothing, task_name=DRAIN)
        return broker

    async def hear(self, queue: str, wakes: Mapping[str, Callable[[], None]]) -> None:
        """Call what a nudge names, at each, until the connection breaks.

        The messages are Taskiq's, its receiver is left out: to run a task that says nothing takes
        it longer than the drain takes to find its row.
        """
        broker = self._open(queue)
        try:
            async for data in broker.listen():
                with suppress(ValueError):  # no message of Taskiq's: nobody is meant
                    wakes.get(broker.formatter.loads(data).task_name, _nobody)()
        finally:
            with suppress(Exception):
                await broker.shutdown()

    async def close(self) -> None:
        if self._sending is not None:
            with suppress(TimeoutError):  # a command's last nudge is sent before it ends
                async with asyncio.timeout(_LAST_SECONDS):
                    await asyncio.gather(self._sending, return_exceptions=True)
        for broker in self._brokers.values():
            with suppress(RedisError, OSError):
                await broker.shutdown()
        await self.redis.aclose(close_connection_pool=True)

    def send(self, queues: Iterable[str], told: Iterable[Told] = ()) -> None:
        """Best effort, and never in the caller's way: the tick is the net."""
        self._waiting.update(dict.fromkeys(queues))
        self._told.update(dict.fromkeys(told))
        if self._sending is None and (self._waiting or self._told):
            self._sending = asyncio.create_task(self._send_while_wanted())

    async def _send_while_wanted(self) -> None:
        """At once; what is asked for meanwhile, and shortly after, goes together."""
        try:
            while self._waiting or self._told:
                try:
                    await self._send()
                except (RedisError, TaskiqError, OSError, TimeoutError) as problem:
                    _log.warning("nudges_unsent", problem=type(problem).__name__)
                await asyncio.sleep(_GAP_SECONDS)
        finally:
            self._sending = None

    async def _send(self) -> None:
        """All of it in one round trip."""
        waiting, self._waiting = self._waiting, {}
        told, self._told = self._told, {}
        async with self.redis.pipeline(transaction=False) as pipe:
            for name in waiting:
                pipe.publish(*self._words_of(name))
            for tenant_id, kind, subject in told:
                note = orjson.dumps({"type": kind, "subject": subject})
                pipe.publish(self.live_channel(tenant_id), note)
            await pipe.execute()

    def _words_of(self, name: str) -> tuple[str, bytes]:
        """Where a nudge of this name goes, and what Taskiq would say there."""
        if name not in self._worded:
            queue, _, drain = name.partition(".")
            broker = self.broker(queue)
            message = broker.formatter.dumps(
                TaskiqMessage(task_id=name, task_name=drain or DRAIN, labels={}, args=[], kwargs={})
            )
            self._worded[name] = broker.queue_name, message.message
        return self._worded[name]

    def live_channel(self, tenant_id: UUID) -> str:
        """Where the pages of a tenant listen."""
        return f"{self.prefix}{_LIVE}:{tenant_id}"
