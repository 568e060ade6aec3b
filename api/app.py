"""The application, put together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from api import health, live, openapi, pages, problems
from api.road import Road
from api.routes import (
    attachments,
    auth,
    autosend,
    conversations,
    documents,
    imports,
    index,
    me,
    outbound,
    pace,
    people,
    prices,
    products,
    replays,
    spending,
    suggestions,
    tenant,
)
from api.webhooks.telegram import TelegramWebhooks
from core.app import App

_ROUTES = (
    auth, me, conversations, prices, suggestions, outbound, attachments, documents, products,
    imports, index, tenant, spending, people, autosend, replays, pace, live,
)  # fmt: skip


def create_app(app: App, *, dist: Path = pages.DIST) -> FastAPI:
    """The HTTP surface of a core that is open and stays so as long as this runs."""
    surface = FastAPI(
        title=openapi.TITLE,
        version=openapi.VERSION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    surface.state.core = app
    surface.state.hub = live.Hub(app.nudges)
    add_routes(surface)
    surface.router.routes.extend(pages.routes(app.settings, dist))
    problems.install(surface)
    openapi.install(surface)
    # The last added is the outermost.
    surface.add_middleware(Road)
    surface.add_middleware(TelegramWebhooks, core=app)
    return surface


def add_routes(surface: FastAPI) -> None:
    """Everything the OpenAPI document describes, but for the webhooks."""
    surface.router.routes.extend(_described().routes)


@cache
def _described() -> APIRouter:
    """Made once in a process: FastAPI reads every signature anew for each router it is put into."""
    described = APIRouter()
    v1 = APIRouter(prefix="/api/v1", generate_unique_id_function=_name_of)
    for room in _ROUTES:
        v1.include_router(room.router)
    described.include_router(v1)
    described.include_router(health.router, tags=["health"], generate_unique_id_function=_name_of)
    return described


def _name_of(route: APIRoute) -> str:
    return route.name


@asynccontextmanager
async def _lifespan(surface: FastAPI) -> AsyncIterator[None]:
    hub: live.Hub = surface.state.hub
    listening = asyncio.create_task(hub.listen(), name="live")
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await hub.close()
