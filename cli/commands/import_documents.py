"""`sales-operator import-documents`: text and Markdown files become knowledge."""

import argparse
import asyncio
from pathlib import Path
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError

SUFFIXES = (".md", ".markdown", ".txt")


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "import-documents",
        help="import text and Markdown files into a store's knowledge",
        description=(
            "Each file becomes a document, titled by its first heading or its name; a document"
            " of that title is replaced. All files are taken, or none."
        ),
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="files or folders")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    counts = asyncio.run(_import(arguments.env_file, arguments.tenant, _files(arguments.paths)))
    print(", ".join(f"{name}: {count}" for name, count in counts.items()))
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


async def _import(env_file: Path | None, tenant: UUID, files: list[Path]) -> dict[str, int]:
    from cli.as_store import at_store, complaint
    from core.kernel.errors import DomainError
    from core.knowledge.reading import read_document
    from core.knowledge.service import document_titled, put_document

    counts = {"created": 0, "updated": 0, "unchanged": 0}
    async with at_store(env_file, tenant) as (app, actor), app.uow(tenant) as uow:
        for file in files:
            try:
                fields = read_document(file.read_bytes(), file.stem)
                known = await document_titled(uow, fields.title)
                before = known.version if known else 0
                document = await put_document(
                    uow, actor, fields, document_id=known.id if known else None
                )
            except DomainError as error:
                raise CommandError(f"{file}: {complaint(error)}; nothing was imported") from error
            result = "created" if not before else "unchanged"
            counts["updated" if before and document.version != before else result] += 1
    return counts
