"""How often one may ask: a bucket of tokens in Redis, for each person or peer and kind of call.

A peer is who holds the other end of the connection (uvicorn believes only TRUSTED_PROXIES about
anybody behind them). Without Redis there is no limit: an operator's work never waits for it.
"""

import asyncio
import math
import time
from dataclasses import dataclass

import structlog
from redis.exceptions import RedisError
from starlette.requests import Request

from api.access import Core, Signed
from core.app import App
from core.kernel.errors import DomainError, Kind

# Takes one token; answers the seconds until there is one, 0 if it took it.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(bucket[1]) or capacity
local at = tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + math.max(0, now - at) * rate)
local wait = 0
if tokens >= 1 then tokens = tokens - 1 else wait = (1 - tokens) / rate end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / rate * 1000) + 1000)
return tostring(wait)
"""
_PATIENCE_SECONDS = 0.25
_AFTER_OUTAGE_SECONDS = 1.0
_log = structlog.get_logger(__name__)
_silent_until = 0.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """`burst` calls at once, `per_second` after that."""

    group: str
    burst: int
    per_second: float


SIGN_IN = Bucket("sign-in", 20, 0.5)
READ = Bucket("read", 120, 20)
WRITE = Bucket("write", 60, 5)
LIVE = Bucket("live", 30, 0.5)


async def take(app: App, bucket: Bucket, who: str) -> None:
    """Raise LIMITED, with the seconds to wait, if there is no token left."""
    global _silent_until  # noqa: PLW0603 - an outage is the process's, whoever notices it
    if time.monotonic() < _silent_until:
        return
    key = f"{app.nudges.prefix}limit:{bucket.group}:{who}"
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answer = await app.nudges.redis.eval(
                _TAKE, 1, key, str(bucket.burst), str(bucket.per_second)
            )
    except (RedisError, OSError, TimeoutError) as problem:
        _silent_until = time.monotonic() + _AFTER_OUTAGE_SECONDS
        _log.warning("limits_unread", problem=type(problem).__name__)
        return
    wait = float(answer)
    if wait > 0:
        raise DomainError(Kind.LIMITED, "error.too_often", seconds=math.ceil(wait))


async def by_peer(request: Request, app: Core) -> None:
    """For calls of people who have not signed in yet."""
    peer = request.client.host if request.client else "unknown"
    await take(app, SIGN_IN, peer)


async def by_person(request: Request, app: Core, signed: Signed) -> None:
    """For calls of people who have: reads and writes apart."""
    bucket = READ if request.method in {"GET", "HEAD"} else WRITE
    await take(app, bucket, str(signed.user_id))
