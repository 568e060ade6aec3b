"""Wakes whoever waits for rows. A nudge has no payload: lost, doubled or late, it changes nothing.

Taskiq carries them: each queue is a broker of its own over Redis pub/sub, so that every replica
of a role hears it, and a role that is down leaves nothing behind to grow.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import orjson
import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
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
_MOST_WORDINGS = 100
_LIVE = "live"
_log = structlog.get_logger(__name__)

Told = tuple[UUID, str, str]


async def _nothing() -> None:
    """A sender runs nothing."""


def _nobody() -> None:
    """A nudge of another version's, or of a drain that is not here."""


def _named(broker: PubSubBroker, words: bytes) -> str:
    """The drain that a nudge names; nobody's if it is no message of Taskiq's."""
    try:
        return broker.formatter.loads(words).task_name
    except ValueError:
        return ""


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
        # A pipeline and a subscription of redis-py do on each message what is done here once: half
        # of what a nudge costs would be theirs.
        self._line = self._new_line()
        # A nudge is as good as any other of its name: each is put into words once.
        self._worded: dict[str, bytes] = {}
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

    def _new_line(self) -> AbstractConnection:
        """Connects by itself when it is first used."""
        made: AbstractConnection = self.redis.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        return made

    async def hear(self, queue: str, wakes: Mapping[str, Callable[[], None]]) -> None:
        """Call what a nudge names, at each, until the connection breaks.

        The messages are Taskiq's, its receiver is left out: to run a task that says nothing takes
        it longer than the drain takes to find its row.
        """
        broker = self._open(queue)
        meant: dict[bytes, Callable[[], None]] = {}  # by words: the same each time
        line = self._new_line()
        try:
            await line.send_command("SUBSCRIBE", broker.queue_name)
            while True:
                kind, _, data = await line.read_response(timeout=math.inf, push_request=True)
                if kind != b"message":
                    continue
                if data not in meant:
                    if len(meant) >= _MOST_WORDINGS:
                        meant.clear()
                    meant[data] = wakes.get(_named(broker, data), _nobody)
                meant[data]()
        finally:
            await line.disconnect(nowait=True)

    async def close(self) -> None:
        if self._sending is not None:
            with suppress(TimeoutError):  # a command's last nudge is sent before it ends
                async with asyncio.timeout(_LAST_SECONDS):
                    await asyncio.gather(self._sending, return_exceptions=True)
        for broker in self._brokers.values():
            with suppress(RedisError, OSError):
                await broker.shutdown()
        await self._line.disconnect(nowait=True)
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
        words = [self._words_of(name) for name in waiting]
        words += [
            self._packed(
                self.live_channel(tenant_id), orjson.dumps({"type": kind, "subject": subject})
            )
            for tenant_id, kind, subject in told
        ]
        try:
            await self._say(words)
        except RedisConnectionError:  # Redis was away since the last: it may be back
            await self._say(words)

    async def _say(self, words: Sequence[bytes]) -> None:
        try:
            await self._line.send_packed_command(words)
            for _ in words:
                await self._line.read_response()
        except BaseException:
            # Answers that were not read would be taken for the next ones'.
            await self._line.disconnect(nowait=True)
            raise

    def _words_of(self, name: str) -> bytes:
        """A nudge of this name, as Taskiq would publish it."""
        if name not in self._worded:
            queue, _, drain = name.partition(".")
            broker = self.broker(queue)
            message = broker.formatter.dumps(
                TaskiqMessage(task_id=name, task_name=drain or DRAIN, labels={}, args=[], kwargs={})
            )
            self._worded[name] = self._packed(broker.queue_name, message.message)
        return self._worded[name]

    def _packed(self, channel: str, words: bytes) -> bytes:
        return b"".join(self._line.pack_command("PUBLISH", channel, words))

    def live_channel(self, tenant_id: UUID) -> str:
        """Where the pages of a tenant listen."""
        return f"{self.prefix}{_LIVE}:{tenant_id}"
