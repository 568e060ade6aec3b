"""Everything a figure stands on: servers, a store, the stand-in, the product's roles, the floors."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import httpx

from bench.floors import insert_api, relay
from bench.measure import Sample
from bench.processes import Processes, answers, cpu_seconds, family, free_port, machine_ticks
from core.app import App, open_app
from core.channels.service import connect_telegram_bot, webhook_secret
from core.identity.permissions import Actor, Via
from core.identity.queries import actor_by_telegram
from core.kernel.embedded import Servers, servers
from core.kernel.settings import Settings, environment, load, variables
from core.onboarding.demo import seed
from migrations.run import upgrade_async

OPERATORS_BOT = "7100000001:bench-operators-bot"
STORE_BOT = "7100000002:bench-store-bot"
WEBHOOK_BOT = "7100000003:bench-webhook-bot"
RELAY_BOT = "7100000004:bench-relay-bot"
_OWNER, ANNA = 9_000_000_000, 9_000_000_001
_STAFF = 8  # who press, beside Анна: one person's presses are handled one after the other
PRESSERS = tuple(ANNA + 1 + n for n in range(_STAFF))
ROLES = ("worker", "bot", "channels", "scheduler")
_READY_SECONDS = 90.0
_PATIENCE_SECONDS = 120.0


@dataclass
class Rig:
    """What is there, and the few things figures do with it."""

    app: App
    settings: Settings
    actor: Actor
    owner_url: str
    processes: Processes
    stand_in: httpx.AsyncClient
    server_pids: Sequence[int]
    api_port: int
    floor_port: int
    webhook_path: str
    webhook_secret: str
    sampled: Sequence[str] = ()
    _numbers: dict[str, int] = field(
        default_factory=lambda: {"ours": 1_000_000, "floor": 5_000_000}
    )

    def numbers(self, side: str, count: int) -> range:
        """Customers nobody has heard of yet."""
        first = self._numbers[side]
        self._numbers[side] += count
        return range(first, first + count)

    async def write(self, token: str, numbers: range, rate: float | None = None) -> None:
        await self._control(
            "write", token=token, first=numbers.start, count=len(numbers), rate=rate
        )

    async def press(
        self, token: str, numbers: Sequence[int], rate: float | None = None, *, plain: bool = False
    ) -> None:
        await self._control(
            "press", token=token, numbers=list(numbers), rate=rate, operators=PRESSERS, plain=plain
        )

    async def wait(self, kind: str, numbers: Iterable[int]) -> None:
        """Until each has its mark; RuntimeError if some never get one."""
        asked = list(numbers)
        answer = await self._control("wait", kind=kind, numbers=asked, seconds=_PATIENCE_SECONDS)
        if answer["missing"]:
            raise RuntimeError(f"{answer['missing']} of {len(asked)} never came to `{kind}`")

    async def marks(self, kind: str, numbers: Iterable[int]) -> dict[int, float]:
        found = await self._control("marks", kind=kind, numbers=list(numbers))
        return {int(number): at for number, at in found.items()}

    async def took(self, first: str, last: str, numbers: Sequence[int]) -> list[float]:
        """Milliseconds from one mark to another, of each."""
        began, ended = await self.marks(first, numbers), await self.marks(last, numbers)
        return [(ended[n] - began[n]) * 1000 for n in numbers]

    async def _control(self, verb: str, **asked: Any) -> Any:
        answer = await self.stand_in.post(f"/control/{verb}", json=asked)
        return answer.raise_for_status().json()

    async def change(self, **settings: int) -> None:
        """The store's settings."""
        sets = ", ".join(f"{name} = {value}" for name, value in settings.items())
        await self.execute(f"UPDATE tenant_settings SET {sets}")

    async def turn_ai(self, *, on: bool) -> None:
        """Live in every process after a second."""
        await self.execute(
            "INSERT INTO platform_flags (name, enabled, changed_at)"
            f" VALUES ('AI_SUGGESTIONS_ENABLED', {on}, now())"
            " ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled"
        )
        await asyncio.sleep(1.5)

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.owner_url)
        await connection.execute(statement)
        await connection.close()

    async def start_roles(self) -> None:
        for role in ROLES:
            out = str(self.settings.var_dir / f"{role}.samples")
            sampled = ("bench.sampled", out) if role in self.sampled else ()
            self.processes.start(role, *sampled, "cli.main", role)
        await self.until("SELECT count(*) FROM channel_accounts WHERE state = 'connected'", 1)

    def stop_roles(self) -> None:
        self.processes.stop(*ROLES)

    async def number(self, query: str) -> int:
        connection = await asyncpg.connect(self.owner_url)
        found: int = await connection.fetchval(query)
        await connection.close()
        return found

    async def until(self, query: str, least: int) -> None:
        """Until the query's number is at least so much."""
        connection = await asyncpg.connect(self.owner_url)
        async with asyncio.timeout(_READY_SECONDS):
            while await connection.fetchval(query) < least:
                await asyncio.sleep(0.1)
        await connection.close()

    async def quiet(self) -> None:
        """Until the product has nothing left to do, so that a floor's turn is the floor's alone."""
        connection = await asyncpg.connect(self.owner_url)
        until = time.monotonic() + _READY_SECONDS
        while await connection.fetchval(_BUSY) and time.monotonic() < until:
            await asyncio.sleep(0.1)
        await connection.close()

    def meter(self, *names: str) -> "Meter":
        return Meter({name: self.processes.pid(name) for name in names}, self.server_pids)

    def roles_meter(self) -> "Meter":
        return self.meter(*ROLES)


_BUSY = """
SELECT EXISTS (SELECT FROM cards WHERE drawn < wanted AND state <> 'gone')
    OR EXISTS (SELECT FROM turns WHERE state IN ('quiet', 'drafting'))
    OR EXISTS (SELECT FROM outbox WHERE done_at IS NULL)
    OR EXISTS (SELECT FROM outbound_messages WHERE state IN ('scheduled', 'sending'))
"""


class Meter:
    """CPU from its making on: of the code, and of Postgres and Redis behind it."""

    def __init__(self, pids: Mapping[str, int], server_pids: Sequence[int]) -> None:
        self._pids, self._roots = pids, server_pids
        self._began, self._ticks = self._now(), machine_ticks()

    def per(self, operations: int) -> Sample:
        """Microseconds of each process for one operation, and of all of ours together.

        `stolen`: percent of the CPU wanted meanwhile that the machine's host gave to others.
        """
        wanted, stolen = (now - was for now, was in zip(machine_ticks(), self._ticks, strict=True))
        now = self._now()
        each = {name: (now[name] - was) * 1e6 / operations for name, was in self._began.items()}
        behind = each.pop("servers")
        found = {
            "cpu": sum(each.values()),
            "servers_cpu": behind,
            "stolen": 100 * stolen / max(wanted, 1),
        }
        return found | {f"cpu_{name}": micros for name, micros in each.items()}

    def _now(self) -> dict[str, float]:
        found = {name: cpu_seconds([pid]) for name, pid in self._pids.items()}
        return found | {"servers": cpu_seconds(family(self._roots))}


@asynccontextmanager
async def rig(folder: Path) -> AsyncIterator[Rig]:
    """Set everything up but the roles; take it all down again."""
    for name in variables():
        os.environ.pop(name, None)
    async with contextlib.AsyncExitStack() as stack:
        embedded = await stack.enter_async_context(servers(folder))
        database = f"bench_{os.getpid()}"
        owner_url = await _fresh_database(embedded, database, stack)
        stand_in_port, api_port, floor_port = free_port(), free_port(), free_port()
        settings = _settings(folder, embedded, database, stand_in_port, api_port)
        processes = Processes(folder / "logs", {**os.environ, **environment(settings)})
        stack.callback(processes.stop_all)
        base = f"http://127.0.0.1:{stand_in_port}"
        processes.start("stand_in", "bench.floors.stand_in", str(stand_in_port))
        processes.start("insert_api", "bench.floors.insert_api", str(floor_port), owner_url)
        app = await stack.enter_async_context(open_app(settings, role="bench"))
        tenant_id, actor = await _store(app, owner_url)
        path, secret = await _webhook(app, tenant_id, actor)
        client = httpx.AsyncClient(base_url=base, timeout=_PATIENCE_SECONDS + 10, trust_env=False)
        await stack.enter_async_context(client)
        for port in (stand_in_port, floor_port):
            await answers(port)
        processes.start("relay", "bench.floors.relay", base, RELAY_BOT, str(ANNA), owner_url)
        yield Rig(
            app=app,
            settings=settings,
            actor=actor,
            owner_url=owner_url,
            processes=processes,
            stand_in=client,
            server_pids=[_guard_of(folder)],
            api_port=api_port,
            floor_port=floor_port,
            webhook_path=path,
            webhook_secret=secret,
        )


def _settings(
    folder: Path, embedded: Servers, database: str, stand_in_port: int, api_port: int
) -> Settings:
    base = f"http://127.0.0.1:{stand_in_port}"
    os.environ.update(
        {
            "VAR_DIR": str(folder),
            "SANDBOX": "0",
            "PORT": str(api_port),
            "TELEGRAM_BOT_TOKEN": OPERATORS_BOT,
            "TELEGRAM_API_BASE": base,
            "OPENAI_API_KEY": "sk-bench",
            "OPENAI_BASE_URL": f"{base}/openai/v1",
            "OPENAI_EMBEDDING_MODEL": "offline",
            "LOG_LEVEL": "WARNING",
            "LOG_FORMAT": "json",
        }
    )
    settings = load(None)
    return settings.model_copy(
        update={
            "database_url": _with_database(embedded.database_url, database),
            "redis_url": embedded.redis_url,
        }
    )


async def _fresh_database(embedded: Servers, name: str, stack: contextlib.AsyncExitStack) -> str:
    admin_url = _with_database(embedded.database_url_owner, "postgres")
    admin = await asyncpg.connect(admin_url)
    stack.push_async_callback(admin.close)
    for row in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'bench\\_%'"):
        await admin.execute(f"DROP DATABASE {row['datname']} WITH (FORCE)")
    await admin.execute(f"CREATE DATABASE {name}")
    stack.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
    owner_url = _with_database(embedded.database_url_owner, name)
    await upgrade_async(owner_url)
    connection = await asyncpg.connect(owner_url)
    await connection.execute(insert_api.TABLE + ";" + relay.TABLE)
    await connection.close()
    return owner_url


async def _store(app: App, owner_url: str) -> tuple[UUID, Actor]:
    """The demo store; Анна alone is on duty, so that a turn has one card."""
    people = [
        {"name": "Олег", "role": "owner", "user_id": _OWNER, "chat_id": _OWNER},
        {"name": "Анна", "role": "operator", "user_id": ANNA, "chat_id": ANNA},
        *(
            {"name": f"Оператор {who}", "role": "operator", "user_id": who, "chat_id": who}
            for who in PRESSERS
        ),
    ]
    tenant_id = await seed(app, people, STORE_BOT)
    connection = await asyncpg.connect(owner_url)
    await connection.execute(
        "UPDATE memberships SET on_duty_since = NULL WHERE user_id <>"
        " (SELECT id FROM users WHERE telegram_user_id = $1)",
        ANNA,
    )
    await connection.execute("UPDATE tenant_settings SET undo_seconds = 0")
    await connection.close()
    async with app.platform_uow() as puow:
        actor = await actor_by_telegram(puow, _OWNER, Via.BOT, tenant_id)
    assert actor is not None
    return tenant_id, actor


async def _webhook(app: App, tenant_id: UUID, actor: Actor) -> tuple[str, str]:
    """A second bot of the store, whose updates are pushed and never read."""
    async with app.uow(tenant_id) as uow:
        account = await connect_telegram_bot(uow, actor, app.vault, WEBHOOK_BOT)
    return f"/webhooks/telegram/{account.id}", webhook_secret(account.id, WEBHOOK_BOT)


def _guard_of(folder: Path) -> int:
    """Who owns Postgres and Redis: the postmaster's parent."""
    postmaster = int((folder / "servers/postgres/postmaster.pid").read_text().split()[0])
    stat = Path(f"/proc/{postmaster}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[1])


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
