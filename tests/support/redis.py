"""What a test may do to its own part of the Redis that all test processes share."""

from redis.asyncio import Redis


async def cut(redis: Redis, *, listening: bool) -> None:
    """Break the other connections to this numbered database: those that listen, or the rest."""
    own = await redis.client_info()
    for one in await redis.client_list():
        if one["db"] != str(own["db"]) or one["id"] == str(own["id"]):
            continue
        if (one["sub"] != "0" or one["psub"] != "0") == listening:
            await redis.client_kill_filter(_id=one["id"])
