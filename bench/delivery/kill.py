"""kill -9 over the road of a reply: ≥ 1,000 deaths at named points, racing cancels, Postgres crashes.

Judged on the database against the messengers' own record. `--mutant` puts a fault in that must be
caught; `--small` is the size of a test.
"""

import argparse
import asyncio
import logging
import random
import shutil
import time
from pathlib import Path
from statistics import median

from bench.delivery.clerks import clerk
from bench.delivery.crew import Crew, crash_postgres
from bench.delivery.judge import Verdict, judge, left_open
from bench.delivery.mutants import MUTANTS
from bench.delivery.office import Office, feeder
from bench.delivery.pressed import judge_presses, left_pressed
from bench.delivery.pressers import presser
from bench.delivery.world import DOWN, World, folder_for, world
from core.ports.channel import ChannelKind
from core.suggestions.try_again import try_again

# In which proportion a role dies at its points.
SHARES = {
    "channels": {
        "deliver.claimed": 120, "deliver.sending": 130, "deliver.sent": 150, "settle.kept": 120,
        "settle.committed": 80, "begin.kept": 50, "adopt.judged": 30, "unit.committed": 40,
    },
    "api": {"plan.kept": 50, "unit.committed": 50, "cancel.kept": 30},
    "bot": {
        "plan.kept": 30, "unit.committed": 30, "cancel.kept": 15, "poll.fetched": 15,
        "poll.kept": 15, "press.claimed": 15, "press.handled": 15,
    },
    "worker": {"react.done": 20, "unit.committed": 25},
    "scheduler": {"tick.due": 30},
}  # fmt: skip
REPLICAS = {"channels": 3, "api": 1, "bot": 1, "worker": 1, "scheduler": 1}
_THREADS, _CLERKS, _PRESSED = 60, 4, 3
_LONGEST_SECONDS = 1500.0
_LAST_SECONDS = 60.0
_CRASH_EVERY_SECONDS = 20.0
_MOST_SHOWN = 20
_NOW = "UPDATE outbound_messages SET due_at = now() WHERE state = 'scheduled' AND due_at > now()"
_WHOLE, _LEAST = 1000, 10  # of so many deaths each point has at least its ten


async def run(
    folder: Path,
    *,
    kills: int,
    crashes: int,
    cancels: int,
    seed: int,
    mutant: str | None = None,
    seconds: float = _LONGEST_SECONDS,
    only: str | None = None,
    replies: int = 0,
) -> Verdict:
    """`only`: of the roles just this one dies. The day has at least so many `replies`."""
    crew = Crew()
    try:
        async with world(folder) as here:
            return await _examined(
                here, crew, kills=kills, crashes=crashes, cancels=cancels, seed=seed,
                mutant=mutant, seconds=seconds, only=only, replies=replies,
            )  # fmt: skip
    finally:
        await crew.stop()


async def _examined(
    here: World, crew: Crew, *, kills: int, crashes: int, cancels: int, seed: int,
    mutant: str | None, seconds: float, only: str | None, replies: int,
) -> Verdict:  # fmt: skip
    for kind, first in ((ChannelKind.TELEGRAM_BOT, 1000), (ChannelKind.TELEGRAM_PERSONAL, 2000)):
        await here.meet(kind, _THREADS, first)
    await here.meet(ChannelKind.TELEGRAM_BOT, _PRESSED, 3000)
    office = Office(here, random.Random(seed))  # noqa: S311 - chance that can be repeated
    shares = {role: points for role, points in SHARES.items() if only in {None, role}}
    await crew.start(here, shares=shares if kills else {}, replicas=REPLICAS, mutant=mutant)
    began = time.monotonic()
    people = [asyncio.create_task(feeder(office))]
    for kind, threads in here.threads.items():
        people += [asyncio.create_task(clerk(office, kind, id_)) for id_ in threads[:_CLERKS]]
    people += [asyncio.create_task(presser(office, 3000 + n)) for n in range(_PRESSED)]
    retried = set[str]()
    try:
        crashed = await _day(
            here, office, crew, people, kills, crashes, cancels, replies, began, seconds
        )
        office.ended = True
        await asyncio.gather(*people)
        crew.calm()
        left = await _settle(here, office, _LAST_SECONDS, retried)
    finally:
        for task in people:
            task.cancel()
        await asyncio.gather(*people, return_exceptions=True)
        await crew.stop()
    verdict = await judge(
        here, answered=office.answered, moved_on=office.moved_on, retried=retried,
        deaths=crew.of("channels") + crashed,
    )  # fmt: skip
    await judge_presses(here, office.presses, verdict)
    verdict.counts["parked, and sent again by a person"] = len(retried)
    verdict.hold("work that never ended", left)
    verdict.hold("ended by themselves", crew.unasked)
    _count(verdict, office, crew, crashed, time.monotonic() - began)
    if mutant is None:
        _enough(verdict, crew, kills, crashes, crashed, cancels)
    return verdict


async def _day(
    here: World, office: Office, crew: Crew, people: list[asyncio.Task[None]],
    kills: int, crashes: int, cancels: int, replies: int, began: float, seconds: float,
) -> int:  # fmt: skip
    """Until every point was hit often enough; Postgres crashes now and then. How often it did."""
    crashed = 0
    told = 0.0
    while (past := time.monotonic() - began) < seconds:
        for task in people:
            if task.done():
                task.result()
        done = crew.named()
        if past > told + 20:
            told = past
            print(
                f"{past:.0f} s: {sum(crew.deaths.values())} deaths, {done} at named points,"
                f" {crashed} crashes, {dict(office.counts)}",
                flush=True,
            )
        races = sum(n for what, n in office.counts.items() if "cancel:" in what)
        if (
            done >= kills
            and not (kills >= _WHOLE and crew.seldom(SHARES, _LEAST))
            and crashed >= crashes
            and races >= cancels
            and office.counts["fed"] >= replies
        ):
            break
        if crashed < crashes and past > 3 + crashed * _CRASH_EVERY_SECONDS:
            crashed += crash_postgres(here)
        await asyncio.sleep(0.2)
    return crashed


async def _settle(here: World, office: Office, seconds: float, retried: set[str]) -> list[str]:
    """Until nothing is on its way; what was parked a person tries again, as the page offers.

    Returns what is still on its way when there is no more time.
    """
    end = time.monotonic() + seconds
    left = ["not looked at"]
    while left and time.monotonic() < end:
        try:
            sql = await here.sql()
            # Who has failed before waits longer each time: that hour is brought forward.
            await sql.execute(_NOW)
            parked = await sql.fetch("SELECT id FROM outbound_messages WHERE state = 'parked'")
            await sql.close()
            for row in parked:
                async with here.app.uow(here.tenant_id) as uow:
                    retried.add((await try_again(uow, here.owner, row["id"])).text)
            left = [str(row["id"]) for row in parked] + await left_open(here)
            left += await left_pressed(here, office.presses)
        except DOWN as down:
            left = [f"not looked at: {down!r}"]
        await asyncio.sleep(0.3)
    for one in left[:_MOST_SHOWN]:
        print(f"still on its way: {one}", flush=True)
    return left


def _count(verdict: Verdict, office: Office, crew: Crew, crashed: int, seconds: float) -> None:
    found: dict[str, object] = {
        "kill -9": sum(crew.deaths.values()),
        "of them at named points": crew.named(),
    }
    for (role, point), n in sorted(crew.deaths.items()):
        found[f"{role} at {point}"] = n
    found["crashes of Postgres"] = crashed
    found["a life, median, s"] = round(median(crew.lives or [0.0]), 2)
    found["CPU of a life, median, s"] = round(median(crew.cpu or [0.0]), 2)
    found |= {f"people: {what}": n for what, n in sorted(office.counts.items())}
    found["told in time that the thread moved on"] = len(office.moved_on)
    verdict.counts = {**found, **verdict.counts, "seconds": round(seconds)}


def _enough(
    verdict: Verdict, crew: Crew, kills: int, crashes: int, crashed: int, cancels: int
) -> None:
    races = sum(
        n for what, n in verdict.counts.items() if "cancel:" in what or "«Отменить»" in what
    )
    for what, has, needs in (
        ("deaths at named points", crew.named(), kills),
        ("crashes", crashed, crashes),
        ("racing cancels", races, cancels),
    ):
        verdict.counts[f"{what} asked for"] = needs
        if has < needs:
            verdict.faults.append(f"too few {what}: {has} of {needs}")
    if kills >= _WHOLE and (seldom := crew.seldom(SHARES, _LEAST)):
        verdict.faults.append(f"hit too seldom: {', '.join(seldom)}")


def report(verdict: Verdict) -> int:
    for name, value in verdict.counts.items():
        print(f"{name:<56}{value}")
    for fault in verdict.faults:
        print(f"VIOLATION {fault}")
    print("FAILED" if verdict.faults else "PASSED")
    return 1 if verdict.faults else 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery kill")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--crashes", type=int, default=10)
    parser.add_argument("--cancels", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=_LONGEST_SECONDS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--mutant", choices=sorted(MUTANTS))
    parser.add_argument("--keep", action="store_true", help="leave the folder with its logs")
    parser.add_argument("--only", choices=sorted(SHARES), help="kill this role and nothing else")
    given = parser.parse_args(arguments)
    folder = folder_for("kill")
    # A pool that finds no database says so at length, and tries again.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    print(f"folder {folder}", flush=True)
    verdict = asyncio.run(
        run(
            folder, kills=given.kills, crashes=given.crashes, cancels=given.cancels,
            seed=given.seed, mutant=given.mutant, seconds=given.seconds, only=given.only,
        )
    )  # fmt: skip
    code = report(verdict)
    if not given.keep and not code:
        shutil.rmtree(folder, ignore_errors=True)
    return code
