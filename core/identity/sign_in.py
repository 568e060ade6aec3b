"""Web sessions: a short bearer, and a refresh token that is replaced at each use.

A session lasts a week from its sign-in, whatever is refreshed. Only fingerprints are stored.
A refresh token carries its session's id: any token of the session but the newest one is a replay,
however old, and ends the session.
"""

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, column, delete, func, select, table, update

from core.identity.errors import link_refused, unauthenticated
from core.identity.models import LoginLink, Membership, SignIn, User
from core.identity.permissions import Actor, Via
from core.identity.queries import actor_from, actor_of
from core.kernel.crypto import fingerprint, new_token
from core.kernel.errors import not_found
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork

ACCESS_LIFE = timedelta(minutes=15)
SESSION_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(minutes=10)
_ID_BYTES = 16
_SECRET_BYTES = 32
_UTC = "UTC"
# The room of stores stands on this one: here a store's clock is known by its table alone.
_stores = table("tenant_settings", column("tenant_id"), column("time_zone"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives, told this once. `tenant_id` is None for a member of no store."""

    session_id: UUID
    user_id: UUID
    tenant_id: UUID | None
    access_token: str
    access_expires_at: datetime
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose session this is. `actor` is None while they are a member of no store."""

    session_id: UUID
    user_id: UUID
    name: str
    language: str
    time_zone: str
    access_expires_at: datetime
    actor: Actor | None


async def sign_in(puow: PlatformUnitOfWork, user: User, tenant_id: UUID | None = None) -> Tokens:
    """A new session: in the given store, else in the person's current one, else in the newest."""
    store = await _store_for(puow, user, tenant_id)
    row = SignIn(
        id=new_id(),
        user_id=user.id,
        tenant_id=store,
        epoch=user.session_epoch,
        created_at=puow.clock.now(),
        refresh_expires_at=puow.clock.now() + SESSION_LIFE,
    )
    puow.add(row)
    return _renew(puow, row)


async def refresh(puow: PlatformUnitOfWork, refresh_token: str) -> Tokens | None:
    """New tokens for the newest refresh token of a live session.

    None for anything else. Commit all the same: a replayed token has just ended its session.
    """
    session_id = _session_of(refresh_token)
    row = await _locked(puow, session_id) if session_id else None
    if row is None or row.ended_at is not None:
        return None
    now = puow.clock.now()
    if not hmac.compare_digest(row.refresh_hash, fingerprint(refresh_token)):
        row.ended_at = now
        return None
    user = await puow.session.get(User, row.user_id)
    if row.refresh_expires_at <= now or user is None or user.session_epoch != row.epoch:
        return None
    row.tenant_id = await _store_for(puow, user, row.tenant_id)
    return _renew(puow, row)


async def switch_tenant(puow: PlatformUnitOfWork, signed: SignedIn, tenant_id: UUID) -> Tokens:
    """Go on in another store of the person's; the tokens of before end.

    NOT_FOUND for a store they are no member of, as for one that never was.
    """
    if await actor_of(puow, signed.user_id, tenant_id, Via.WEB) is None:
        raise not_found("tenants")
    row = await _locked(puow, signed.session_id)
    if row is None or row.ended_at is not None:
        raise unauthenticated()
    row.tenant_id = tenant_id
    await puow.session.execute(
        update(User).where(User.id == signed.user_id).values(current_tenant_id=tenant_id)
    )
    return _renew(puow, row)


async def sign_out(puow: PlatformUnitOfWork, session_id: UUID) -> None:
    """End a session; ending it twice is the same."""
    await puow.session.execute(
        update(SignIn)
        .where(SignIn.id == session_id, SignIn.ended_at.is_(None))
        .values(ended_at=puow.clock.now())
    )


async def authenticate(puow: PlatformUnitOfWork, access_token: str) -> SignedIn | None:
    """Whose live access token this is, as what they are at this moment."""
    return await _signed_in(
        puow,
        SignIn.access_hash == fingerprint(access_token),
        SignIn.access_expires_at > puow.clock.now(),
    )


async def still_signed_in(puow: PlatformUnitOfWork, session_id: UUID) -> SignedIn | None:
    """The same of a session that authenticated earlier, on a connection that stays open."""
    return await _signed_in(puow, SignIn.id == session_id)


async def login_link(puow: PlatformUnitOfWork, user_id: UUID) -> str:
    """The token of a one-time way from the bot to the plain web page, good for ten minutes."""
    token = new_token()
    now = puow.clock.now()
    puow.add(
        LoginLink(
            id=new_id(), user_id=user_id, token_hash=fingerprint(token), expires_at=now + LINK_LIFE
        )
    )
    return token


async def use_login_link(puow: PlatformUnitOfWork, token: str) -> User:
    """Whose link it is. Of any number of uses at once exactly one succeeds; UNAUTHENTICATED."""
    now = puow.clock.now()
    user_id = await puow.session.scalar(
        update(LoginLink)
        .where(LoginLink.token_hash == fingerprint(token))
        .where(LoginLink.used_at.is_(None), LoginLink.expires_at > now)
        .values(used_at=now)
        .returning(LoginLink.user_id)
    )
    user = await puow.session.get(User, user_id) if user_id else None
    if user is None:
        raise link_refused()
    return user


async def forget_expired(puow: PlatformUnitOfWork) -> int:
    """Delete sessions and links that can serve nobody any more; says how many."""
    before = puow.clock.now() - SESSION_LIFE
    sessions = await puow.session.execute(
        delete(SignIn).where(SignIn.refresh_expires_at < before).returning(SignIn.id)
    )
    links = await puow.session.execute(
        delete(LoginLink).where(LoginLink.expires_at < before).returning(LoginLink.id)
    )
    return len(sessions.all()) + len(links.all())


async def _signed_in(puow: PlatformUnitOfWork, *where: ColumnElement[bool]) -> SignedIn | None:
    member = and_(
        Membership.user_id == SignIn.user_id,
        Membership.tenant_id == SignIn.tenant_id,
        Membership.ended_at.is_(None),
    )
    rows = await puow.session.execute(
        select(
            SignIn.id.label("session_id"),
            SignIn.access_expires_at,
            User.id.label("user_id"),
            User.name,
            User.language,
            func.coalesce(User.time_zone, _stores.c.time_zone, _UTC).label("time_zone"),
            Membership.tenant_id,
            Membership.role,
        )
        .join(User, User.id == SignIn.user_id)
        .outerjoin(Membership, member)
        .outerjoin(_stores, _stores.c.tenant_id == Membership.tenant_id)
        .where(
            *where,
            SignIn.ended_at.is_(None),
            SignIn.epoch == User.session_epoch,
            SignIn.refresh_expires_at > puow.clock.now(),
        )
    )
    row = rows.mappings().one_or_none()
    if row is None:
        return None
    return SignedIn(
        session_id=row["session_id"],
        user_id=row["user_id"],
        name=row["name"],
        language=row["language"],
        time_zone=row["time_zone"],
        access_expires_at=row["access_expires_at"],
        actor=actor_from(row, Via.WEB) if row["tenant_id"] else None,
    )


async def _locked(puow: PlatformUnitOfWork, session_id: UUID) -> SignIn | None:
    row: SignIn | None = await puow.session.scalar(
        select(SignIn)
        .where(SignIn.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


async def _store_for(puow: PlatformUnitOfWork, user: User, wanted: UUID | None) -> UUID | None:
    """The wanted store or the current one, if they are still a member there, else the newest."""
    stores = list(
        await puow.session.scalars(
            select(Membership.tenant_id)
            .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
            .order_by(Membership.id.desc())
        )
    )
    for store in (wanted, user.current_tenant_id):
        if store in stores:
            return store
    return stores[0] if stores else None


def _renew(puow: PlatformUnitOfWork, row: SignIn) -> Tokens:
    access = new_token()
    fresh = base64.urlsafe_b64encode(row.id.bytes + secrets.token_bytes(_SECRET_BYTES)).decode()
    row.access_hash = fingerprint(access)
    row.access_expires_at = min(puow.clock.now() + ACCESS_LIFE, row.refresh_expires_at)
    row.previous_refresh_hash = row.refresh_hash
    row.refresh_hash = fingerprint(fresh)
    return Tokens(
        session_id=row.id,
        user_id=row.user_id,
        tenant_id=row.tenant_id,
        access_token=access,
        access_expires_at=row.access_expires_at,
        refresh_token=fresh,
        refresh_expires_at=row.refresh_expires_at,
    )


def _session_of(refresh_token: str) -> UUID | None:
    try:
        raw = base64.b64decode(refresh_token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    return UUID(bytes=raw[:_ID_BYTES]) if len(raw) == _ID_BYTES + _SECRET_BYTES else None
