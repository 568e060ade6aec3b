"""Sends what is due through the accounts this process holds: each reply once, in its order.

A reply is marked `sending` before anything goes out. Whoever dies in between leaves it so, and
whoever takes the account over knows that it may have arrived: where the channel takes our key it
is sent again under the same key, elsewhere it is Unsure, for a person to look.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import asyncpg
import structlog

from core.delivery import claims
from core.delivery.begin import Refusal, Void, begin_send
from core.delivery.claims import LEASE, SEND_TIMEOUT_SECONDS, Held
from core.delivery.models import OutboundState
from core.delivery.outcomes import Again, Cancelled, Outcome, Sending
from core.delivery.service import withdraw_void
from core.delivery.settle import settle, settle_barely
from core.kernel import failpoints
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.channel import AccountLost, ChannelTrouble, Outbound, Unsure

if TYPE_CHECKING:
    from core.app import App

_MOST_IN_FLIGHT = 32
# Claims of a few are dear: unless nothing is under way, a claim waits until so many may be taken.
_LEAST_CLAIM = 8
_PATIENCE_SECONDS = 0.2  # though not for long: some that are under way may hang
# What has been sent but not kept yet is bounded too: a database that is slow holds the senders up.
_MOST_UNSETTLED = 128
_LOOK_AROUND_SECONDS = 1.0
_SETTLE_AGAIN_SECONDS = 0.5
_TYPING_SECONDS = 4.5  # messengers show it for five
# What the database will say again however often it is asked.
_REFUSED = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, UnicodeError)
_log = structlog.get_logger(__name__)
__all__ = ["Deliverer", "Held"]


class LastLook(Protocol):
    """Whether what a reply says is still true when it is sent; rules that lie above this room."""

    async def suspects(self, sql: Any, replies: Collection[tuple[UUID, UUID]]) -> Collection[UUID]:
        """Of these (tenant, id) the few that must be looked at: one statement for all."""

    async def held(self, uow: UnitOfWork, sending: Sending) -> bool:
        """Hold this one back if it is not true any more; whether it was."""


class Deliverer:
    """The sending half of the channels role. `wake` is called when more may have become due.

    `refusal` is asked before anything goes out by itself, `last_look` of whatever a draft was for.
    """

    def __init__(
        self,
        app: "App",
        wake: Callable[[], None],
        refusal: Refusal | None = None,
        last_look: LastLook | None = None,
    ) -> None:
        self._app = app
        self._wake = wake
        self._refusal = refusal
        self._last_look = last_look
        self._in_flight: set[asyncio.Task[None]] = set()
        self._outcomes: list[tuple[Sending, Outcome]] = []
        self._settling: asyncio.Task[None] | None = None
        self._look_around_at = float("-inf")
        self._claimed_at = float("-inf")
        self._unheard: UUID | None = None

    async def adopt(self, account_id: UUID, held: Held) -> None:
        """On taking an account over: what its last holder was sending is in doubt at once."""
        await self._judge_orphans({account_id: held}, at_once=True)

    async def once(self, held: Mapping[UUID, Held]) -> int:
        """Start sending what is due; returns how many were started. Never waits for a send."""
        if not held:
            return 0
        if (now := asyncio.get_running_loop().time()) >= self._look_around_at:
            self._look_around_at = now + _LOOK_AROUND_SECONDS
            await self._judge_orphans(held, at_once=False)
            await self._withdraw_void(held)
        free = _MOST_IN_FLIGHT - len(self._in_flight)
        few = self._in_flight and free < _LEAST_CLAIM and now - self._claimed_at < _PATIENCE_SECONDS
        if not free or few or len(self._outcomes) > _MOST_UNSETTLED:
            return 0  # whatever lands, or is settled, wakes us
        self._claimed_at = now
        started = 0
        claimed = await self._claim(held, free)
        try:
            true = await self._still_true(claimed)
        except Exception:
            self._unheard = claimed[0].token  # nothing of it has been begun
            raise
        for sending in true:
            task = asyncio.create_task(self._send(sending, held[sending.account_id]))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)
            started += 1
        return started

    async def _claim(self, held: Mapping[UUID, Held], free: int) -> list[Sending]:
        """Should the answer to a claim be lost, its token tells what it took: nobody sends that."""
        if self._unheard is not None:
            async with self._app.db.hot_platform() as sql:
                await claims.unclaim(sql, list(held), self._unheard)
        self._unheard = token = new_id()
        async with self._app.db.hot_platform() as sql:
            claimed = await claims.claim(sql, held, self._app.clock.now(), free, token)
        self._unheard = None
        if claimed:
            failpoints.reach("deliver.claimed")
        return claimed

    async def _still_true(self, claimed: list[Sending]) -> list[Sending]:
        """Those that say what is so now. What may have gone out already is not held back."""
        drafted = [
            (one.tenant_id, one.id) for one in claimed if one.suggestion_id and not one.doubted
        ]
        look = self._last_look
        if look is None or not drafted:
            return claimed
        async with self._app.db.hot_platform() as sql:
            suspects = await look.suspects(sql, drafted)
        return [one for one in claimed if one.id not in suspects or not await self._held(look, one)]

    async def _held(self, look: LastLook, sending: Sending) -> bool:
        async with self._app.uow(sending.tenant_id) as uow:
            return await look.held(uow, sending)

    async def seconds_to_next(self, held: Mapping[UUID, Held]) -> float | None:
        """How long until the next reply is due, None if none is planned."""
        now = self._app.clock.now()
        async with self._app.db.hot_platform() as sql:
            due_at = await claims.next_due(sql, list(held), now)
        return None if due_at is None else max(0.0, (due_at - now).total_seconds())

    async def finish(self) -> None:
        """On a clean stop: wait for what is under way and settle it."""
        while self._in_flight or self._settling is not None:
            pending = [*self._in_flight, *([self._settling] if self._settling else [])]
            await asyncio.gather(*pending, return_exceptions=True)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if not self._in_flight or len(self._in_flight) == _MOST_IN_FLIGHT - _LEAST_CLAIM:
            self._wake()

    async def _send(self, sending: Sending, held: Held) -> None:
        outcome = await self._outcome(sending, held)
        if outcome is None:
            return
        failpoints.reach("deliver.sent")
        self._outcomes.append((sending, outcome))
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle_all())

    async def _outcome(self, sending: Sending, held: Held) -> Outcome | None:
        """What came of it; None if it is no longer ours to say."""
        if sending.state == OutboundState.CLAIMED:
            try:
                refused = await self._begin(sending, held)
            except (Void, LookupError):
                return None
            except Exception as problem:
                # Nothing has gone out: it may be tried again, though not for ever.
                _log.exception("begin_failed", outbound=str(sending.id))
                return Again(f"{type(problem).__name__}"[:100])
            if refused is not None:
                return Cancelled(refused)
        failpoints.reach("deliver.sending")
        message = Outbound(sending.provider_key, sending.external_chat_id, sending.text)
        outcome: Outcome
        try:
            async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                outcome = await held.session.send(message)
        except TimeoutError:
            outcome = Unsure("channel.timeout")
        except Exception:
            # The connector promised an outcome and broke: nobody knows what has gone out.
            _log.exception("send_broke", outbound=str(sending.id))
            outcome = Unsure("channel.broke")
        if isinstance(outcome, Unsure) and held.capabilities.takes_our_key:
            outcome = Again(outcome.why, doubted=True)
        return outcome

    async def _begin(self, sending: Sending, held: Held) -> str | None:
        """Typing is a promise: it is shown once the reply may go out, and it is looked at again."""
        if sending.typing_ms:
            refused = await begin_send(self._app, sending, self._refusal, mark=False)
            if refused is not None:
                return refused
            await self._type(sending, held)
        return await begin_send(self._app, sending, self._refusal)

    async def _type(self, sending: Sending, held: Held) -> None:
        """Show typing until its time; a channel that will not is no reason to keep the reply."""
        left = sending.typing_ms / 1000
        while left > 0:
            if held.capabilities.typing:
                with suppress(ChannelTrouble, AccountLost, OSError, TimeoutError):
                    async with asyncio.timeout(_TYPING_SECONDS):
                        await held.session.typing(sending.external_chat_id)
            await asyncio.sleep(min(left, _TYPING_SECONDS))
            left -= _TYPING_SECONDS

    async def _settle_all(self) -> None:
        """Outcomes that came in while the last ones were being settled share a transaction."""
        try:
            while self._outcomes:
                await asyncio.sleep(0)
                outcomes, self._outcomes = self._outcomes, []
                by_tenant: dict[UUID, list[tuple[Sending, Outcome]]] = defaultdict(list)
                for sending, outcome in outcomes:
                    by_tenant[sending.tenant_id].append((sending, outcome))
                for tenant_id, theirs in by_tenant.items():
                    await self._settle_of(tenant_id, theirs)
                failpoints.reach("settle.committed")
                self._wake()
        finally:
            self._settling = None

    async def _settle_of(self, tenant_id: UUID, outcomes: list[tuple[Sending, Outcome]]) -> None:
        """Should the database be away, the outcome is known only here: try until the lease ends.

        An outcome that the database refuses does not take the others with it.
        """
        for _ in range(int(LEASE.total_seconds() / _SETTLE_AGAIN_SECONDS)):
            try:
                async with self._app.uow(tenant_id) as uow:
                    await settle(uow, outcomes)
            except _REFUSED:
                if len(outcomes) == 1:
                    await self._settle_barely(tenant_id, *outcomes[0])
                    return
                _log.exception("settle_split", outcomes=len(outcomes))
                for one in outcomes:
                    await self._settle_of(tenant_id, [one])
                return
            except Exception:
                _log.exception("settle_failed", outcomes=len(outcomes))
                await asyncio.sleep(_SETTLE_AGAIN_SECONDS)
            else:
                return

    async def _settle_barely(self, tenant_id: UUID, sending: Sending, outcome: Outcome) -> None:
        _log.exception("settle_refused", outbound=str(sending.id))
        try:
            async with self._app.uow(tenant_id) as uow:
                await settle_barely(uow, sending, outcome)
        except Exception:
            _log.exception("settle_lost", outbound=str(sending.id))  # its lease ends as a doubt

    async def _withdraw_void(self, held: Mapping[UUID, Held]) -> None:
        async with self._app.db.hot_platform() as sql:
            rows = await claims.void(sql, list(held))
        for tenant_id, outbound_id in rows:
            async with self._app.uow(tenant_id) as uow:
                await withdraw_void(uow, outbound_id)

    async def _judge_orphans(self, held: Mapping[UUID, Held], *, at_once: bool) -> None:
        async with self._app.db.hot_platform() as sql:
            found = await claims.orphans(sql, list(held), self._app.clock.now(), at_once=at_once)
        by_tenant: dict[UUID, list[tuple[Sending, Outcome]]] = defaultdict(list)
        for orphan in found:
            unsent = orphan.state == OutboundState.CLAIMED
            keyed = held[orphan.account_id].capabilities.takes_our_key
            outcome: Outcome = Unsure("channel.interrupted")
            if unsent or keyed:
                outcome = Again("channel.again", doubted=not unsent)
            by_tenant[orphan.tenant_id].append((orphan, outcome))
        for tenant_id, theirs in by_tenant.items():
            async with self._app.uow(tenant_id) as uow:
                await settle(uow, theirs)
                failpoints.reach("adopt.judged")
