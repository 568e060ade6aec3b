"""Each role says every few seconds that it lives; readiness asks who has lately."""

import asyncio
from collections.abc import Iterable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

LIFE_SECONDS = 15
_EVERY_SECONDS = 5.0
_log = structlog.get_logger(__name__)


def _key(role: str, prefix: str) -> str:
    return f"{prefix}alive:{role}"


async def beat(redis: Redis, role: str, *, prefix: str = "") -> None:
    """This role lives; any of its replicas may say so."""
    await redis.set(_key(role, prefix), b"1", ex=LIFE_SECONDS)


async def keep_beating(redis: Redis, role: str, *, prefix: str = "") -> None:
    """For ever, through outages of Redis."""
    while True:
        try:
            await beat(redis, role, prefix=prefix)
        except (RedisError, OSError) as problem:
            _log.warning("heartbeat_unheard", problem=type(problem).__name__)
        await asyncio.sleep(_EVERY_SECONDS)


async def seen_lately(redis: Redis, roles: Iterable[str], *, prefix: str = "") -> dict[str, bool]:
    """Which of the roles have beaten within LIFE_SECONDS."""
    names = list(roles)
    beats = await redis.mget([_key(role, prefix) for role in names])
    return {role: found is not None for role, found in zip(names, beats, strict=True)}
