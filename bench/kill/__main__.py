"""`python -m bench.kill --rounds 100 --seed 7 [--mutant blind-resend]`: exit 1 on a violation."""

import argparse
import asyncio
import random
import shutil
import socket
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from bench.kill.judge import Recorder, Verdict, judge, settle_down
from bench.kill.mutants import MUTANTS
from bench.kill.outside import Outside, sandbox
from bench.kill.people import Customers, Operator
from bench.kill.product import Product
from bench.kill.waiting import waiting
from core.kernel.embedded.join import DATABASE
from core.kernel.embedded.places import find_places
from core.kernel.embedded.postgres import SUPERUSER

SERVERS, EVERYTHING, PRODUCT = "Postgres and Redis", "product, Postgres and Redis", "product"
# Of a hundred rounds; what carries messages is hit more often than what does not.
_SHARES = {
    "channels": 20,
    "bot": 18,
    "worker": 14,
    "api": 6,
    "scheduler": 6,
    PRODUCT: 10,
    SERVERS: 18,
    EVERYTHING: 8,
}
_CUSTOMERS = 16
_LATEST_KILL_SECONDS = 4.0
_LONGEST_ROUND_SECONDS = 60.0
_LATE_SECONDS = 8.0
_LAST_SECONDS = 180.0
_SHARE_OF_RECOVERIES = 0.8


@dataclass
class Exam:
    """What one run was told, and what it has seen."""

    rounds: int
    seed: int
    folder: Path
    mutant: str | None = None
    only: str | None = None
    minutes: float = float("inf")
    kills: Counter[str] = field(default_factory=Counter)
    processes: int = 0
    recoveries: list[float] = field(default_factory=list)
    written: int = 0
    answers: Counter[str] = field(default_factory=Counter)


def plan(rounds: int, dice: random.Random) -> list[str]:
    """What dies in each round: every kind by its share, in an order of chance."""
    kinds = [kind for kind, share in _SHARES.items() for _ in range(share)]
    dice.shuffle(kinds)
    whole, rest = divmod(rounds, len(kinds))
    chosen = kinds * whole + (kinds[:rest] if whole else dice.sample(kinds, rest))
    if rounds < len(_SHARES):  # a smoke: one of each weight
        chosen = ["channels", "bot", EVERYTHING, PRODUCT, SERVERS, "worker", "api"][:rounds]
    return chosen


def _planned(exam: Exam, dice: random.Random) -> list[str]:
    return [exam.only] * exam.rounds if exam.only else plan(exam.rounds, dice)


async def run(exam: Exam) -> Verdict:
    dice = random.Random(exam.seed)  # noqa: S311 - chance that can be repeated
    port, sandbox_port = _free_port(), _free_port()
    async with AsyncExitStack() as stack:
        outside = await stack.enter_async_context(sandbox(sandbox_port, exam.folder / "outside"))
        product = Product(exam.folder / "var", port, sandbox_port, exam.mutant)
        await product.start()
        stack.push_async_callback(product.stop)
        print(f"ready after {await product.ready():.1f} s", flush=True)
        await _set_the_pace(product)
        customers = Customers(outside, dice)
        await customers.gather(_CUSTOMERS)
        people = (await outside.call("GET", "people"))["people"]
        operators = [
            Operator(outside, dice, person["name"], person["chat_id"])
            for person in people
            if person["role"] == "operator"
        ]
        recorder = Recorder(outside)
        robots = [asyncio.create_task(operator.work()) for operator in operators]
        end = time.monotonic() + exam.minutes * 60
        try:
            for number, kind in enumerate(_planned(exam, dice), start=1):
                if time.monotonic() > end:
                    break
                await _round(exam, number, kind, product, outside, customers, dice)
                await recorder.catch_up()
                for robot in robots:
                    if robot.done():
                        robot.result()
            await outside.call("DELETE", "faults")
            sql = await _connect(product)
            left = await settle_down(sql, _LAST_SECONDS)
            accepted = {data for operator in operators for data in operator.accepted}
            verdict = await judge(sql, outside, recorder, customers.written, accepted)
            verdict.hold("work that never ended", left.items())
            await sql.close()
        finally:
            for robot in robots:
                robot.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*robots)
        for operator in operators:
            exam.answers += operator.answers
    return verdict


async def _round(
    exam: Exam,
    number: int,
    kind: str,
    product: Product,
    outside: Outside,
    customers: Customers,
    dice: random.Random,
) -> None:
    """Customers write; at some moment of what follows, something dies; then the product is back."""
    if dice.random() < 0.6:
        # A send that takes its time is one that can be hit.
        bot = dice.choice(["SalesOperatorBot", "KorobkaPartsBot"])
        slow = {"kind": "latency", "method": "sendMessage", "seconds": 0.2 + dice.random() * 0.8}
        await outside.call("POST", "faults", {"target": "telegram", "bot": bot, "times": 3, **slow})
    if dice.random() < 0.25:
        await outside.call(
            "POST", "faults", {"target": "telegram", "kind": "duplicate_updates", "times": 2}
        )
    writing = asyncio.create_task(customers.write(number))
    await asyncio.sleep(dice.random() * _LATEST_KILL_SECONDS)
    if kind == PRODUCT:
        hit = await product.kill_all()
    elif kind == EVERYTHING:
        hit = await product.kill_all(servers=True)
    elif kind == SERVERS:
        hit = product.kill_servers()
    else:
        hit = product.kill_role(kind)
    exam.kills[kind] += bool(hit)
    exam.processes += hit
    killed = time.monotonic()
    if kind in {PRODUCT, EVERYTHING}:
        await product.start()
    await writing
    await product.ready()
    # A role that has just died is ready by its last beat: what counts is that the road is walked
    # to its end. Now and then the next blow comes before that.
    if dice.random() < _SHARE_OF_RECOVERIES:
        await _walked(product, len(customers.written), _LONGEST_ROUND_SECONDS)
    exam.recoveries.append(time.monotonic() - killed)
    print(f"round {number}: {kind}, {hit} killed, back in {exam.recoveries[-1]:.1f} s", flush=True)


async def _walked(product: Product, written: int, seconds: float) -> None:
    """Until all that was written is kept, and nothing is open: drafted, approved, sent, shown.

    What is late by then is told, with what holds it.
    """
    end = time.monotonic() + seconds
    tell_at = time.monotonic() + _LATE_SECONDS
    while time.monotonic() < end:
        try:
            sql = await _connect(product)
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.3)
            continue
        try:
            kept = await sql.fetchval("SELECT count(*) FROM messages WHERE direction = 'in'")
            if kept >= written and not await settle_down(sql, 0, looks=1):
                return
            if time.monotonic() > tell_at:
                tell_at += _LATE_SECONDS
                for line in [f"messages: {kept} of {written}", *await waiting(sql)]:
                    print(f"  late: {line}", flush=True)
            await asyncio.sleep(0.3)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.3)
        finally:
            await sql.close()


async def _set_the_pace(product: Product) -> None:
    """Short pauses, so that a hundred rounds take minutes; a send may still be undone."""
    sql = await _connect(product)
    await sql.execute("UPDATE tenant_settings SET quiet_milliseconds = 300, undo_seconds = 1")
    await sql.close()


async def _connect(product: Product) -> asyncpg.Connection:
    places = find_places(product.servers.parent)
    return await asyncpg.connect(user=SUPERUSER, database=DATABASE, host=str(places.sockets))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _table(exam: Exam, verdict: Verdict, seconds: float) -> str:
    ordered = sorted(exam.recoveries)
    rows: list[tuple[str, object]] = [
        ("seed", exam.seed),
        ("mutant", exam.mutant or "none"),
        ("rounds", len(exam.recoveries)),
        *((f"kills: {kind}", exam.kills[kind]) for kind in _SHARES),
        ("processes killed", exam.processes),
        ("back, median / longest, s", f"{ordered[len(ordered) // 2]:.1f} / {ordered[-1]:.1f}"),
        *verdict.counts.items(),
        ("presses answered", dict(exam.answers)),
        ("minutes", f"{seconds / 60:.1f}"),
    ]
    return "\n".join(f"{name:<40}{value}" for name, value in rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.kill")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None, help="the same plan again")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="a fault it must catch")
    parser.add_argument("--only", choices=sorted(_SHARES), help="kill this and nothing else")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="begin no round after so long"
    )
    parser.add_argument("--keep", action="store_true", help="leave the folder with its logs")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    folder = Path(tempfile.mkdtemp(prefix="so-kill-"))
    exam = Exam(given.rounds, seed, folder, given.mutant, given.only, given.minutes)
    print(f"seed {seed}, folder {folder}", flush=True)
    began = time.monotonic()
    verdict = asyncio.run(run(exam))
    print(_table(exam, verdict, time.monotonic() - began))
    for fault in verdict.faults:
        print(f"VIOLATION {fault}")
    print("FAILED" if verdict.faults else "PASSED")
    if not given.keep and not verdict.faults:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
