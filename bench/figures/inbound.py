"""From a customer's message to the operator's card, beside a relay that forwards and replies."""

import asyncio
import os

from bench.measure import Figure, Sample, in_turns, percentile
from bench.rig import RELAY_BOT, ROLES, STORE_BOT, Rig

_BACKLOG = 300
_WARM_UP = 60
_BLOCKS = 3
_STEADY_BLOCKS = 5  # what others do on the machine's host comes and goes within seconds
_SECONDS = 4


async def warm_up(rig: Rig) -> None:
    """A store that has been at work for a minute: connections are open, statistics are taken.

    Until autovacuum has counted them, Postgres plans for new tables as if they were empty.
    """
    await rig.turn_ai(on=False)
    for _ in range(2):
        for side, token in (("ours", STORE_BOT), ("floor", RELAY_BOT)):
            numbers = rig.numbers(side, _WARM_UP)
            await rig.write(token, numbers, _WARM_UP / 2)
            await asyncio.sleep(2)
            await rig.wait("card", numbers)
        await rig.quiet()
        await rig.execute("ANALYZE")
    # What making servers and stores left to be written is no cost of a message.
    await rig.execute("CHECKPOINT")
    await asyncio.to_thread(os.sync)


async def backlog(rig: Rig) -> list[Figure]:
    """The AI is off; so many customers have written at once, each for the first time."""
    await rig.turn_ai(on=False)

    async def ours(_: int) -> Sample:
        numbers, meter = rig.numbers("ours", _BACKLOG), rig.roles_meter()
        await rig.write(STORE_BOT, numbers)
        await rig.wait("card", numbers)
        rate = await _rate(rig, "card", numbers)
        await rig.quiet()
        return {"rate": rate, **meter.per(_BACKLOG)}

    async def floor(_: int) -> Sample:
        numbers, meter = rig.numbers("floor", _BACKLOG), rig.meter("relay")
        await rig.write(RELAY_BOT, numbers)
        await rig.wait("replied", numbers)
        return {"rate": await _rate(rig, "replied", numbers), **meter.per(_BACKLOG)}

    own, bare = await in_turns(ours, floor, _BLOCKS)
    return [
        Figure("inbound_to_card_backlog", own["rate"], "per_s", bare["rate"], ">= 0.5"),
        Figure("inbound_to_card_backlog_cpu", own["cpu"], "us", bare["cpu"]),
        Figure("inbound_to_card_backlog_servers_cpu", own["servers_cpu"], "us", None),
        *(Figure(f"inbound_to_card_backlog_cpu_{r}", own[f"cpu_{r}"], "us", None) for r in ROLES),
    ]


async def steady(rig: Rig, rate: int) -> list[Figure]:
    """The AI is off; messages come at this rate, whatever becomes of them."""
    await rig.turn_ai(on=False)
    own, bare = await in_turns(
        lambda _: stream(rig, rate, "card"), lambda _: _relay_stream(rig, rate), _STEADY_BLOCKS
    )
    name = f"inbound_to_card_at_{rate}"
    return [
        Figure(f"{name}_p50", own["p50"], "ms", bare["p50"]),
        Figure(f"{name}_p95", own["p95"], "ms", bare["p95"], "<= 5"),
        Figure(f"{name}_cpu", own["cpu"], "us", bare["cpu"]),
        Figure(f"{name}_servers_cpu", own["servers_cpu"], "us", None),
        *(Figure(f"{name}_cpu_{r}", own[f"cpu_{r}"], "us", None) for r in ROLES),
        Figure(f"{name}_stolen", own["stolen"], "percent", bare["stolen"]),
    ]


async def drafted(rig: Rig, rate: int) -> list[Figure]:
    """A model that answers at once, and no wait for quiet: until the card shows the draft.

    One worker drafts; a rate beyond what it can do shows as a time that grows with the block.
    """
    await rig.turn_ai(on=True)
    own, bare = await in_turns(
        lambda _: stream(rig, rate, "drafted"), lambda _: _relay_stream(rig, rate), _BLOCKS
    )
    name = f"inbound_to_draft_at_{rate}"
    return [
        Figure(f"{name}_p50", own["p50"], "ms", bare["p50"]),
        Figure(f"{name}_p95", own["p95"], "ms", bare["p95"]),
        Figure(f"{name}_card_p50", own["card_p50"], "ms", bare["p50"]),
        Figure(f"{name}_card_p95", own["card_p95"], "ms", bare["p95"]),
        Figure(f"{name}_cpu", own["cpu"], "us", bare["cpu"]),
        Figure(f"{name}_servers_cpu", own["servers_cpu"], "us", None),
    ]


async def stream(rig: Rig, rate: int, until: str, seconds: int = _SECONDS) -> Sample:
    """Customers write at this rate for a while: milliseconds to `until` and to the card, CPU."""
    numbers, meter = rig.numbers("ours", rate * seconds), rig.roles_meter()
    await rig.write(STORE_BOT, numbers, rate)
    await asyncio.sleep(seconds)
    await rig.wait(until, numbers)
    took = await rig.took("written", until, numbers)
    card = await rig.took("written", "card", numbers)
    await rig.quiet()
    return {
        "p50": percentile(took, 50),
        "p95": percentile(took, 95),
        "card_p50": percentile(card, 50),
        "card_p95": percentile(card, 95),
        **meter.per(len(numbers)),
    }


async def _relay_stream(rig: Rig, rate: int) -> Sample:
    numbers, meter = rig.numbers("floor", rate * _SECONDS), rig.meter("relay")
    await rig.write(RELAY_BOT, numbers, rate)
    await asyncio.sleep(_SECONDS)
    await rig.wait("replied", numbers)
    took = await rig.took("written", "card", numbers)
    return {
        "p50": percentile(took, 50),
        "p95": percentile(took, 95),
        **meter.per(len(numbers)),
    }


async def _rate(rig: Rig, kind: str, numbers: range) -> float:
    began, ended = await rig.marks("written", numbers), await rig.marks(kind, numbers)
    return len(numbers) / (max(ended.values()) - min(began.values()))
