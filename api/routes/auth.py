"""Signing in and out: by Telegram's init data, by a one-time link, and on from there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Security
from fastapi.security import APIKeyHeader

from api.access import Core, Signed
from api.init_data import profile_of
from api.limits import by_peer, by_person
from api.problems import describe
from api.routes.me import Me, me_of
from api.shapes import In, Moment, Out, Token
from core.app import App
from core.identity.errors import init_data_refused, unauthenticated
from core.identity.service import meet
from core.identity.sign_in import (
    Tokens,
    authenticate,
    refresh,
    sign_in,
    sign_out,
    switch_tenant,
    use_login_link,
)

_SCHEME = "tma "
_init_data = APIKeyHeader(
    name="Authorization",
    scheme_name="init_data",
    description="`tma <init data>`, as Telegram gave it to the Mini App",
    auto_error=False,
)
router = APIRouter(prefix="/auth", tags=["sign-in"], responses=describe(401))
_PEER = [Depends(by_peer)]
_PERSON = [Depends(by_person)]


class Session(Out):
    """Tokens are told this once. Both are replaced at every refresh."""

    access_token: str
    access_expires_at: Moment
    refresh_token: str
    refresh_expires_at: Moment
    me: Me


class Link(In):
    token: Token


class Refresh(In):
    refresh_token: Token


class Switch(In):
    tenant_id: UUID


@router.post("/telegram", dependencies=_PEER)
async def sign_in_by_telegram(
    app: Core, header: Annotated[str | None, Security(_init_data)] = None
) -> Session:
    """Exchange init data, at most a day old, for a session."""
    token = app.settings.telegram_bot_token
    if header is None or token is None or not header.lower().startswith(_SCHEME):
        raise init_data_refused()
    profile = profile_of(header[len(_SCHEME) :], token.get_secret_value(), app.clock.now())
    async with app.platform_uow() as puow:
        tokens = await sign_in(puow, await meet(puow, profile))
    return await _session(app, tokens)


@router.post("/link", dependencies=_PEER)
async def sign_in_by_link(app: Core, link: Link) -> Session:
    """Use a one-time link of the bot's up: /app/#login=<token>."""
    async with app.platform_uow() as puow:
        tokens = await sign_in(puow, await use_login_link(puow, link.token))
    return await _session(app, tokens)


@router.post("/refresh", dependencies=_PEER)
async def refresh_session(app: Core, given: Refresh) -> Session:
    """New tokens for the newest refresh token; an older one ends the session."""
    async with app.platform_uow() as puow:
        tokens = await refresh(puow, given.refresh_token)
    if tokens is None:
        raise unauthenticated()
    return await _session(app, tokens)


@router.post("/tenant", dependencies=_PERSON, responses=describe(401, 404))
async def switch_store(app: Core, signed: Signed, to: Switch) -> Session:
    """Go on in another store of one's own."""
    async with app.platform_uow() as puow:
        tokens = await switch_tenant(puow, signed, to.tenant_id)
    return await _session(app, tokens)


@router.delete("/session", status_code=204, dependencies=_PERSON)
async def end_session(app: Core, signed: Signed) -> None:
    """Sign out here."""
    async with app.platform_uow() as puow:
        await sign_out(puow, signed.session_id)


async def _session(app: App, tokens: Tokens) -> Session:
    async with app.platform_uow() as puow:
        signed = await authenticate(puow, tokens.access_token)
    if signed is None:
        raise unauthenticated()
    return Session(
        access_token=tokens.access_token,
        access_expires_at=tokens.access_expires_at,
        refresh_token=tokens.refresh_token,
        refresh_expires_at=tokens.refresh_expires_at,
        me=await me_of(app, signed),
    )
