"""Cancels racing claims, ten thousand times: a reply is taken back or sent, never both, nor neither."""

import argparse
import asyncio
import random
import shutil
from collections import Counter

import uvloop

from bench.delivery.solo import fill
from bench.delivery.world import folder_for, world
from core.delivery import claims
from core.delivery.claims import Held
from core.delivery.outcomes import Sending
from core.delivery.service import withdraw
from core.delivery.settle import settle
from core.kernel.errors import DomainError
from core.ports.channel import Capabilities, ChannelKind, Sent

_BATCH = 100


async def run(races: int) -> int:
    folder = folder_for("race")
    dice = random.Random(7)  # noqa: S311 - chance that can be repeated
    won: Counter[str] = Counter()
    async with world(folder) as here:
        threads = await here.meet(ChannelKind.TELEGRAM_PERSONAL, _BATCH, 1000)
        account = here.accounts[ChannelKind.TELEGRAM_PERSONAL].id
        held = {account: Held(None, Capabilities(takes_our_key=True))}  # type: ignore[arg-type]

        async def take_back(id_: object) -> bool:
            await asyncio.sleep(dice.random() * 0.05)
            try:
                async with here.app.uow(here.tenant_id) as uow:
                    await withdraw(uow, here.owner, id_)  # type: ignore[arg-type]
            except DomainError:
                return False
            return True

        async def claim_all() -> list[Sending]:
            found: list[Sending] = []
            for _ in range(12):
                await asyncio.sleep(dice.random() * 0.008)
                async with here.app.db.hot_platform() as sql:
                    found += await claims.claim(sql, held, here.app.clock.now(), 20)
            return found

        wrong = 0
        for batch in range(races // _BATCH):
            await fill(here, threads, 1, first=batch + 1, name=f"гонка {batch}", after="-1 s")
            sql = await here.sql()
            ids = [
                row["id"]
                for row in await sql.fetch(
                    "SELECT id FROM outbound_messages WHERE state = 'scheduled'"
                )
            ]
            await sql.close()
            claimed, *taken = await asyncio.gather(claim_all(), *(take_back(id_) for id_ in ids))
            sent = {sending.id for sending in claimed}
            back = {id_ for id_, was in zip(ids, taken, strict=True) if was}
            async with here.app.db.hot_platform() as hot:
                rest = await claims.claim(hot, held, here.app.clock.now(), _BATCH)
            sent |= {sending.id for sending in rest}
            wrong += len(sent & back) + len(set(ids) - sent - back)
            won["taken back"] += len(back)
            won["sent"] += len(sent)
            everything = [*claimed, *rest]
            async with here.app.uow(here.tenant_id) as uow:
                now = here.app.clock.now()
                kept = await settle(uow, [(one, Sent(str(one.id), now)) for one in everything])
            wrong += len(everything) - kept
        sql = await here.sql()
        states = dict(await sql.fetch("SELECT state, count(*) FROM outbound_messages GROUP BY 1"))
        await sql.close()
    shutil.rmtree(folder, ignore_errors=True)
    good = not wrong and states == {"sent": won["sent"], "cancelled": won["taken back"]}
    print(f"races {sum(won.values())}, {dict(won)}, database {states}, both or neither {wrong}")
    contested = min(won.values(), default=0) > races // 20
    print("PASSED" if good and contested else "FAILED")
    return 0 if good and contested else 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delivery race")
    parser.add_argument("--races", type=int, default=10_000)
    given = parser.parse_args(arguments)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run(given.races))
