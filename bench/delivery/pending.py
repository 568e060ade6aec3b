"""100,000 replies that wait, and a million: how fast one is planned, how late one goes out, the cost.

Enqueue beside a bare insert; lateness at 50 due a second; lateness and CPU at 1,000,000 pending
against 10,000; and that no statement of the drain looks at what is not due (EXPLAIN).
"""

# ruff: noqa: SLF001 - the very statements are explained

import argparse
import asyncio
import re
import shutil
import time
from collections import Counter
from datetime import timedelta
from statistics import median
from uuid import UUID

import uvloop

from bench.delivery import solo
from bench.delivery.solo import Spent, fill
from bench.delivery.world import World, folder_for, world
from bench.measure import percentile
from core.delivery import claims
from core.kernel.ids import new_id
from core.ports.channel import ChannelKind

_BARE = """
INSERT INTO outbound_messages (tenant_id, id, conversation_id, account_id, seq, request_key,
    provider_key, external_chat_id, text, author, due_at, created_at)
SELECT tenant_id, $2::uuid, id, account_id, $3, $2::uuid::text, $2::uuid, external_chat_id, 'ровно', 'operator',
    now() + '1 day', now() FROM conversations WHERE id = $1
"""
_LATE = """
SELECT extract(epoch FROM settled_at - planned_for)::float8 AS late FROM outbound_messages
WHERE text LIKE $1 AND state = 'sent'
"""


_LOOKED_AT = """
SELECT indexrelname AS what, idx_tup_read AS n FROM pg_stat_user_indexes
UNION ALL SELECT 'all of ' || relname, seq_tup_read FROM pg_stat_user_tables
"""


async def enqueue(here: World, threads: list[UUID], count: int) -> tuple[float, float]:
    """Planned a second by the use case, and inserted a second by one bare statement each."""
    began = time.perf_counter()
    for n in range(count):
        await here.plans(threads[n % len(threads)], f"план {new_id()}", delay=86_400)
    ours = count / (time.perf_counter() - began)
    sql = await here.sql()
    began = time.perf_counter()
    for n in range(count):
        await sql.execute(_BARE, threads[n % len(threads)], new_id(), 10_000_000 + n)
    bare = count / (time.perf_counter() - began)
    await sql.close()
    return ours, bare


async def steady(
    here: World, threads: list[UUID], name: str, first: int, seconds: int, rate: int
) -> tuple[list[float], float, float]:
    """Lateness of what came due at a steady rate, and CPU of ours and of Postgres a message."""
    each = max(1, rate * seconds // len(threads))
    count = each * len(threads)
    await fill(here, threads, each, first=first, name=name, after="2 s", every=f"{1 / rate} s")
    async with solo.host(here):
        spent = Spent(here)
        await asyncio.sleep(2 + count / rate)
        await solo.until_empty(here)
        _, own, servers = spent.now()
    sql = await here.sql()
    late = [row["late"] for row in await sql.fetch(_LATE, f"{name} %")]
    await sql.close()
    assert len(late) == count, (len(late), count)
    return late, own / count * 1e6, servers / count * 1e6


async def reads(here: World) -> dict[str, int]:
    """How many rows each statement of the drain looks at: by EXPLAIN, at what is pending now."""
    accounts = [one.id for one in here.accounts.values()]
    now = here.app.clock.now()
    fences = [None] * len(accounts)
    asked = {
        "claim": (claims._CLAIM, new_id(), now + timedelta(seconds=35), accounts, fences, now, 32),
        "orphans": (claims._ORPHANS, accounts, False, now),
        "void": (claims._VOID, accounts),
        "next due": (claims._NEXT_DUE, accounts, now),
    }
    found = {}
    sql = await here.sql()
    for name, (statement, *values) in asked.items():
        transaction = sql.transaction()
        await transaction.start()
        plan = "\n".join(
            row[0]
            for row in await sql.fetch(
                f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS) {statement}", *values
            )
        )
        await transaction.rollback()
        assert "Seq Scan on outbound_messages" not in plan, plan
        hits = re.findall(r"shared hit=(\d+)(?: read=(\d+))?", plan)
        found[name] = max((int(hit) + int(read or 0) for hit, read in hits), default=0)
    await sql.close()
    return found


async def looked_at(here: World) -> Counter[str]:
    """Entries of each index, and rows of tables without one, that were read since the beginning."""
    sql = await here.sql()
    rows = await sql.fetch(_LOOKED_AT)
    await sql.close()
    return Counter({row["what"]: row["n"] for row in rows})


async def run(pending: int, more: int, rate: int, seconds: int) -> int:
    folder = folder_for("pending")
    faults: list[str] = []
    async with world(folder) as here:
        threads = await here.meet(ChannelKind.TELEGRAM_BOT, 100, 1000)
        threads += await here.meet(ChannelKind.TELEGRAM_PERSONAL, 100, 2000)
        await here.execute("UPDATE cards SET state = 'gone'")
        waiting = await here.meet(ChannelKind.TELEGRAM_BOT, 500, 10_000)
        waiting += await here.meet(ChannelKind.TELEGRAM_PERSONAL, 500, 20_000)
        each = 10_000 // len(waiting)
        await fill(here, waiting, each, first=1, name="ждёт", after="1 day", every="1 ms")
        small = await _measured(here, threads, "мало", 1, seconds, rate)
        await fill(here, waiting, (pending - 10_000) // len(waiting), first=each + 1, name="ждёт",
                   after="1 day", every="1 ms")  # fmt: skip
        ours, bare = await enqueue(here, waiting, 400)
        middle = await _measured(here, threads, "средне", 1001, seconds, rate)
        here_now = pending // len(waiting) + 1000  # past the places that were just taken
        if more > pending:
            await fill(here, waiting, (more - pending) // len(waiting), first=here_now + 1,
                       name="ждёт", after="1 day", every="1 ms")  # fmt: skip
        big = await _measured(here, threads, "много", 2001, seconds, rate)
        pages = await reads(here)
    shutil.rmtree(folder, ignore_errors=True)
    print(
        f"enqueue at {pending} pending       {ours:7.0f} /s  bare insert {bare:7.0f} /s  ratio {ours / bare:.2f}"
    )
    for name, (p50, p99, own, servers) in (
        ("10000", small), (str(pending), middle), (str(more), big),
    ):  # fmt: skip
        print(f"at {name:>8} pending, {rate} due a second: late p50 {p50:.3f} s, p99 {p99:.3f} s,"
              f" CPU {own:.0f} us, Postgres {servers:.0f} us a reply")  # fmt: skip
    print(f"pages a statement touches at {more} pending: {pages}")
    if middle[1] > 2:
        faults.append(f"p99 {middle[1]:.2f} s at {pending}")
    for what, at in (("late p50", 0), ("CPU", 2), ("Postgres", 3)):
        ratio = big[at] / small[at]
        print(f"{what} at {more} against 10000: {ratio:.2f}")
        if ratio > 1.5 and (what != "late p50" or big[at] > 0.05):
            faults.append(f"{what} {ratio:.2f}")
    for fault in faults:
        print(f"VIOLATION {fault}")
    print("FAILED" if faults else "PASSED")
    return 1 if faults else 0


async def _measured(
    here: World, threads: list[UUID], name: str, first: int, seconds: int, rate: int
) -> tuple[float, float, float, float]:
    # What filling the table left to do is done first: it is no cost of the replies that wait.
    await here.execute("VACUUM (ANALYZE)")
    await here.execute("CHECKPOINT")
    before = await looked_at(here)
    late, own, servers = await steady(here, threads, name, first, seconds, rate)
    read = (await looked_at(here)) - before
    print(f"{name}: read a reply", {what: round(n / len(late), 1) for what, n in read.most_common(8)},
          flush=True)  # fmt: skip
    return median(late), percentile(late, 99), own, servers


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery pending")
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--more", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(given.pending, given.more, given.rate, given.seconds))
