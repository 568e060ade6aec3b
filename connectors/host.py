"""The channels role: opens the accounts it holds leases of, reads what arrives, sends what is due.

Any number of hosts may run; each account is open in one of them. What is to be done are rows: a
host that dies leaves nothing in its memory that is missed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import structlog

from connectors.reading import BATCH, InboxReader
from connectors.supervision import OpenAccount
from connectors.telegram_bot.client import TelegramBotConnector
from core.channels import inbox, leases
from core.channels.errors import LeaseLost
from core.channels.leases import Lease
from core.channels.models import AccountState, ChannelAccount
from core.channels.owners import new_owner
from core.channels.queries import accounts_by_id
from core.channels.service import FLAG_OF, opened
from core.conversations import attachments
from core.conversations.attachments import FileSource
from core.delivery.accounts import account_became
from core.delivery.closed import refuse_unsendable
from core.delivery.drain import Deliverer, Held
from core.kernel import drains, serving
from core.kernel.crypto import SecretBroken
from core.kernel.drains import Drain
from core.kernel.heartbeat import keep_beating
from core.kernel.metrics import OPEN_ACCOUNTS
from core.kernel.nudges import CHANNELS
from core.kernel.settings import Settings
from core.ports.channel import ChannelKind, Connector, Session
from core.suggestions.at_sending import LastLook, may_not_go_out

if TYPE_CHECKING:
    from core.app import App

_STARTS_AT_ONCE = 4
_FLAG_CHECK_SECONDS = 0.4  # with the 1.3 s that flags may be old: within two seconds
_FINISH_SECONDS = 5.0
_TICK_SECONDS = 1.0
_CLOSED_STATES = {AccountState.LOGGED_OUT, AccountState.BANNED}
_log = structlog.get_logger(__name__)


class OpenConnector(Connector, Protocol):
    """A connector whose connections end with the host."""

    async def close(self) -> None: ...


def connectors_for(settings: Settings) -> dict[ChannelKind, OpenConnector]:
    """Every kind of channel this process can open."""
    by_webhook = settings.telegram_mode == "webhook"
    return {
        ChannelKind.TELEGRAM_BOT: TelegramBotConnector(
            settings.telegram_api_base, settings.public_address if by_webhook else None
        )
    }


async def serve(app: "App", stop: asyncio.Event) -> None:
    """The role until `stop`."""
    await serving.until(stop, run(app))


async def run(app: "App") -> None:
    """The role until it is cancelled: then what is being sent is finished, and leases given up."""
    host = Host(app, connectors_for(app.settings))
    try:
        await host.work()
    finally:
        await host.close()


class Host:
    """The accounts of one process."""

    def __init__(self, app: "App", connectors: Mapping[ChannelKind, OpenConnector]) -> None:
        self.owner = new_owner()
        self._app = app
        self._connectors = connectors
        self._leases: dict[UUID, Lease] = {}
        self._accounts: dict[UUID, OpenAccount] = {}
        self._sealed: dict[UUID, bytes | None] = {}
        self._flag_was: dict[UUID, bool] = {}
        self._adopted: dict[UUID, int] = {}
        self._starts = asyncio.Semaphore(_STARTS_AT_ONCE)
        self._renew_at = float("-inf")
        self._reader = InboxReader(app, connectors)
        self._tending = Drain("accounts", self.tend)
        self._delivering = Drain("deliver", _whole(self.deliver))
        self._deliverer = Deliverer(
            app, self._delivering.wake, may_not_go_out, last_look=LastLook()
        )
        self._drains = [
            self._tending,
            Drain("inbox", self._reader.once, full=BATCH),
            self._delivering,
            Drain("attachments", self.fetch),
        ]

    async def work(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(drains.run(self._app.nudges, CHANNELS, self._drains))
            group.create_task(self._watch_flags())
            group.create_task(
                keep_beating(self._app.nudges.redis, self._app.role, prefix=self._app.nudges.prefix)
            )

    async def close(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_FINISH_SECONDS):
                await self._deliverer.finish()
        await asyncio.gather(*(account.stop() for account in self._accounts.values()))
        for connector in self._connectors.values():
            await connector.close()
        try:
            await leases.release(self._app.db, self.owner)
        except Exception:
            _log.exception("leases_not_released")  # they run out by themselves

    def open_sessions(self) -> dict[UUID, Session]:
        """The accounts open at this moment."""
        return {
            id_: account.session
            for id_, account in self._accounts.items()
            if account.session is not None
        }

    async def tend(self) -> int:
        """Renew and take leases, then open and close accounts as their rows and flags say."""
        now = asyncio.get_running_loop().time()
        if now >= self._renew_at:
            await self._renew()
            self._renew_at = now + leases.RENEW_SECONDS
        taken = await leases.acquire(self._app.db, self.owner, list(self._connectors))
        for lease in taken:
            await self._close(lease.account_id)
            self._leases[lease.account_id] = lease
        await self._inherit([lease.account_id for lease in taken if lease.orphaned])
        await self._reconcile()
        await refuse_unsendable(self._app)
        for kind in self._connectors:
            OPEN_ACCOUNTS.labels(kind).set(
                sum(self._leases[id_].kind == kind for id_ in self.open_sessions())
            )
        return 0

    async def deliver(self) -> int:
        """Start the sends that are due, and wake up for the next."""
        held = {}
        for id_, session in self.open_sessions().items():
            lease = self._leases[id_]
            # Turned off since: what is due waits, though the account may not be closed yet.
            if await self._flag(lease):
                capabilities = self._connectors[lease.kind].capabilities
                held[id_] = Held(session, capabilities, lease.fence)
        started = await self._deliverer.once(held)
        if held and not started:
            seconds = await self._deliverer.seconds_to_next(held)
            if seconds is not None and seconds < _TICK_SECONDS:
                asyncio.get_running_loop().call_later(seconds, self._delivering.wake)
        return started

    async def fetch(self) -> int:
        """Fetch files of messages that came by the open accounts."""
        return await attachments.fetch_due(
            self._app,
            {
                id_: FileSource(
                    session, self._connectors[self._leases[id_].kind].capabilities.largest_download
                )
                for id_, session in self.open_sessions().items()
            },
        )

    async def _watch_flags(self) -> None:
        """Flags live in memory: looking often costs little."""
        while True:
            await asyncio.sleep(_FLAG_CHECK_SECONDS)
            with suppress(Exception):  # the database is away: `tend` says so
                for lease in list(self._leases.values()):
                    if self._flag_was.get(lease.account_id) != await self._flag(lease):
                        self._tending.wake()

    async def _flag(self, lease: Lease) -> bool:
        return await self._app.flags.on(FLAG_OF[lease.kind], lease.tenant_id)

    async def _renew(self) -> None:
        if not self._leases:
            return
        for lease in await leases.renew(self._app.db, self.owner, self._leases.values()):
            _log.warning("lease_lost", account=str(lease.account_id))
            await self._close(lease.account_id)
            self._leases.pop(lease.account_id, None)
        for account in self._accounts.values():
            account.renewed()

    async def _inherit(self, account_ids: list[UUID]) -> None:
        """What a dead host had claimed is free at once, not when its claims run out."""
        if not account_ids:
            return
        _log.info("accounts_inherited", accounts=len(account_ids))
        async with self._app.db.hot_platform() as sql:
            await inbox.forget_claims(sql, account_ids)
            await attachments.forget_claims(sql, account_ids)

    async def _reconcile(self) -> None:
        if not self._leases:
            return
        async with self._app.platform_uow() as puow:
            rows = await accounts_by_id(puow, list(self._leases))
        for lease in list(self._leases.values()):
            await self._reconcile_one(lease, rows.get(lease.account_id))

    async def _reconcile_one(self, lease: Lease, row: ChannelAccount | None) -> None:
        id_ = lease.account_id
        if row is None or row.disconnected_at is not None or row.state in _CLOSED_STATES:
            await self._close(id_)
            self._leases.pop(id_)
            await leases.release(self._app.db, self.owner, [id_])
            return
        on = self._flag_was[id_] = await self._flag(lease)
        if not on:
            await self._close(id_)
            if row.state_reason != "channel.flag_off":
                await self._tell(lease, AccountState.DISCONNECTED, "channel.flag_off")
            return
        account = self._accounts.get(id_)
        if account is not None and not account.ended and self._sealed.get(id_) == row.sealed_secret:
            return
        await self._close(id_)
        await self._open(lease, row)

    async def _open(self, lease: Lease, row: ChannelAccount) -> None:
        try:
            account = opened(row, self._app.vault)
        except SecretBroken:
            await self._tell(lease, AccountState.LOGGED_OUT, "channel.secret_broken")
            return
        if row.state != AccountState.CONNECTED:
            await self._tell(lease, AccountState.CONNECTING, None)
        connector = self._connectors[lease.kind]

        async def adopt(session: Session) -> None:
            """Once for each lease: later, what is being sent is our own doing."""
            if self._adopted.get(row.id) != lease.fence:
                held = Held(session, connector.capabilities, lease.fence)
                await self._deliverer.adopt(row.id, held)
                self._adopted[row.id] = lease.fence
            self._delivering.wake()

        self._sealed[row.id] = row.sealed_secret
        self._accounts[row.id] = OpenAccount(
            self._app, connector, account, lease, self._starts, adopt, self._reader.accept
        )
        self._accounts[row.id].start()

    async def _close(self, account_id: UUID) -> None:
        account = self._accounts.pop(account_id, None)
        if account is not None:
            await account.stop()

    async def _tell(self, lease: Lease, state: AccountState, reason: str | None) -> None:
        with suppress(LeaseLost):
            async with self._app.uow(lease.tenant_id) as uow:
                await account_became(uow, lease.account_id, state, reason, fence=lease.fence)


def _whole(once: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    """A pass that, once begun, is not broken off: what it has claimed it also starts."""

    async def whole() -> int:
        task = asyncio.ensure_future(once())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task})
            raise

    return whole
