"""Carries events from the outbox to their reactions: each reaction once, in its own transaction.

A lease is short, for it is also how long what a dead relay had claimed stands still, and renewed
while its events are carried. Taken over too early, an event does no harm: its receipts say which
reactions have been.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import orjson
import structlog
from sqlalchemy.dialects.postgresql import insert

from core.events.catalogue import Event
from core.events.models import EventReceipt
from core.events.service import Reaction, reactions_to
from core.kernel.ids import new_id

if TYPE_CHECKING:
    from core.app import App

BATCH = 100
LEASE = timedelta(seconds=12)
_RENEW_AFTER = timedelta(seconds=4)
_MOST_ATTEMPTS = 10
_KEPT = timedelta(days=7)
_log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE outbox o SET lease_token = $1, lease_until = $2, attempts = o.attempts + 1
FROM (
    SELECT tenant_id, id FROM outbox
    WHERE done_at IS NULL AND parked_at IS NULL AND (lease_until IS NULL OR lease_until < $3)
    ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
) due
WHERE o.tenant_id = due.tenant_id AND o.id = due.id
RETURNING o.tenant_id, o.id, o.kind, o.payload::text, o.attempts
"""
_RENEW = """
UPDATE outbox SET lease_until = $1
WHERE lease_token = $2 AND done_at IS NULL AND id = ANY($3::uuid[]) RETURNING id
"""
_LET_GO = """
UPDATE outbox SET lease_token = NULL, lease_until = NULL
WHERE lease_token = ANY($1::uuid[]) AND done_at IS NULL AND parked_at IS NULL
"""
_DONE = """
UPDATE outbox SET done_at = $1, lease_until = NULL
WHERE lease_token = $2 AND done_at IS NULL AND id = ANY($3::uuid[])
"""
_FAILED = """
UPDATE outbox SET problem = $1, lease_until = $2, parked_at = $3, lease_token = NULL
WHERE lease_token = $4 AND id = $5 AND done_at IS NULL
"""
_PARKED = """
SELECT kind, problem, count(*) AS n FROM outbox WHERE parked_at IS NOT NULL
GROUP BY kind, problem ORDER BY n DESC
"""
_SWEEP = "DELETE FROM outbox WHERE done_at < $1"
_SWEEP_RECEIPTS = "DELETE FROM event_receipts WHERE at < $1"


class Relay:
    """One relay; any number may run."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._broken_off: set[UUID] = set()  # tokens of passes that did not come to their end

    async def once(self) -> int:
        """Deliver what is due; returns how many events were taken up."""
        app, token, now = self._app, new_id(), self._app.clock.now()
        async with app.db.hot_platform() as sql:
            if self._broken_off:
                await sql.execute(_LET_GO, list(self._broken_off))
            self._broken_off.add(token)
            rows = await sql.fetch(_CLAIM, token, now + LEASE, now, BATCH)
        if rows:
            await self._carry(token, sorted(rows, key=lambda row: row["id"]), now + _RENEW_AFTER)
        self._broken_off.clear()
        return len(rows)

    async def _carry(self, token: UUID, rows: list[asyncpg.Record], renew_at: datetime) -> None:
        app = self._app
        ours = {row["id"] for row in rows}
        done: list[UUID] = []
        for row in rows:
            if (now := app.clock.now()) >= renew_at:
                async with app.db.hot_platform() as sql:
                    kept = await sql.fetch(_RENEW, now + LEASE, token, list(ours))
                ours, renew_at = {one["id"] for one in kept}, now + _RENEW_AFTER
            if row["id"] not in ours:
                continue  # taken over by another, who carries it
            try:
                await _deliver(app, row)
            except Exception as problem:
                await _put_back(app, token, row, problem)
                ours.discard(row["id"])
            else:
                done.append(row["id"])
        if done:
            async with app.db.hot_platform() as sql:
                await sql.execute(_DONE, app.clock.now(), token, done)


async def relay_once(app: "App") -> int:
    """One pass of a relay that has no other."""
    return await Relay(app).once()


async def _deliver(app: "App", row: asyncpg.Record) -> None:
    event = Event.restore(row["kind"], orjson.loads(row["payload"]))
    for name, react in reactions_to(type(event)).items():
        await _react_once(app, row["id"], name, react, event)


async def _react_once(app: "App", event_id: UUID, name: str, react: Reaction, event: Event) -> None:
    async with app.uow(event.tenant_id) as uow:
        receipt = insert(EventReceipt).values(
            tenant_id=event.tenant_id, id=event_id, reaction=name, at=uow.clock.now()
        )
        taken = await uow.session.execute(
            receipt.on_conflict_do_nothing().returning(EventReceipt.id)
        )
        if taken.scalar_one_or_none() is not None:
            await react(uow, event)


async def _put_back(app: "App", token: UUID, row: asyncpg.Record, problem: Exception) -> None:
    """Later again; an event that never succeeds is parked with its reason, for a person."""
    _log.exception("reaction_failed", kind=row["kind"], event_id=str(row["id"]))
    now = app.clock.now()
    parked = now if row["attempts"] >= _MOST_ATTEMPTS else None
    again = now + timedelta(seconds=min(2 ** row["attempts"], 300))
    async with app.db.hot_platform() as sql:
        await sql.execute(_FAILED, type(problem).__name__, again, parked, token, row["id"])


async def parked(app: "App") -> list[tuple[str, str, int]]:
    """Events whose reactions never succeeded: of which kind, why, how many."""
    async with app.db.hot_platform() as sql:
        return [(row["kind"], row["problem"], row["n"]) for row in await sql.fetch(_PARKED)]


async def sweep(app: "App") -> None:
    """Forget what was delivered a week ago."""
    before = app.clock.now() - _KEPT
    async with app.db.hot_platform() as sql:
        await sql.execute(_SWEEP, before)
        await sql.execute(_SWEEP_RECEIPTS, before)
