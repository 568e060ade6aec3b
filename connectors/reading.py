"""Reads what arrives into conversations: what was kept is read once, in its order.

What a connection of our own brings is kept and read in one transaction; what another process has
kept, or what could not be read so, is claimed from the inbox. All claimed updates of an account share one transaction, in which they are also finished: a kill
leaves either all of it or nothing. Only if that fails are they read one by one, so that one
update nobody can digest holds up its own chat at most, and that not for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from core.channels import inbox
from core.channels.errors import LeaseLost, NotOurs
from core.channels.inbox import MOST_ATTEMPTS, ClaimedUpdate, Mailbox
from core.conversations.receive import AccountRef, receive
from core.conversations.revise import note_reachability, revise, take_back
from core.conversations.unread import set_aside
from core.kernel.ids import new_id
from core.kernel.metrics import IGNORED
from core.kernel.uow import TenantUnit, UnitOfWork
from core.ports.channel import (
    ChannelKind,
    Connector,
    Inbound,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    RawUpdate,
    Unreadable,
)

if TYPE_CHECKING:
    from core.app import App

BATCH = 200
# Claimed so often without a failure ever being noted: it kills who reads it.
_MOST_CLAIMS = 20
_log = structlog.get_logger(__name__)

# So long a conversation's lock is waited for while a connection stands still.
_PATIENCE_MILLISECONDS = 500

Read = tuple[ClaimedUpdate, list[Inbound]]


class InboxReader:
    """The reading half of the channels role."""

    def __init__(self, app: "App", connectors: Mapping[ChannelKind, Connector]) -> None:
        self._app = app
        self._connectors = connectors
        self._broken_off: set[UUID] = set()  # tokens of passes that did not come to their end

    async def accept(
        self, mailbox: Mailbox, kind: ChannelKind, updates: Sequence[RawUpdate]
    ) -> None:
        """Updates are durable when this returns, and as a rule they are read."""
        if not updates:
            return
        if not await self._read_at_once(mailbox, kind, updates):
            await inbox.keep(self._app.db, mailbox, updates)
            # What came before, and is kept no second time, may not be on the disk yet.
            await self._app.db.flush()

    async def _read_at_once(
        self, mailbox: Mailbox, kind: ChannelKind, updates: Sequence[RawUpdate]
    ) -> bool:
        """False, and nothing done, for whatever is not plain: the drain takes its time over it."""
        messages: list[InboundMessage] = []
        silent = 0
        for update in updates:
            try:
                said = self._connectors[kind].read(update)
            except Unreadable:
                return False
            silent += not said
            for what in said:
                if not isinstance(what, InboundMessage):
                    return False
                messages.append(what)
        account = AccountRef(mailbox.account_id, kind)
        try:
            # Cards are on their way already: the disk is waited for by who acknowledges.
            async with self._app.db.hot_unit(
                mailbox.tenant_id, relaxed=True, flush=True, patience=_PATIENCE_MILLISECONDS
            ) as uow:
                if messages:
                    await receive(uow, account, messages, updates)
                else:
                    await inbox.keep_as_read(uow, mailbox.account_id, updates)
        except NotOurs:
            return False
        except Exception:
            _log.warning("not_read_at_once", updates=len(updates), exc_info=True)
            return False
        if silent:
            IGNORED.labels(kind).inc(silent)
        return True

    async def once(self) -> int:
        """Claim a batch and read it; returns how many were claimed."""
        token = new_id()
        async with self._app.db.hot_platform(relaxed=True) as sql:
            if self._broken_off:
                await inbox.let_go(sql, self._broken_off)
            self._broken_off.add(token)
            claimed = await inbox.claim(sql, self._app.clock.now(), BATCH, token)
        by_account: dict[tuple[UUID, UUID], list[ClaimedUpdate]] = {}
        for one in claimed:
            by_account.setdefault((one.tenant_id, one.account_id), []).append(one)
        for theirs in by_account.values():
            await self._account(theirs)
        self._broken_off.clear()
        return len(claimed)

    async def _account(self, claimed: list[ClaimedUpdate]) -> None:
        readable, parked = self._read(claimed)
        tenant_id = claimed[0].tenant_id
        try:
            async with self._unit(tenant_id, readable) as uow:
                for one, problem in parked:
                    _log.warning("update_parked", update=str(one.id), problem=problem)
                    await set_aside(uow, one, problem)
                await _take(uow, readable)
        except LeaseLost:
            _log.warning("claim_lost", updates=len(claimed))
        except Exception:
            _log.exception("batch_failed", updates=len(claimed))
            await self._one_by_one(claimed)

    def _unit(
        self, tenant_id: UUID, read: Sequence[Read]
    ) -> AbstractAsyncContextManager[TenantUnit]:
        """Should the database crash, the inbox still has them: they are read again."""
        if all(isinstance(what, InboundMessage) for _, said in read for what in said):
            return self._app.db.hot_unit(tenant_id, relaxed=True)
        return self._app.uow(tenant_id)

    async def _one_by_one(self, claimed: list[ClaimedUpdate]) -> None:
        """The one that fails waits a while, and the later ones of its lane wait behind it."""
        held_up: set[tuple[UUID, str]] = set()
        waiting: list[ClaimedUpdate] = []
        tenant_id = claimed[0].tenant_id
        for one in claimed:
            if one.lane in held_up:
                waiting.append(one)
                continue
            readable, parked = self._read([one])
            try:
                async with self._app.uow(tenant_id) as uow:
                    for _, problem in parked:
                        await set_aside(uow, one, problem)
                    await _take(uow, readable)
            except LeaseLost:
                held_up.add(one.lane)
            except Exception as failure:
                _log.exception("update_failed", update=str(one.id), attempts=one.attempts)
                if not await self._give_up_or_wait(one, type(failure).__name__):
                    held_up.add(one.lane)
        if waiting:
            async with self._app.uow(tenant_id) as uow:
                await inbox.put_back(uow, waiting)

    async def _give_up_or_wait(self, one: ClaimedUpdate, problem: str) -> bool:
        """Whether it was given up, so that its lane may go on."""
        async with self._app.uow(one.tenant_id) as uow:
            if one.attempts >= MOST_ATTEMPTS:
                await set_aside(uow, one, problem)
                return True
            await inbox.put_back(uow, [one], problem)
            return False

    def _read(
        self, claimed: Iterable[ClaimedUpdate]
    ) -> tuple[list[Read], list[tuple[ClaimedUpdate, str]]]:
        readable: list[Read] = []
        parked: list[tuple[ClaimedUpdate, str]] = []
        for one in claimed:
            if one.attempts > _MOST_CLAIMS:
                parked.append((one, "claimed too often"))
                continue
            try:
                said = self._connectors[one.kind].read(one.update)
            except Unreadable as unreadable:
                parked.append((one, f"unreadable: {unreadable}"))
                continue
            if not said:
                IGNORED.labels(one.kind).inc()
            readable.append((one, said))
        return readable, parked


async def _take(uow: TenantUnit, read: Sequence[Read]) -> None:
    if not read:
        return
    first = read[0][0]
    account = AccountRef(first.account_id, first.kind)
    said = [what for _, several in read for what in several]
    # Runs of messages go in at once; an edit between two of them keeps its place.
    for are_messages, run in groupby(said, lambda what: isinstance(what, InboundMessage)):
        if are_messages:
            await receive(uow, account, [what for what in run if isinstance(what, InboundMessage)])
        elif isinstance(uow, UnitOfWork):
            for what in run:
                await _other(uow, account, what)
    await inbox.finish(uow, [one for one, _ in read])


async def _other(uow: UnitOfWork, account: AccountRef, what: Inbound) -> None:
    if isinstance(what, InboundEdit):
        await revise(uow, account, what)
    elif isinstance(what, InboundDelete):
        await take_back(uow, account, what)
    elif not isinstance(what, InboundMessage):
        await note_reachability(uow, account, what)
