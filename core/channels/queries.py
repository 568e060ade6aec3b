"""Reads of accounts into frozen views: never a secret among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from core.channels.models import AccountState, ChannelAccount
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.ports.channel import ChannelKind


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as people are shown it; `reason` is a key of locales."""

    id: UUID
    kind: ChannelKind
    name: str
    username: str | None
    state: AccountState
    reason: str | None
    state_changed_at: datetime
    connected_at: datetime


async def accounts(uow: UnitOfWork) -> list[AccountView]:
    """The store's accounts, oldest first; disconnected ones are left out."""
    rows = await uow.session.scalars(
        select(ChannelAccount)
        .where(ChannelAccount.tenant_id == uow.tenant_id, ChannelAccount.disconnected_at.is_(None))
        .order_by(ChannelAccount.id)
    )
    return [view(row) for row in rows]


async def account(uow: UnitOfWork, account_id: UUID) -> AccountView:
    """One of them, disconnected or not; NOT_FOUND for a foreign id."""
    return view(await uow.get(ChannelAccount, account_id))


def view(row: ChannelAccount) -> AccountView:
    return AccountView(
        row.id,
        ChannelKind(row.kind),
        row.name,
        row.config.get("username"),
        AccountState(row.state),
        row.state_reason,
        row.state_changed_at,
        row.connected_at,
    )


async def accounts_by_id(
    puow: PlatformUnitOfWork, ids: Sequence[UUID]
) -> dict[UUID, ChannelAccount]:
    """The rows of accounts, of whichever stores: for the host that holds them."""
    found = await puow.session.scalars(select(ChannelAccount).where(ChannelAccount.id.in_(ids)))
    return {row.id: row for row in found}


async def every_account(puow: PlatformUnitOfWork) -> list[ChannelAccount]:
    """The connected accounts of all stores: for whoever looks after the platform."""
    found = await puow.session.scalars(
        select(ChannelAccount)
        .where(ChannelAccount.disconnected_at.is_(None))
        .order_by(ChannelAccount.tenant_id, ChannelAccount.id)
    )
    return list(found)


_UNREAD = """
SELECT u.account_id, count(*) AS n, min(u.received_at) AS since
FROM channel_updates u WHERE u.done_at IS NOT NULL AND u.problem IS NOT NULL GROUP BY u.account_id
"""


@dataclass(frozen=True, slots=True)
class Unread:
    """What nobody could read on an account, for as long as it is kept."""

    count: int
    since: datetime


async def unread_by_account(puow: PlatformUnitOfWork) -> dict[UUID, Unread]:
    """Of the accounts of all stores those with updates that were put aside."""
    sql = await puow.sql()
    rows = await sql.fetch(_UNREAD)
    return {row["account_id"]: Unread(row["n"], row["since"]) for row in rows}
