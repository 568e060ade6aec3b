"""The worker role: drafts, indexes, brings in files, looks up prices, carries events, replays."""

import asyncio
import time
from typing import TYPE_CHECKING

from core.decision import reactions as second_looks
from core.events.relay import BATCH, Relay
from core.imports.drain import AT_ONCE as IMPORTS_AT_ONCE
from core.imports.drain import import_due
from core.kernel import drains, serving
from core.kernel.drains import Drain
from core.kernel.heartbeat import keep_beating
from core.kernel.nudges import WORKER
from core.knowledge.drain import index_due
from core.pricing.look_up import MOST_AT_ONCE as MOST_LOOKUPS
from core.pricing.look_up import PriceDesk
from core.replay.run import replay_due
from core.suggestions import pricing, reactions
from core.suggestions.draft import MOST_AT_ONCE, Draftsman

if TYPE_CHECKING:
    from core.app import App

# Imported for the reactions they declare.
REACTIONS = (pricing, reactions, second_looks)
_TICK_SECONDS = 1.0
_LONGEST_REST_SECONDS = 5.0
# Turns that fall due within this long are claimed together.
_GAP_SECONDS = 0.02
_GAP_WITHOUT_AI_SECONDS = 0.2  # nobody waits to be told so


async def serve(app: "App", stop: asyncio.Event) -> None:
    """The role until `stop`; drafts under way are given back for the next process."""
    await serving.until(stop, run(app))


async def run(app: "App") -> None:
    """Until cancelled."""
    draftsman = Draftsman(app, wake=lambda: drafting.wake())  # noqa: PLW0108 - made below

    desk = PriceDesk(app, wake=lambda: looking_up.wake())  # noqa: PLW0108 - made below

    async def draft() -> int:
        started = await draftsman.once()
        drafting.gap = _GAP_WITHOUT_AI_SECONDS if draftsman.only_refuses else _GAP_SECONDS
        wait = draftsman.seconds_to_next()
        if wait is not None and wait < _TICK_SECONDS:
            drafting.wake_in(wait)
        return started

    async def index() -> int:
        began = time.monotonic()
        done = await index_due(app)
        if draftsman.busy:  # while somebody waits for a draft, indexing rests as long as it works
            await asyncio.sleep(min(time.monotonic() - began, _LONGEST_REST_SECONDS))
        return done

    async def bring_in() -> int:
        return await import_due(app)

    async def replay() -> int:
        return await replay_due(app)

    drafting = Drain("drafts", draft, full=MOST_AT_ONCE, gap=_GAP_SECONDS)
    looking_up = Drain("prices", desk.once, full=MOST_LOOKUPS)
    try:
        async with asyncio.TaskGroup() as group:
            prefix = app.nudges.prefix
            group.create_task(keep_beating(app.nudges.redis, app.role, prefix=prefix))
            work = [
                drafting,
                Drain("outbox", Relay(app).once, full=BATCH),
                Drain("indexing", index),
                Drain("imports", bring_in, full=IMPORTS_AT_ONCE),
                looking_up,
                Drain("replays", replay),
            ]
            group.create_task(drains.run(app.nudges, WORKER, work))
    except asyncio.CancelledError:
        await asyncio.gather(draftsman.finish(), desk.finish())
        raise
