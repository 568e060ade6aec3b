"""`sales-operator search-bulk`: a file of questions answered over a file of documents."""

import argparse
import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cli.commands import Commands
from cli.errors import CommandError

if TYPE_CHECKING:
    from cli.bulk import Asked, Item
    from core.app import App

_QUESTIONS_AT_ONCE = 4
_SAID_EVERY = 500


def add_parser(commands: "Commands") -> None:
    parser = commands.add_parser(
        "search-bulk",
        help="answer a file of questions over a file of documents and products",
        description=(
            "Loads documents and products into a scratch store by the product's own import and"
            " indexing, answers every question by the product's own search, writes JSON lines and"
            " removes the store. No threshold of relevance is applied. A line that cannot be"
            " read is said and left out; a question's keeps its place among the answers."
        ),
    )
    parser.add_argument(
        "--documents", type=Path, required=True, metavar="D.jsonl",
        help='lines of {"id", "kind": "document"|"product", "title", "text", "sku"?, "price"?}',
    )  # fmt: skip
    parser.add_argument(
        "--questions", type=Path, required=True, metavar="Q.jsonl",
        help='lines of {"id", "text"}',
    )  # fmt: skip
    parser.add_argument("--top", type=int, default=10, metavar="N", help="results at most (10)")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="O.jsonl",
        help='a line of {"id", "results": [{"id", "score"}]} for each question; a bad one has an "error"',
    )  # fmt: skip
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.bulk import read_items, read_questions

    if arguments.top < 1:
        raise CommandError("--top: at least 1")
    items = read_items(arguments.documents, _say)
    questions = read_questions(arguments.questions, _say)
    # Stopped by a signal the store is removed all the same.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(_answer(arguments.env_file, items, questions, top=arguments.top, out=arguments.out))
    return 0


async def _answer(
    env_file: Path | None,
    items: "Sequence[Item]",
    questions: "Sequence[Asked]",
    *,
    top: int,
    out: Path,
) -> None:
    import orjson

    from cli.bulk import load
    from cli.scratch import scratch_store

    began = time.monotonic()
    async with _opened(env_file) as app, scratch_store(app) as store:
        ids = await load(app, store, items, say=_say)
        _say(f"{len(items)} loaded and indexed in {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        with out.open("wb") as file:
            async for asked, results in _answers(app, store, questions, ids, top):
                line = {"id": asked.given, "results": results}
                if asked.problem:
                    line |= {"line": asked.line, "error": asked.problem}
                file.write(orjson.dumps(line) + b"\n")
        bad = sum(bool(one.problem) for one in questions)
        _say(
            f"{len(questions) - bad} of {len(questions)} answered in {time.monotonic() - began:.0f} s"
        )


@asynccontextmanager
async def _opened(env_file: Path | None) -> "AsyncIterator[App]":
    from cli.joining import joined
    from cli.steps import migrate
    from core.app import open_app

    async with joined(env_file) as settings:
        await migrate(settings)
        async with open_app(settings, role="command") as app:
            yield app


async def _answers(
    app: "App",
    store: UUID,
    questions: "Sequence[Asked]",
    ids: dict[UUID, Any],
    top: int,
) -> AsyncIterator[tuple["Asked", list[dict[str, Any]]]]:
    from core.knowledge.search import find

    async def one(text: str) -> list[dict[str, Any]]:
        found = await find(app, store, text, limit=3 * top, relevant_only=False)
        results: dict[str, dict[str, Any]] = {}
        for passage in found:  # several passages of a document are one result
            given = ids[passage.source_id]
            results.setdefault(repr(given), {"id": given, "score": round(passage.score, 6)})
        return list(results.values())[:top]

    for start in range(0, len(questions), _QUESTIONS_AT_ONCE):
        batch = questions[start : start + _QUESTIONS_AT_ONCE]
        answers = await asyncio.gather(*(one(asked.text) for asked in batch))
        for asked, results in zip(batch, answers, strict=True):
            yield asked, results
        if start and start % _SAID_EVERY == 0:
            _say(f"{start} of {len(questions)} answered")


def _say(line: str) -> None:
    print(f"search-bulk: {line}", file=sys.stderr, flush=True)
