"""How well questions find their answers in the demo store's documents and stock.

Sets named `dev` were looked at while the search was tuned, `held-out` ones were not.
"""

import math
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from cli.bulk import Item, load
from cli.scratch import scratch_store
from core.app import App, open_app
from core.kernel.embedded import servers
from core.kernel.settings import Settings
from core.knowledge.embed import OfflineEmbedder
from core.knowledge.search import Found, Weights, search
from eval.stock import Good, stock
from eval.table import Line
from migrations.run import upgrade_async

SETS = Path(__file__).parent / "sets"
FOLDER = Path(__file__).parents[1] / "var" / "eval"
TOP = 10
_LEGS = {
    "words": Weights(words=1.0, vector=0.0),
    "vector": Weights(words=0.0, vector=1.0, begun=0.0, begun_alone=0.0),
    "hybrid": None,
}


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    wanted: frozenset[str]


@dataclass(frozen=True)
class Store:
    """The store that is asked; `ids` say which line each source was."""

    app: App
    tenant_id: UUID
    ids: dict[UUID, str]

    async def asks(
        self, text: str, weights: Weights | None = None, *, relevant_only: bool = False
    ) -> list[Found]:
        vector = (await self.app.embedder.embed([text])).vectors[0]
        async with self.app.uow(self.tenant_id) as uow:
            return await search(
                uow, text, vector, self.app.embedder.name, limit=3 * TOP, weights=weights,
                relevant_only=relevant_only,
            )  # fmt: skip

    async def ranked(self, text: str, weights: Weights | None = None) -> list[str]:
        found = [one for one in await self.asks(text, weights) if one.score > 0]
        return list(dict.fromkeys(self.ids[one.source_id] for one in found))[:TOP]


async def lines() -> list[Line]:
    async with open_store() as store:
        found = []
        for file in sorted(SETS.glob("*.tsv")):
            found += await _legs(store, file.stem, questions(file))
        found += [await _filled(store), await _answerable(store)]
        found += [await _numbers(store), await _unanswerable(store)]
    return found


@asynccontextmanager
async def open_store() -> AsyncIterator[Store]:
    """On servers of its own, with the offline embedder, so that every machine has these figures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        embedded = await stack.enter_async_context(servers(FOLDER, durable=False))
        admin = await asyncpg.connect(_named(embedded.database_url_owner, "postgres"))
        stack.push_async_callback(admin.close)
        name = f"eval_{os.getpid()}"
        await admin.execute(f"CREATE DATABASE {name}")
        stack.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        await upgrade_async(_named(embedded.database_url_owner, name))
        settings = Settings(
            _env_file=None,
            var_dir=FOLDER,
            database_url=_named(embedded.database_url, name),
            redis_url=embedded.redis_url,
            integration_secrets_master_key=SecretStr(b64encode(bytes(32)).decode()),
        )
        async with open_app(settings, role="eval") as opened:
            app = replace(opened, embedder=OfflineEmbedder())
            async with scratch_store(app) as tenant_id:
                ids = await load(app, tenant_id, [*_documents(), *_goods()], say=lambda _: None)
                yield Store(app, tenant_id, ids)


def questions(file: Path) -> list[Question]:
    """Lines of a question and the names of what answers it."""
    rows = (line.split("\t") for line in file.read_text("utf-8").splitlines() if line.strip())
    return [Question(text, frozenset(wanted.split(","))) for text, wanted in rows]


async def _legs(store: Store, name: str, asked: Sequence[Question]) -> list[Line]:
    means: dict[str, float] = {}
    found = []
    for leg, weights in _LEGS.items():
        ranks = [await store.ranked(question.text, weights) for question in asked]
        pairs = list(zip(asked, ranks, strict=True))
        means[leg] = _mean(ndcg, pairs)
        found.append(Line(name, f"{leg} nDCG@10", means[leg], cases=len(asked)))
        if leg == "hybrid":
            for at in (1, 5, 10):
                share = sum(bool(q.wanted & set(rank[:at])) for q, rank in pairs) / len(pairs)
                found.append(Line(name, f"hybrid answered in {at}", share, cases=len(asked)))
    gain = means["hybrid"] - max(means["words"], means["vector"])
    found.append(Line(name, "hybrid - best leg", gain, ">= -0.005", len(asked)))
    return found


def ndcg(question: Question, ranked: Sequence[str]) -> float:
    gained = sum(
        1 / math.log2(place + 2) for place, one in enumerate(ranked) if one in question.wanted
    )
    most = sum(1 / math.log2(place + 2) for place in range(min(len(question.wanted), TOP)))
    return gained / most


def _mean(
    of: Callable[[Question, Sequence[str]], float],
    pairs: Sequence[tuple[Question, Sequence[str]]],
) -> float:
    return sum(of(question, ranked) for question, ranked in pairs) / len(pairs)


async def _numbers(store: Store) -> Line:
    """A part number, however it was typed, is answered by its part before all others."""
    typed = [(good.key, text) for good in list(stock())[::7] for text in ways_to_type(good)]
    firsts = [(key, (await store.ranked(text))[:1]) for key, text in typed]
    right = sum(first == [key] for key, first in firsts) / len(firsts)
    return Line("part numbers", "exact number first", right, "= 1", len(firsts))


def ways_to_type(good: Good) -> list[str]:
    sku = good.sku
    first, _, second = sku.partition("-")
    return [
        sku,
        sku.lower(),
        f"{first} {second}",
        f"{first}{second}",
        f"{first}–{second}?",
        f"{first}.{second}",
        f"{first} - {second}",
        sku.translate(str.maketrans("ABC", "АВС")),
        sku.lower().translate(str.maketrans("abc", "авс")),
        f"здравствуйте, есть {sku.lower()}?",
        f"арт. {first}/{second}, сколько стоит и когда отправите",
        f"{good.name.split(maxsplit=1)[0]} {sku} в наличии",
    ]


async def _unanswerable(store: Store) -> Line:
    asked = (SETS / "unanswerable.txt").read_text("utf-8").split("\n")
    asked = [text for text in asked if text.strip()]
    empty = [text for text in asked if not await store.asks(text, relevant_only=True)]
    return Line("unanswerable", "finds nothing", len(empty) / len(asked), ">= 0.9", len(asked))


async def _filled(store: Store) -> Line:
    asked = [one for file in sorted(SETS.glob("*.tsv")) for one in questions(file)]
    filled = [bool(await store.ranked(one.text, _LEGS["words"])) for one in asked]
    share = sum(filled) / len(filled)
    return Line("all questions", "words leg not empty", share, ">= 0.95", len(asked))


async def _answerable(store: Store) -> Line:
    """The threshold must not swallow what can be answered."""
    asked = [one for file in sorted(SETS.glob("*.tsv")) for one in questions(file)]
    kept = 0
    for question in asked:
        found = await store.asks(question.text, relevant_only=True)
        kept += bool(found)
    return Line("all questions", "finds something", kept / len(asked), ">= 0.9", len(asked))


def _documents() -> list[Item]:
    items = []
    for part in (SETS / "documents.md").read_text("utf-8").split("\n# "):
        head, _, body = part.removeprefix("# ").partition("\n")
        key, _, title = head.partition(" | ")
        items.append(Item(key, product=False, title=title, text=body.strip()))
    return items


def _goods() -> list[Item]:
    return [
        Item(good.key, product=True, title=good.name, text=good.text, sku=good.sku)
        for good in stock()
    ]


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
