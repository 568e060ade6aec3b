"""Settings a command can work with: addresses of the embedded servers and the sandbox filled in."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from cli.errors import CommandError
from cli.outside import ask_sandbox, inside_sandbox
from core.kernel.embedded import servers
from core.kernel.settings import Settings, load, variables


def settle(values: dict[str, str]) -> Settings:
    """Make these variables the whole configuration of this process and of its children."""
    for name in variables():
        os.environ.pop(name, None)
    os.environ.update(values)
    return load(env_file=None)


@contextlib.asynccontextmanager
async def with_servers(settings: Settings) -> AsyncIterator[Settings]:
    """Join the embedded servers of a running product, or start them, where no address is given."""
    if settings.database_url is not None and settings.redis_url is not None:
        yield settings
        return
    async with servers(settings.data_dir) as embedded:
        found = {}
        if settings.database_url is None:
            found["database_url"] = embedded.database_url
            found["migration_database_url"] = embedded.database_url_owner
        if settings.redis_url is None:
            found["redis_url"] = embedded.redis_url
        yield settings.model_copy(update=found)


@contextlib.asynccontextmanager
async def joined(
    env_file: Path | None, *, outside: bool = False, if_there: bool = False
) -> AsyncIterator[Settings]:
    """Settings of a command on its own; `outside` if it talks to Telegram, the AI and the like.

    `if_there`: a sandbox that does not answer is done without.
    """
    settings = load(env_file)
    if outside and settings.sandbox_on:
        given = await ask_sandbox(settings)
        if given is None and not if_there:
            raise CommandError(
                f"no sandbox answers on port {settings.sandbox_port}: start `sales-operator run`"
                " or `sales-operator sandbox`, or set TELEGRAM_BOT_TOKEN to go live"
            )
        if given is not None:
            settings = settle(inside_sandbox(settings, given))
    async with with_servers(settings) as complete:
        yield complete


def owner_url(settings: Settings) -> str:
    """The address migrations use."""
    url = settings.migration_database_url or settings.database_url
    if url is None:
        raise CommandError("DATABASE_URL is unset and no embedded servers run")
    return url
