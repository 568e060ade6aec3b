"""`sales-operator import-documents`: files become knowledge."""

import argparse
import asyncio
from collections import Counter
from pathlib import Path
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError

SUFFIXES = (".md", ".markdown", ".txt", ".pdf", ".docx")


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "import-documents",
        help="import text, Markdown, PDF and Word files into a store's knowledge",
        description=(
            "Each file becomes a document, titled by its first heading or its name; a document"
            " of that title is replaced. All files are looked at first: if one cannot be read,"
            " none is taken."
        ),
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.add_argument("--dry-run", action="store_true", help="look, and change nothing")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files or folders")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    files = _files(arguments.paths)
    counts = asyncio.run(
        _import(arguments.env_file, arguments.tenant, files, dry=arguments.dry_run)
    )
    print(", ".join(f"{name}: {counts[name]}" for name in ("created", "updated", "unchanged")))
    return 0


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(f for f in path.rglob("*") if f.suffix.lower() in SUFFIXES)
            if not found:
                raise CommandError(f"{path}: no {', '.join(SUFFIXES)} files in this folder")
            files += found
        elif not path.is_file():
            raise CommandError(f"{path}: no such file")
        elif path.suffix.lower() not in SUFFIXES:
            raise CommandError(f"{path}: takes {', '.join(SUFFIXES)} files")
        else:
            files.append(path)
    return files


async def _import(
    env_file: Path | None, tenant: UUID, files: list[Path], *, dry: bool
) -> Counter[str]:
    from cli.as_store import at_store
    from cli.importing import Desk
    from core.imports.models import ImportKind

    async with at_store(env_file, tenant) as (app, actor):
        desk = Desk(app, actor)
        seen = []
        for file in files:
            view = await desk.look(ImportKind.DOCUMENTS, file)
            await desk.cancel(view)
            seen.append(view)
        if not dry:
            seen = [
                await desk.apply(
                    await desk.look(ImportKind.DOCUMENTS, file), file, take_good_rows=False
                )
                for file in files
            ]
    counts: Counter[str] = Counter()
    for view in seen:
        counts.update(created=view.created, updated=view.updated, unchanged=view.unchanged)
    return counts
