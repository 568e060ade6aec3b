"""Connecting accounts, disconnecting them, and keeping what state they are in."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.audit.service import note
from core.channels.errors import LeaseLost, already_connected, token_malformed
from core.channels.models import AccountState, ChannelAccount
from core.flags import service as flags
from core.flags.names import Flag
from core.identity.permissions import Actor, Permission, system
from core.kernel.crypto import Vault, fingerprint
from core.kernel.ids import new_id
from core.kernel.nudges import ACCOUNTS
from core.kernel.uow import UnitOfWork
from core.ports.channel import Account, ChannelKind, Profile
from core.ports.telegram import bot_id_of

FLAG_OF: dict[ChannelKind, Flag] = {
    ChannelKind.TELEGRAM_BOT: Flag.TELEGRAM_CHANNEL_ENABLED,
    ChannelKind.TELEGRAM_BUSINESS: Flag.TELEGRAM_BUSINESS_CHANNEL_ENABLED,
    ChannelKind.TELEGRAM_PERSONAL: Flag.TELEGRAM_PERSONAL_CHANNEL_ENABLED,
    ChannelKind.WHATSAPP_BUSINESS: Flag.WHATSAPP_CHANNEL_ENABLED,
    ChannelKind.WHATSAPP_PERSONAL: Flag.WHATSAPP_PERSONAL_CHANNEL_ENABLED,
    ChannelKind.MAX_BOT: Flag.MAX_CHANNEL_ENABLED,
    ChannelKind.MAX_PERSONAL: Flag.MAX_PERSONAL_CHANNEL_ENABLED,
    ChannelKind.WEB_CHAT: Flag.WEB_CHAT_CHANNEL_ENABLED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands; `reason` is a key of locales."""

    state: AccountState
    reason: str | None


async def connect_telegram_bot(
    uow: UnitOfWork, actor: Actor, vault: Vault, token: str
) -> ChannelAccount:
    """Connect the store's own bot by the token BotFather gave.

    The host then asks Telegram: the account goes on to `connected`, under its real name, or to
    `logged_out` if the token is refused.
    """
    bot_id = bot_id_of(token)
    if bot_id is None:
        raise token_malformed()
    kind = ChannelKind.TELEGRAM_BOT
    return await connect(uow, actor, vault, kind, bot_id, bot_id, token.strip(), {})


async def connect(
    uow: UnitOfWork,
    actor: Actor,
    vault: Vault,
    kind: ChannelKind,
    external_id: str,
    name: str,
    secret: str,
    config: dict[str, Any],
) -> ChannelAccount:
    """Connect an account, or give one of ours a new secret; its conversations go on.

    CONFLICT `channel.already_connected` if another store has it.
    """
    actor.require(Permission.MANAGE_CHANNELS)
    now = uow.clock.now()
    account = await _had_before(uow, kind, external_id)
    before = _shown(account) if account else None
    if account is None:
        account = ChannelAccount(
            tenant_id=uow.tenant_id, id=new_id(), kind=kind, external_id=external_id, name=name
        )
    account.config = {**(account.config or {}), **config}
    account.sealed_secret = vault.seal(secret, place=_place(account))
    account.webhook_secret_hash = fingerprint(webhook_secret(account.id, secret))
    account.state, account.state_reason, account.state_changed_at = (
        AccountState.CONNECTING,
        None,
        now,
    )
    account.connected_at, account.connected_by = now, actor.user_id
    account.disconnected_at = account.disconnected_by = None
    try:
        async with uow.session.begin_nested():
            uow.add(account)
    except IntegrityError as taken:
        raise already_connected(name) from taken
    await flags.turn(uow, actor, FLAG_OF[kind], enabled=True)
    _noted(uow, actor, "channel.connected", account, before)
    uow.nudge(ACCOUNTS)
    return account


async def disconnect(uow: UnitOfWork, actor: Actor, account_id: UUID) -> ChannelAccount:
    """Close an account and forget its secret; what was written on it stays."""
    actor.require(Permission.MANAGE_CHANNELS)
    account = await uow.lock(ChannelAccount, account_id)
    if account.disconnected_at is not None:
        return account
    before, now = _shown(account), uow.clock.now()
    account.state, account.state_reason, account.state_changed_at = (
        AccountState.DISCONNECTED,
        None,
        now,
    )
    account.disconnected_at, account.disconnected_by = now, actor.user_id
    account.sealed_secret = account.webhook_secret_hash = None
    _noted(uow, actor, "channel.disconnected", account, before)
    uow.nudge(ACCOUNTS)
    return account


async def set_state(
    uow: UnitOfWork,
    account_id: UUID,
    state: AccountState,
    reason: str | None = None,
    *,
    fence: int | None = None,
    profile: Profile | None = None,
) -> Standing | None:
    """Keep what has become of an account; how it stood before, or None if that is no change.

    With a `fence` it is the word of who held the lease at that count: LeaseLost once another does,
    or once the account was disconnected.
    """
    account = await uow.lock(ChannelAccount, account_id)
    if fence is not None and (account.lease_fence != fence or account.disconnected_at is not None):
        raise LeaseLost
    if profile is not None:
        account.name = profile.name
        account.config = {**account.config, "username": profile.username}
    was = Standing(AccountState(account.state), account.state_reason)
    if was == Standing(state, reason):
        return None
    before = _shown(account)
    account.state, account.state_reason = state, reason
    account.state_changed_at = uow.clock.now()
    _noted(uow, system(uow.tenant_id), "channel.state_changed", account, before)
    return was


def opened(account: ChannelAccount, vault: Vault) -> Account:
    """The account with its secret open, for a connector; SecretBroken if it cannot be."""
    secret = vault.open(account.sealed_secret or b"", place=_place(account))
    return Account(
        account.tenant_id,
        account.id,
        account.external_id,
        account.name,
        secret,
        webhook_secret(account.id, secret),
        dict(account.config),
    )


def webhook_secret(account_id: UUID, secret: str) -> str:
    """What the channel must say with each update.

    Made of the account's secret, so that it cannot be guessed, needs no keeping, and ends with it.
    """
    made = hmac.digest(secret.encode(), b"webhook|" + account_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


async def _had_before(
    uow: UnitOfWork, kind: ChannelKind, external_id: str
) -> ChannelAccount | None:
    """Ours already, or ours once: the newest."""
    found: ChannelAccount | None = await uow.session.scalar(
        select(ChannelAccount)
        .where(
            ChannelAccount.tenant_id == uow.tenant_id,
            ChannelAccount.kind == kind,
            ChannelAccount.external_id == external_id,
        )
        .order_by(ChannelAccount.disconnected_at.desc().nulls_first())
        .limit(1)
        .with_for_update()
    )
    return found


def _place(account: ChannelAccount) -> str:
    return f"{account.tenant_id}|channel_accounts|{account.id}|secret"


def _shown(account: ChannelAccount) -> dict[str, Any]:
    return {"name": account.name, "state": account.state, "reason": account.state_reason}


def _noted(
    uow: UnitOfWork,
    actor: Actor,
    action: str,
    account: ChannelAccount,
    before: dict[str, Any] | None,
) -> None:
    note(
        uow,
        actor,
        action,
        target_kind="channel_account",
        target_id=account.id,
        before=before,
        after=_shown(account),
    )
    uow.tell("channels.changed", account.id)
