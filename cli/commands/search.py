"""`sales-operator search`: what a store's index answers to one question."""

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from cli.commands import Commands

if TYPE_CHECKING:
    from core.knowledge.search import Found

LONGEST_SHOWN = 160


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "search",
        help="search a store's knowledge and products",
        description="Answers one question by the search that drafts are made from.",
    )
    parser.add_argument("--tenant", type=UUID, required=True, metavar="ID", help="the store's id")
    parser.add_argument("--top", type=int, default=8, metavar="N", help="results at most (8)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("question")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    found = asyncio.run(
        _search(arguments.env_file, arguments.tenant, arguments.question, arguments.top)
    )
    if arguments.json:
        print(_json(arguments.question, found))
        return 0
    for one in found:
        price = "" if one.price is None else f" · {one.price} {one.currency}"
        print(f"{one.evidence:.2f} {one.kind} {one.title}{price}")
        print("     " + " ".join(one.text.split())[:LONGEST_SHOWN])
    if not found:
        print("nothing relevant")
    return 0


async def _search(env_file: Path | None, tenant: UUID, question: str, top: int) -> "list[Found]":
    from cli.as_store import at_store
    from core.knowledge.search import find

    async with at_store(env_file, tenant) as (app, _):
        return await find(app, tenant, question, limit=top)


def _json(question: str, found: "list[Found]") -> str:
    import orjson

    results = [
        {
            "kind": one.kind,
            "id": one.source_id,
            "chunk_id": one.chunk_id,
            "title": one.title,
            "text": one.text,
            "score": round(one.score, 6),
            "evidence": round(one.evidence, 4),
            "sku": one.sku,
            "price": None if one.price is None else str(one.price),
            "currency": one.currency,
            "stock": one.stock,
            "version": one.source_version,
        }
        for one in found
    ]
    return orjson.dumps(
        {"question": question, "results": results}, option=orjson.OPT_INDENT_2
    ).decode()
