"""One account under its lease: opened, kept open through trouble, closed at once when it must be."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from core.channels.errors import LeaseLost
from core.channels.inbox import Mailbox
from core.channels.leases import Lease
from core.channels.models import AccountState
from core.delivery.accounts import account_became
from core.ports.channel import (
    Account,
    AccountLost,
    ChannelKind,
    ChannelTrouble,
    Connector,
    Profile,
    RawUpdate,
    Session,
)

if TYPE_CHECKING:
    from core.app import App

_SHORTEST_WAIT_SECONDS = 0.5
_LONGEST_WAIT_SECONDS = 60.0
# One failure is weather, so many in a row are worth telling.
_FAILURES_TO_TELL = 3
_log = structlog.get_logger(__name__)

Opened = Callable[[Session], Awaitable[None]]
Accept = Callable[[Mailbox, ChannelKind, list[RawUpdate]], Awaitable[None]]


def wait_seconds(failures: int) -> float:
    """Exponential, with jitter, never short: no failure makes a tight loop."""
    longest = min(_LONGEST_WAIT_SECONDS, _SHORTEST_WAIT_SECONDS * 2.0 ** min(failures, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret


class OpenAccount:
    """Keeps one account open in a task of its own. `session` is there while it is."""

    def __init__(
        self,
        app: "App",
        connector: Connector,
        account: Account,
        lease: Lease,
        starts: asyncio.Semaphore,
        on_open: Opened,
        accept: Accept,
    ) -> None:
        self.session: Session | None = None
        self.account = account
        self.lease = lease
        self._app = app
        self._connector = connector
        self._starts = starts
        self._on_open = on_open
        self._accept = accept
        self._failures = 0
        self._told: tuple[AccountState, str | None] | None = None
        self._limit: asyncio.Timeout | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"account:{self.account.id}")

    def renewed(self) -> None:
        """The lease's deadline has moved; to a task that has ended that is nothing."""
        if self._limit is not None and not self.ended and not self._limit.expired():
            self._limit.reschedule(self.lease.deadline)

    @property
    def ended(self) -> bool:
        return self._task is None or self._task.done()

    async def stop(self) -> None:
        """Closed when this returns."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._task = None

    async def _run(self) -> None:
        log = _log.bind(account=str(self.account.id))
        limit = asyncio.timeout_at(self.lease.deadline)
        try:
            async with limit:
                self._limit = limit
                await self._stay_open()
        except LeaseLost:
            log.warning("account_taken_over")
        except AccountLost as lost:
            await self._tell_lost(lost)
        except TimeoutError:
            log.warning("lease_ran_out")
        except Exception:
            log.exception("account_task_broke")
        finally:
            self._limit = None  # a limit that is over cannot be moved

    async def _stay_open(self) -> None:
        while True:
            try:
                await self._open_once()
            except (ChannelTrouble, OSError, TimeoutError) as problem:
                await self._wait_after(problem)

    async def _open_once(self) -> None:
        async with self._starts:
            session = await self._connector.open(self.account)
        try:
            await self._tell(AccountState.CONNECTED, profile=session.profile)
            await self._on_open(session)
            self.session = session
            while True:
                try:
                    await session.pull(self._keep)
                except (ChannelTrouble, OSError, TimeoutError) as problem:
                    await self._wait_after(problem)
        finally:
            self.session = None
            await session.close()

    async def _keep(self, updates: list[RawUpdate]) -> None:
        """Durable when it returns; and the sign that the channel is alive."""
        mailbox = Mailbox(self.account.tenant_id, self.account.id)
        await self._accept(mailbox, self.lease.kind, updates)
        self._failures = 0
        if self._told != (AccountState.CONNECTED, None):
            await self._tell(AccountState.CONNECTED)

    async def _wait_after(self, problem: Exception) -> None:
        self._failures += 1
        why, asked = "channel.unreachable", None
        if isinstance(problem, ChannelTrouble):
            why, asked = problem.why, problem.seconds
        _log.warning(
            "account_trouble", account=str(self.account.id), why=why, in_a_row=self._failures
        )
        if self._failures >= _FAILURES_TO_TELL:
            await self._tell(AccountState.DEGRADED, why)
        await asyncio.sleep(max(asked or 0.0, wait_seconds(self._failures)))

    async def _tell_lost(self, lost: AccountLost) -> None:
        state = AccountState.BANNED if lost.banned else AccountState.LOGGED_OUT
        with suppress(LeaseLost):
            await self._tell(state, lost.why)

    async def _tell(
        self, state: AccountState, reason: str | None = None, *, profile: Profile | None = None
    ) -> None:
        if profile is None and self._told == (state, reason):
            return
        async with self._app.uow(self.account.tenant_id) as uow:
            await account_became(
                uow, self.account.id, state, reason, fence=self.lease.fence, profile=profile
            )
        self._told = (state, reason)
