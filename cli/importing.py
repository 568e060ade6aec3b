"""A file brought into a store from the command line, by the product's own imports."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from cli.errors import CommandError
from core.app import App
from core.identity.permissions import Actor
from core.imports import queries, service
from core.imports.drain import finish
from core.imports.models import ImportKind, ImportState
from core.imports.queries import ImportView, RowView
from core.imports.service import Wishes
from core.kernel.errors import DomainError
from core.kernel.i18n import Speaker

_PIECE = 1 << 16
_ROWS = 500


class Desk:
    """One person's imports; the work is done here, or by the worker if it is running."""

    def __init__(self, app: App, actor: Actor) -> None:
        self._app = app
        self._actor = actor

    async def look(self, kind: ImportKind, file: Path) -> ImportView:
        """What the file would do. CommandError says why it is of no use."""
        try:
            import_id = await service.upload(
                self._app, self._actor, kind, file.name, _content(file)
            )
        except DomainError as refusal:
            raise CommandError(f"{file}: {said(_kept(refusal))}") from refusal
        return await self._finished(import_id, file)

    async def correct(self, view: ImportView, wishes: Wishes, file: Path) -> ImportView:
        async with self._app.uow(self._actor.tenant_id) as uow:
            await service.correct(uow, self._actor, view.id, view.version, wishes)
        return await self._finished(view.id, file)

    async def apply(self, view: ImportView, file: Path, *, take_good_rows: bool) -> ImportView:
        async with self._app.uow(self._actor.tenant_id) as uow:
            await service.apply(
                uow, self._actor, view.id, view.version, take_good_rows=take_good_rows
            )
        return await self._finished(view.id, file)

    async def cancel(self, view: ImportView) -> None:
        async with self._app.uow(self._actor.tenant_id) as uow:
            await service.cancel(uow, self._actor, view.id)

    async def rejected(self, view: ImportView) -> list[RowView]:
        rows: list[RowView] = []
        after: int | None = 0
        while after is not None:
            async with self._app.uow(self._actor.tenant_id) as uow:
                page = await queries.import_rows(
                    uow, self._actor, view.id, result="rejected", after=after, limit=_ROWS
                )
            rows += page.items
            after = page.next_after
        return rows

    async def _finished(self, import_id: Any, file: Path) -> ImportView:
        await finish(self._app, self._actor.tenant_id, import_id)
        async with self._app.uow(self._actor.tenant_id) as uow:
            view = await queries.import_of(uow, self._actor, import_id)
        if view.state == ImportState.FAILED:
            raise CommandError(f"{file}: {said(view.reason or {})}; nothing was imported")
        return view


def said(reason: Mapping[str, Any]) -> str:
    """A kept refusal as one line, with the field it is about."""
    text = Speaker("en").say(reason["code"], **reason["params"])
    return f"{reason['field']}: {text}" if reason["field"] else text


def counted(view: ImportView) -> str:
    names = ("created", "updated", "unchanged", "rejected")
    return ", ".join(f"{name}: {getattr(view, name)}" for name in names)


def _kept(error: DomainError) -> dict[str, Any]:
    return {"code": error.key, "params": error.params, "field": error.field}


async def _content(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece
