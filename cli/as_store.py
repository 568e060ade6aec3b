"""A command that works in one store: the product opened, and who is acting."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from cli.errors import CommandError
from cli.joining import joined
from core.app import App, open_app
from core.identity.permissions import Actor, Via, system
from core.kernel.errors import DomainError
from core.kernel.i18n import Speaker
from core.tenants.service import store_of


@contextlib.asynccontextmanager
async def at_store(env_file: Path | None, tenant: UUID) -> AsyncIterator[tuple[App, Actor]]:
    """CommandError if there is no store of this id."""
    async with joined(env_file) as settings, open_app(settings, role="command") as app:
        async with app.uow(tenant) as uow:
            try:
                await store_of(uow)
            except DomainError as error:
                raise CommandError(f"no store has the id {tenant}") from error
        yield app, replace(system(tenant, "command line"), via=Via.COMMAND)


def complaint(error: DomainError) -> str:
    """The refusal as one line, with the field it is about."""
    said = Speaker("en").say(error.key, **error.params)
    return f"{error.field}: {said}" if error.field else said
