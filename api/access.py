"""Who asks: the session of a request, and the actor it makes of them.

The store comes from the session alone; no header, path or body can name another.
"""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection, Request

from core.app import App
from core.identity.errors import no_store, unauthenticated
from core.identity.permissions import Actor
from core.identity.sign_in import SignedIn, authenticate
from core.kernel.i18n import Speaker

_bearer = HTTPBearer(scheme_name="bearer", auto_error=False)


def core_of(connection: HTTPConnection) -> App:
    """The core this surface stands on."""
    app: App = connection.app.state.core
    return app


Core = Annotated[App, Depends(core_of)]


async def _signed_in(
    request: Request,
    app: Core,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> SignedIn:
    if bearer is None:
        raise unauthenticated()
    async with app.platform_uow() as puow:
        signed = await authenticate(puow, bearer.credentials)
    if signed is None:
        raise unauthenticated()
    request.state.speaker = Speaker(signed.language, signed.time_zone)
    return signed


Signed = Annotated[SignedIn, Depends(_signed_in)]


async def _acting(signed: Signed) -> Actor:
    if signed.actor is None:
        raise no_store()
    return signed.actor


Acting = Annotated[Actor, Depends(_acting)]
