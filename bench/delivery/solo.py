"""A host of this process's own, or none: what the measuring exams drain with."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.delivery.keyed import KeyedConnector
from bench.delivery.world import World
from bench.processes import cpu_seconds, family
from connectors.host import Host
from connectors.telegram_bot.client import TelegramBotConnector
from core.kernel.embedded.processes import working_in
from core.ports.channel import ChannelKind

_FILL = """
INSERT INTO outbound_messages (tenant_id, id, conversation_id, account_id, seq, request_key,
    provider_key, external_chat_id, text, author, due_at, planned_for, created_at)
SELECT c.tenant_id, uuidv7(), c.id, c.account_id, n, $3 || ':' || c.id || ':' || n,
    gen_random_uuid(), c.external_chat_id, $3 || ' ' || n || ':' || c.number, 'operator', d.at, d.at,
    now()
FROM (SELECT *, row_number() OVER () AS place FROM conversations WHERE id = ANY($1::uuid[])) c
CROSS JOIN generate_series($2::int, $2::int + $4::int - 1) AS n
CROSS JOIN LATERAL (SELECT $5::timestamptz
    + ((n - $2::int) * cardinality($1::uuid[]) + c.place) * $6::interval AS at) d
"""


@dataclass
class Spent:
    """Seconds and CPU since its making: of this process, and of Postgres."""

    world: World
    began: float = field(default_factory=time.perf_counter)
    own: float = field(default_factory=lambda: cpu_seconds([os.getpid()]))
    servers: float = 0.0

    def __post_init__(self) -> None:
        self.servers = self._servers()

    def _servers(self) -> float:
        return cpu_seconds(family(working_in(self.world.postgres_folder())))

    def now(self) -> tuple[float, float, float]:
        seconds = time.perf_counter() - self.began
        return seconds, cpu_seconds([os.getpid()]) - self.own, self._servers() - self.servers


async def fill(
    world: World, threads: list[UUID], each: int, *, first: int, name: str, after: str = "0 s",
    every: str = "0 s",
) -> None:  # fmt: skip
    """`each` replies for every thread; due from `after` on, one every `every`."""
    sql = await world.sql()
    due = await sql.fetchval("SELECT now() + $1::text::interval", after)
    step = await sql.fetchval("SELECT $1::text::interval", every)
    await sql.execute(_FILL, threads, first, name, each, due, step)
    await sql.execute("ANALYZE outbound_messages")
    await sql.close()


@asynccontextmanager
async def host(world: World) -> AsyncIterator[Host]:
    """The channels role within this process, both accounts open."""
    base = world.settings.telegram_api_base or ""
    connectors: dict[ChannelKind, Any] = {
        ChannelKind.TELEGRAM_BOT: TelegramBotConnector(base),
        ChannelKind.TELEGRAM_PERSONAL: KeyedConnector(base),
    }
    ours = Host(world.app, connectors)
    working = asyncio.create_task(ours.work())
    try:
        async with asyncio.timeout(30):
            while len(ours.open_sessions()) < len(connectors):
                await asyncio.sleep(0.02)
        yield ours
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await ours.close()


async def until_empty(world: World, seconds: float = 120) -> None:
    """Until nothing that is due is left."""
    sql = await world.sql()
    async with asyncio.timeout(seconds):
        while await sql.fetchval(
            "SELECT EXISTS (SELECT FROM outbound_messages WHERE due_at <= now()"
            " AND state IN ('scheduled', 'claimed', 'sending'))"
        ):
            await asyncio.sleep(0.01)
    await sql.close()
