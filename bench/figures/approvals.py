"""Approving drafts: by the bot's buttons, by the use case alone, and until the customer reads."""

import asyncio
import os
import time
from collections.abc import Sequence
from uuid import UUID

from bench.measure import Figure, Sample, in_turns, percentile
from bench.processes import cpu_seconds
from bench.rig import OPERATORS_BOT, RELAY_BOT, STORE_BOT, Rig
from core.suggestions.decide import approve

_BURST = 100
_BLOCKS = 3
_RATE = 4  # eight people, each a press every two seconds
_SECONDS = 10
_AT_ONCE = 8


_DRAFT = """
UPDATE suggestions s SET status = 'pending', failure = NULL, draft = d.text, text = d.text,
    intent = 'price', score = 0.9
FROM (SELECT id, 'Да, есть, приезжайте. a' || lpad(external_chat_id, 7, '0') || 'z' AS text
      FROM conversations) d
WHERE d.id = s.conversation_id AND s.status = 'failed'
"""
_REDRAW = """
UPDATE cards SET wanted = wanted + 1, due_at = now() FROM suggestions s
WHERE s.status = 'pending' AND s.turn_id = cards.turn_id
"""


async def burst(rig: Rig) -> list[Figure]:
    """Each block has fresh drafts; eight operators press upon all of them at once."""
    await rig.turn_ai(on=False)

    async def ours(_: int) -> Sample:
        numbers = await _pending(rig, _BURST)
        meter = rig.roles_meter()
        await rig.press(OPERATORS_BOT, numbers)
        await rig.wait("pressed", numbers)
        rate = await _rate(rig, numbers)
        await rig.wait("reached", numbers)
        await rig.quiet()
        return {"rate": rate, **meter.per(_BURST)}

    async def floor(_: int) -> Sample:
        numbers = await _floor_rows(rig, _BURST)
        meter = rig.meter("relay")
        await rig.press(RELAY_BOT, numbers, plain=True)
        await rig.wait("reached", numbers)
        return {"rate": await _rate(rig, numbers), **meter.per(_BURST)}

    own, bare = await in_turns(ours, floor, _BLOCKS)
    return [
        Figure("approvals_by_bot", own["rate"], "per_s", bare["rate"]),
        Figure("approvals_by_bot_cpu", own["cpu"], "us", bare["cpu"]),
        Figure("approvals_by_bot_servers_cpu", own["servers_cpu"], "us", bare["servers_cpu"]),
    ]


async def use_case(rig: Rig) -> list[Figure]:
    """Within this process, the other roles stopped: what the core alone can do."""

    async def ours(_: int) -> Sample:
        await _pending(rig, _BURST)
        rig.stop_roles()
        async with rig.app.uow(rig.actor.tenant_id) as uow:
            sql = await uow.sql()
            rows = await sql.fetch(
                "SELECT id, version FROM suggestions WHERE status = 'pending' LIMIT $1", _BURST
            )
        waiting = [(row["id"], row["version"]) for row in rows]
        count, began, cpu = len(waiting), time.perf_counter(), cpu_seconds([os.getpid()])
        await asyncio.gather(*(_approve_all(rig, waiting) for _ in range(_AT_ONCE)))
        rate = count / (time.perf_counter() - began)
        spent = (cpu_seconds([os.getpid()]) - cpu) * 1e6 / count
        await rig.start_roles()
        await rig.quiet()
        return {"rate": rate, "cpu": spent}

    async def floor(_: int) -> Sample:
        numbers = await _floor_rows(rig, _BURST)
        meter = rig.meter("relay")
        await rig.press(RELAY_BOT, numbers, plain=True)
        await rig.wait("reached", numbers)
        return {"rate": await _rate(rig, numbers), "cpu": meter.per(_BURST)["cpu"]}

    own, bare = await in_turns(ours, floor, 1)
    return [
        Figure("approvals_use_case_alone", own["rate"], "per_s", bare["rate"]),
        Figure("approvals_use_case_alone_cpu", own["cpu"], "us", bare["cpu"]),
    ]


async def end_to_end(rig: Rig) -> list[Figure]:
    """At a steady rate, undo_seconds 0: from the press until the customer has the reply."""
    count = _RATE * _SECONDS

    async def ours(_: int) -> Sample:
        return await _reached(rig, OPERATORS_BOT, await _pending(rig, count), plain=False)

    async def floor(_: int) -> Sample:
        return await _reached(rig, RELAY_BOT, await _floor_rows(rig, count), plain=True)

    own, bare = await in_turns(ours, floor, _BLOCKS)
    name = f"approve_to_customer_at_{_RATE}"
    return [
        Figure(f"{name}_p50", own["p50"], "ms", bare["p50"]),
        Figure(f"{name}_p95", own["p95"], "ms", bare["p95"]),
        Figure(f"{name}_press_p50", own["press_p50"], "ms", bare["press_p50"]),
        Figure(f"{name}_press_p95", own["press_p95"], "ms", bare["press_p95"]),
    ]


async def _reached(rig: Rig, token: str, numbers: Sequence[int], *, plain: bool) -> Sample:
    await rig.press(token, numbers, _RATE, plain=plain)
    await asyncio.sleep(len(numbers) / _RATE)
    await rig.wait("reached", numbers)
    await rig.wait("pressed", numbers)
    took = await rig.took("tapped", "reached", numbers)
    press = await rig.took("tapped", "pressed", numbers)
    await rig.quiet()
    return {
        "p50": percentile(took, 50),
        "p95": percentile(took, 95),
        "press_p50": percentile(press, 50),
        "press_p95": percentile(press, 95),
    }


async def _approve_all(rig: Rig, waiting: list[tuple[UUID, int]]) -> None:
    while waiting:
        suggestion_id, version = waiting.pop()
        async with rig.app.uow(rig.actor.tenant_id) as uow:
            await approve(uow, rig.actor, suggestion_id, version=version)


async def _pending(rig: Rig, count: int) -> range:
    """Customers whose cards show a draft, and nothing under way. The drafts are the bench's own."""
    numbers = rig.numbers("ours", count)
    await rig.write(STORE_BOT, numbers)
    await rig.wait("card", numbers)
    await rig.quiet()
    await rig.execute(_DRAFT)
    await rig.execute(_REDRAW)
    await rig.wait("drafted", numbers)
    await rig.quiet()
    return numbers


async def _floor_rows(rig: Rig, count: int) -> range:
    numbers = rig.numbers("floor", count)
    await rig.execute(
        "INSERT INTO bench_presses (id)"
        f" SELECT generate_series({numbers.start}, {numbers.stop - 1})"
    )
    return numbers


async def _rate(rig: Rig, numbers: range) -> float:
    """Presses answered in a second."""
    began, ended = await rig.marks("tapped", numbers), await rig.marks("pressed", numbers)
    return len(numbers) / (max(ended.values()) - min(began.values()))
