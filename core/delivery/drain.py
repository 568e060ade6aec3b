"""Sends what is due through the accounts this process holds: each reply once, in its order.

A reply is marked `sending` before anything goes out. Whoever dies in between leaves it so, and
whoever takes the account over knows that it may have arrived: where the channel takes our key it
is sent again under the same key, elsewhere it is Unsure, for a person to look.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import structlog

from core.delivery.service import withdraw_void
from core.delivery.settle import Sending, settle
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.channel import Capabilities, Later, Outbound, SendOutcome, Session, Unsure

if TYPE_CHECKING:
    from core.app import App

SEND_TIMEOUT_SECONDS = 20
_LEASE = timedelta(seconds=SEND_TIMEOUT_SECONDS + 15)
_MOST_IN_FLIGHT = 32
_SETTLE_AGAIN_SECONDS = 0.5
_log = structlog.get_logger(__name__)

# What was drafted for words that are no longer the last ones is not sent any more.
_VOID = """
SELECT o.tenant_id, o.id FROM outbound_messages o
JOIN conversations c ON c.tenant_id = o.tenant_id AND c.id = o.conversation_id
WHERE o.account_id = ANY($1::uuid[]) AND o.state = 'scheduled' AND o.fence <> c.version
ORDER BY o.due_at LIMIT 100
"""
_CLAIM = """
UPDATE outbound_messages o
SET state = 'sending', lease_token = $1, lease_until = $2, attempts = o.attempts + 1
FROM (
    SELECT d.tenant_id, d.id FROM outbound_messages d
    JOIN conversations c ON c.tenant_id = d.tenant_id AND c.id = d.conversation_id
    WHERE d.account_id = ANY($3::uuid[]) AND d.state = 'scheduled' AND d.due_at <= $4
      AND (d.fence IS NULL OR d.fence = c.version)
      AND NOT EXISTS (
          SELECT FROM outbound_messages p
          WHERE p.tenant_id = d.tenant_id AND p.conversation_id = d.conversation_id
            AND p.seq < d.seq AND p.state IN ('scheduled', 'claimed', 'sending'))
    ORDER BY d.due_at LIMIT $5 FOR UPDATE OF d SKIP LOCKED
) due
WHERE o.tenant_id = due.tenant_id AND o.id = due.id
RETURNING o.tenant_id, o.id, o.conversation_id, o.account_id, o.external_chat_id, o.text, o.author,
    o.author_user_id, o.suggestion_id, o.turn_id, o.provider_key, o.due_at, o.attempts
"""
_ORPHANS = """
SELECT lease_token, tenant_id, id, conversation_id, account_id, external_chat_id, text, author,
    author_user_id, suggestion_id, turn_id, provider_key, due_at, attempts
FROM outbound_messages
WHERE account_id = ANY($1::uuid[]) AND state = 'sending' AND ($2 OR lease_until < $3)
"""
_NEXT_DUE = """
SELECT min(due_at) FROM outbound_messages WHERE account_id = ANY($1::uuid[]) AND state = 'scheduled'
"""


@dataclass(frozen=True, slots=True)
class Held:
    """An account this process has open."""

    session: Session
    capabilities: Capabilities


class LastLook(Protocol):
    """Whether what a reply says is still true when it is sent; rules that lie above this room."""

    async def suspects(self, sql: Any, replies: Collection[tuple[UUID, UUID]]) -> Collection[UUID]:
        """Of these (tenant, id) the few that must be looked at: one statement for all."""

    async def held(self, uow: UnitOfWork, sending: Sending) -> bool:
        """Hold this one back if it is not true any more; whether it was."""


class Deliverer:
    """The sending half of the channels role. `wake` is called when more may have become due."""

    def __init__(
        self, app: "App", wake: Callable[[], None], last_look: LastLook | None = None
    ) -> None:
        self._app = app
        self._wake = wake
        self._last_look = last_look
        self._in_flight: set[asyncio.Task[None]] = set()
        self._outcomes: list[tuple[Sending, SendOutcome]] = []
        self._settling: asyncio.Task[None] | None = None

    async def adopt(self, account_id: UUID, held: Held) -> None:
        """On taking an account over: what its last holder was sending is in doubt at once."""
        await self._judge_orphans({account_id: held}, at_once=True)

    async def once(self, held: Mapping[UUID, Held]) -> int:
        """Start sending what is due; returns how many were started. Never waits for a send."""
        if not held:
            return 0
        await self._judge_orphans(held, at_once=False)
        free = _MOST_IN_FLIGHT - len(self._in_flight)
        if free <= 0:
            return 0
        token, now = new_id(), self._app.clock.now()
        async with self._app.db.hot_platform() as sql:
            void = await sql.fetch(_VOID, list(held))
            rows = await sql.fetch(_CLAIM, token, now + _LEASE, list(held), now, free)
            asked = [(row["tenant_id"], row["id"]) for row in rows if row["suggestion_id"]]
            look = self._last_look
            suspects = await look.suspects(sql, asked) if look and asked else ()
        for row in rows:
            sending = Sending(token, *row)
            if look is not None and sending.id in suspects:
                async with self._app.uow(sending.tenant_id) as uow:
                    if await look.held(uow, sending):
                        continue
            task = asyncio.create_task(self._send(sending, held[row["account_id"]]))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)
        for row in void:
            async with self._app.uow(row["tenant_id"]) as uow:
                await withdraw_void(uow, row["id"])
        return len(rows)

    async def seconds_to_next(self, held: Mapping[UUID, Held]) -> float | None:
        """How long until the next reply is due, None if none is planned."""
        async with self._app.db.hot_platform() as sql:
            due_at = await sql.fetchval(_NEXT_DUE, list(held))
        if due_at is None:
            return None
        return max(0.0, float((due_at - self._app.clock.now()).total_seconds()))

    async def finish(self) -> None:
        """On a clean stop: wait for what is under way and settle it."""
        while self._in_flight or self._settling is not None:
            pending = [*self._in_flight, *([self._settling] if self._settling else [])]
            await asyncio.gather(*pending, return_exceptions=True)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._wake()

    async def _send(self, sending: Sending, held: Held) -> None:
        message = Outbound(sending.provider_key, sending.external_chat_id, sending.text)
        outcome: SendOutcome
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                outcome = await held.session.send(message)
        except TimeoutError:
            outcome = Unsure("channel.timeout")
        except Exception:
            # The connector promised an outcome and broke: nobody knows what has gone out.
            _log.exception("send_broke", outbound=str(sending.id))
            outcome = Unsure("channel.broke")
        self._outcomes.append((sending, outcome))
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle_all())
        await asyncio.shield(self._settling)

    async def _settle_all(self) -> None:
        """Outcomes that came in while the last ones were being settled share a transaction."""
        try:
            while self._outcomes:
                await asyncio.sleep(0)
                outcomes, self._outcomes = self._outcomes, []
                by_tenant: dict[UUID, list[tuple[Sending, SendOutcome]]] = defaultdict(list)
                for sending, outcome in outcomes:
                    by_tenant[sending.tenant_id].append((sending, outcome))
                for tenant_id, theirs in by_tenant.items():
                    await self._settle_of(tenant_id, theirs)
        finally:
            self._settling = None

    async def _settle_of(
        self, tenant_id: UUID, outcomes: list[tuple[Sending, SendOutcome]]
    ) -> None:
        """Should the database be away, the outcome is known only here: try until the lease ends."""
        for _ in range(int(_LEASE.total_seconds() / _SETTLE_AGAIN_SECONDS)):
            try:
                async with self._app.uow(tenant_id) as uow:
                    await settle(uow, outcomes)
            except Exception:
                _log.exception("settle_failed", outcomes=len(outcomes))
                await asyncio.sleep(_SETTLE_AGAIN_SECONDS)
            else:
                return

    async def _judge_orphans(self, held: Mapping[UUID, Held], *, at_once: bool) -> None:
        async with self._app.db.hot_platform() as sql:
            rows = await sql.fetch(_ORPHANS, list(held), at_once, self._app.clock.now())
        for row in rows:
            orphan = Sending(*row)
            keyed = held[orphan.account_id].capabilities.takes_our_key
            outcome = Later(0, "channel.again") if keyed else Unsure("channel.interrupted")
            async with self._app.uow(orphan.tenant_id) as uow:
                await settle(uow, [(orphan, outcome)])
