"""`sales-operator import-products`: a table becomes the store's catalogue."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError

if TYPE_CHECKING:
    from core.imports.queries import ImportView
    from core.imports.service import Wishes


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "import-products",
        help="import a CSV table or an Excel workbook into a store's products",
        description=(
            "UTF-8 or cp1251; commas, semicolons or tabs; .csv, .tsv, .txt or .xlsx. Columns are"
            " known by their Russian or English names, or by --map. A product is known by its"
            " SKU. Every row is counted once, and all of them go in, or none."
        ),
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--map", action="append", default=[], metavar="FIELD=HEADING",
        help="which column is which, say sku=Артикул; the others are guessed",
    )  # fmt: skip
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook")
    parser.add_argument("--dry-run", action="store_true", help="report, and change nothing")
    parser.add_argument(
        "--take-good-rows", action="store_true", help="leave the rejected rows out, take the rest"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not arguments.file.is_file():
        raise CommandError(f"{arguments.file}: no such file")
    rejected = asyncio.run(_import(arguments))
    return 1 if rejected else 0


async def _import(arguments: argparse.Namespace) -> int:
    """Prints the report; answers how many rows were rejected."""
    from cli.as_store import at_store
    from cli.importing import Desk, counted, said
    from core.imports.models import ImportKind

    file: Path = arguments.file
    async with at_store(arguments.env_file, arguments.tenant) as (app, actor):
        desk = Desk(app, actor)
        view = await desk.look(ImportKind.PRODUCTS, file)
        try:
            if arguments.sheet is not None:
                view = await desk.correct(view, _sheet(view, arguments.sheet, file), file)
            if arguments.map:
                view = await desk.correct(view, _mapping(view, arguments.map, file), file)
            _check(view, file)
        except CommandError:
            await desk.cancel(view)
            raise
        for row in await desk.rejected(view):
            print(f"row {row.number} ({row.sku or 'no SKU'}): {said(row.reason or {})}")
        held = view.rejected and not arguments.take_good_rows
        if arguments.dry_run or held:
            await desk.cancel(view)
            done = view
        else:
            done = await desk.apply(view, file, take_good_rows=arguments.take_good_rows)
        print(f"rows: {done.total} ({counted(done)})")
        if arguments.dry_run:
            print("nothing was imported: this was a dry run")
        elif held:
            print("nothing was imported: mend the rejected rows, or say --take-good-rows")
    return done.rejected


def _sheet(view: "ImportView", name: str, file: Path) -> "Wishes":
    from core.imports.service import Wishes

    sheets = list((view.found or {}).get("sheets", ()))
    if name not in sheets:
        raise CommandError(f"{file}: no sheet {name!r}; it has {', '.join(sheets) or 'none'}")
    return Wishes(sheet=sheets.index(name))


def _mapping(view: "ImportView", wanted: list[str], file: Path) -> "Wishes":
    """The guess, with what was said instead of it."""
    from core.catalog.columns import FIELDS
    from core.imports.service import Wishes

    columns = (view.found or {})["columns"]
    mapping = {column["field"]: column["index"] for column in columns if column["field"]}
    for pair in wanted:
        field, _, heading = pair.partition("=")
        if field not in FIELDS:
            raise CommandError(f"--map {pair}: fields are {', '.join(FIELDS)}")
        places = {column["heading"].strip().lower(): column["index"] for column in columns}
        at = places.get(heading.strip().lower())
        if at is None:
            raise CommandError(f"{file}: no column {heading!r}; it has {', '.join(places)}")
        mapping = {name: index for name, index in mapping.items() if index != at} | {field: at}
    return Wishes(mapping=mapping)


def _check(view: "ImportView", file: Path) -> None:
    if (view.found or {})["missing"]:
        headings = ", ".join(column["heading"] for column in (view.found or {})["columns"])
        raise CommandError(
            f"{file}: no column with the product's name; say --map name=HEADING of {headings}"
        )
