"""One account, one holder: claimed, renewed, lost, given up, and taken from the dead."""

import asyncio
import os
from pathlib import Path

import pytest

from core.app import App
from core.channels import leases
from core.channels.leases import Lease
from core.channels.owners import is_dead, new_owner, place
from core.ports.channel import ChannelKind

KINDS = [ChannelKind.TELEGRAM_BOT]
with_shop = pytest.mark.usefixtures("shop")  # it has one account


async def acquire(app: App, owner: str) -> list[Lease]:
    return await leases.acquire(app.db, owner, KINDS)


async def expire(app: App) -> None:
    async with app.db.hot_platform() as sql:
        await sql.execute("UPDATE channel_accounts SET lease_until = now() - interval '1 second'")


@with_shop
async def test_of_many_at_once_one_gets_it(app: App) -> None:
    got = await asyncio.gather(*(acquire(app, f"owner-{n}") for n in range(8)))
    assert sum(len(some) for some in got) == 1
    assert await acquire(app, "late") == []


@with_shop
async def test_an_expired_lease_changes_hands_and_its_old_holder_is_told(app: App) -> None:
    [old] = await acquire(app, "old")
    assert await leases.renew(app.db, "old", [old]) == []
    await expire(app)
    [new] = await acquire(app, "new")
    assert new.fence == old.fence + 1
    assert await leases.renew(app.db, "old", [old]) == [old]
    assert await leases.renew(app.db, "new", [new]) == []


@with_shop
async def test_an_expired_lease_cannot_be_renewed_even_if_nobody_took_it(app: App) -> None:
    [lease] = await acquire(app, "one")
    await expire(app)
    assert await leases.renew(app.db, "one", [lease]) == [lease]


@with_shop
async def test_the_holders_own_deadline_is_shorter_than_the_lease(app: App) -> None:
    [lease] = await acquire(app, "one")
    left = lease.deadline - asyncio.get_running_loop().time()
    assert leases.RENEW_SECONDS < left < leases.TTL_SECONDS


@with_shop
async def test_what_is_released_may_be_taken_at_once(app: App) -> None:
    [lease] = await acquire(app, "one")
    await leases.release(app.db, "another")
    assert await acquire(app, "two") == []
    await leases.release(app.db, "one")
    [again] = await acquire(app, "two")
    assert again.fence == lease.fence + 1
    assert not again.orphaned


@with_shop
async def test_the_dead_lose_it_at_once_and_the_living_do_not(app: App) -> None:
    process = await asyncio.create_subprocess_exec("sleep", "600")
    owner = new_owner().replace(f"|{os.getpid()}|", f"|{process.pid}|")
    head, _, nonce = owner.rpartition("|")
    started = _started(process.pid)
    owner = f"{head.rpartition('|')[0]}|{started}|{nonce}"
    await acquire(app, owner)
    assert not is_dead(owner)
    assert await acquire(app, "next") == []
    process.kill()
    await process.wait()
    [taken] = await acquire(app, "next")
    assert taken.orphaned


def _started(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]


def test_only_what_can_be_proved_counts_as_dead() -> None:
    mine = new_owner()
    here, pid, started, nonce = mine.rsplit("|", 3)
    assert not is_dead(mine)
    assert is_dead(f"{here}|{pid}|{int(started) + 1}|{nonce}")  # the PID was given to another
    assert is_dead(f"{here}|4194305|1|{nonce}")  # beyond the largest PID there can be
    elsewhere = "|".join(["elsewhere", *(place() or "").split("|")[1:]])
    assert not is_dead(f"{elsewhere}|4194305|1|{nonce}")
    assert not is_dead(f"{here}|{pid}|?|{nonce}")
    for odd in ("", "owner", f"{here}|x|1|n", f"{here}|1"):
        assert not is_dead(odd)
