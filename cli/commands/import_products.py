"""`sales-operator import-products`: a CSV table becomes the store's catalogue."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError
from core.kernel.errors import DomainError

if TYPE_CHECKING:
    from core.catalog.service import Report


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "import-products",
        help="import a CSV table into a store's products",
        description=(
            "UTF-8 or cp1251, commas, semicolons or tabs; columns are known by their Russian or"
            " English names (артикул, название, описание, цена, валюта, остаток, доставка,"
            " варианты). A product is known by its SKU. Every row is counted once; rows that can"
            " be taken are taken together."
        ),
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise CommandError(f"{arguments.file}: no such file")
    raw = arguments.file.read_bytes()
    try:
        report = asyncio.run(_import(arguments.env_file, arguments.tenant, raw))
    except DomainError as error:
        raise CommandError(f"{arguments.file}: {_said(error)}; nothing was imported") from error
    _show(report)
    return 1 if report.rejected else 0


async def _import(env_file: Path | None, tenant: UUID, raw: bytes) -> "Report":
    from cli.as_store import at_store
    from core.catalog.reading import read_products
    from core.catalog.service import put_products
    from core.tenants.service import settings_of

    async with at_store(env_file, tenant) as (app, actor), app.uow(tenant) as uow:
        table = read_products(raw, (await settings_of(uow)).currency)
        return await put_products(uow, actor, table.rows, given=table.columns)


def _show(report: "Report") -> None:
    from core.catalog.writing import Result

    for outcome in report.rejected:
        if outcome.error is not None:
            print(f"row {outcome.number} ({outcome.sku or 'no SKU'}): {_said(outcome.error)}")
    counts = ", ".join(f"{result}: {report.count(result)}" for result in Result)
    print(f"rows: {len(report.outcomes)} ({counts})")


def _said(error: DomainError) -> str:
    from cli.as_store import complaint

    return complaint(error)
