"""Alive, ready, and counted: for whoever watches over the processes."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Literal

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.access import Core
from api.problems import describe
from core.app import App
from core.delivery.gauges import measure
from core.kernel.crypto import same
from core.kernel.database import DATABASE_TROUBLE
from core.kernel.heartbeat import seen_lately
from migrations.run import head

ROLES = ("bot", "worker", "scheduler", "channels")
_PATIENCE_SECONDS = 2.0
_log = structlog.get_logger(__name__)
router = APIRouter()
Check = Callable[[App], Awaitable[bool]]


class Alive(BaseModel):
    status: Literal["ok"]


class Part(BaseModel):
    name: str
    ok: bool


class Readiness(BaseModel):
    """`ready` only if every part is."""

    ready: bool
    parts: list[Part]


@router.get("/healthz")
async def healthz() -> Alive:
    """This process answers."""
    return Alive(status="ok")


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
async def readyz(app: Core) -> JSONResponse:
    """Whether everything the product needs is there. It tells no more than yes or no."""
    database, redis, migrations, roles = await asyncio.gather(
        _ask(app, "database", _database),
        _ask(app, "redis", _redis),
        _ask(app, "migrations", _migrations),
        _roles(app),
    )
    parts = [database, redis, migrations, *roles]
    readiness = Readiness(ready=all(part.ok for part in parts), parts=parts)
    return JSONResponse(readiness.model_dump(), 200 if readiness.ready else 503)


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {}}, "description": "Prometheus text"},
        **describe(404),
    },
)
async def metrics(request: Request, app: Core) -> Response:
    """With METRICS_TOKEN as a bearer; without that setting for this machine alone."""
    if not _may_count(request, app):
        raise HTTPException(404)
    try:
        await measure(app)
    except DATABASE_TROUBLE as problem:
        _log.warning("queue_unmeasured", problem=type(problem).__name__)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _may_count(request: Request, app: App) -> bool:
    token = app.settings.metrics_token
    if token is not None:
        given = request.headers.get("authorization", "")
        return same(given, f"Bearer {token.get_secret_value()}")
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _ask(app: App, name: str, check: Check) -> Part:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return Part(name=name, ok=await check(app))
    except Exception as problem:
        _log.warning("not_ready", part=name, problem=type(problem).__name__)
        return Part(name=name, ok=False)


async def _database(app: App) -> bool:
    return bool(await app.db.hot.fetchval("SELECT true"))


async def _redis(app: App) -> bool:
    return bool(await app.nudges.redis.ping())


async def _migrations(app: App) -> bool:
    async with app.platform_uow() as puow:
        at = await (await puow.sql()).fetchval("SELECT version_num FROM alembic_version")
    return bool(at == head())


async def _roles(app: App) -> list[Part]:
    seen: dict[str, bool] = {}

    async def look(app: App) -> bool:
        seen.update(await seen_lately(app.nudges.redis, ROLES, prefix=app.nudges.prefix))
        return True

    await _ask(app, "roles", look)
    return [Part(name=role, ok=seen.get(role, False)) for role in ROLES]
