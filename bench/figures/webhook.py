"""From a webhook's first byte to a row that survives, beside a bare POST with one INSERT."""

import asyncio
import itertools
import sys

from bench.measure import Figure, Sample, in_turns
from bench.processes import answers
from bench.rig import Rig

_UPDATES = 1200  # below what one address may push at once
_BLOCKS = 3


async def webhook(rig: Rig) -> list[Figure]:
    """The api role alone; nobody reads what it keeps."""
    rig.processes.start("api", "cli.main", "api")
    await answers(rig.api_port)
    firsts = itertools.count(1, _UPDATES)

    async def ours(_: int) -> Sample:
        return await _post(rig, "api", rig.api_port, rig.webhook_path, next(firsts))

    async def floor(_: int) -> Sample:
        return await _post(rig, "insert_api", rig.floor_port, "/updates", next(firsts))

    own, bare = await in_turns(ours, floor, _BLOCKS)
    rig.processes.stop("api")
    await rig.execute("TRUNCATE channel_updates")
    await rig.execute(
        "UPDATE channel_accounts SET disconnected_at = now(), sealed_secret = NULL"
        f" WHERE id = '{rig.webhook_path.rpartition('/')[2]}'"
    )
    return [
        Figure("webhook_to_durable", own["rate"], "per_s", bare["rate"]),
        Figure("webhook_to_durable_cpu", own["cpu"], "us", bare["cpu"], "<= 2"),
        Figure("webhook_to_durable_servers_cpu", own["servers_cpu"], "us", bare["servers_cpu"]),
        Figure("webhook_to_durable_p50", own["p50"], "ms", bare["p50"]),
        Figure("webhook_to_durable_p95", own["p95"], "ms", bare["p95"]),
    ]


async def _post(rig: Rig, name: str, port: int, path: str, first: int) -> Sample:
    meter = rig.meter(name)
    caller = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.floors.caller", str(port), path, rig.webhook_secret),
        *(str(first), str(_UPDATES)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await caller.communicate()
    seconds, refused, p50, p95 = (float(word) for word in said.split())
    if refused:
        raise RuntimeError(f"{name} refused {refused:.0f} of {_UPDATES}")
    return {"rate": _UPDATES / seconds, "p50": p50, "p95": p95, **meter.per(_UPDATES)}
