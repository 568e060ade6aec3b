"""Search beside a bare, unfiltered HNSW query on the same rows, taking turns query by query.

`python -m bench.figures.retrieval [--chunks N]`: 100 stores of zipf sizes in the product's own
tables, asked as the product's own role under row-level security. Vectors are clustered: a topic's
centre and two draws of noise; texts are sentences of the hand-written store among rarer words.
"""

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from bench.measure import Figure, percentile
from core.kernel.database import APP_ROLE
from core.kernel.embedded import servers
from core.kernel.ids import new_id
from core.knowledge.search.legs import legs, near
from core.knowledge.search.lexicon import WALK, sought
from core.knowledge.search.question import read
from core.knowledge.sku import keys_in
from core.knowledge.words import indexed
from eval.retrieval import SETS, questions
from migrations.run import upgrade_async

_FOLDER = Path(__file__).parents[2] / "var" / "bench-retrieval"
_STORES, _SKEW, _TOPICS, _TOPICS_OF_A_STORE, _NOISES = 100, 0.9, 2_000, 60, 4_096
_EMBEDDER = "bench"
_TOP, _BLOCKS, _EACH = 10, 3, 100
# By rank of size, as recall is looked at: the many small stores must not hide the few large.
_GROUPS = {"big": range(3), "mid": range(3, 20), "small": range(59, 100)}
_TEXT_UP_TO = 100_000  # chunks: beyond it the words' leg is not measured
_SET_UP = f"""
SELECT setseed(0.5);
CREATE TABLE bench_topics AS SELECT n, l2_normalize(array_agg(random() - 0.5)::halfvec(512)) AS v
FROM generate_series(0, {_TOPICS - 1}) n, generate_series(1, 512) d GROUP BY n;
CREATE TABLE bench_noise AS SELECT n, l2_normalize(array_agg(random() - 0.5)::halfvec(512))
    * array_fill(0.55::real, ARRAY[512])::vector::halfvec(512) AS v
FROM generate_series(0, {_NOISES - 1}) n, generate_series(1, 512) d GROUP BY n;
CREATE TABLE bench_rows (tenant_id uuid, id uuid, topic int, one int, two int);
CREATE UNIQUE INDEX ON bench_topics (n); CREATE UNIQUE INDEX ON bench_noise (n);
ANALYZE bench_topics; ANALYZE bench_noise;
"""
_VECTOR = """l2_normalize((SELECT v FROM bench_topics WHERE n = {topic})
    + (SELECT v FROM bench_noise WHERE n = {one}) + (SELECT v FROM bench_noise WHERE n = {two}))"""
_BARE = "SELECT id FROM bench_bare ORDER BY embedding <=> $1::text::halfvec LIMIT 10"
_EXACT = """
SELECT id FROM chunks WHERE tenant_id = $1
ORDER BY (embedding <=> $2::text::halfvec) + 0 LIMIT 10
"""


@dataclass(frozen=True)
class Asked:
    """One query: of which store, its size's group, and its vector as Postgres reads it."""

    store: UUID
    chunks: int
    group: str
    vector: str
    text: str


async def figures(chunks: int) -> list[Figure]:
    """Fill a database of its own, measure, drop it."""
    async with AsyncExitStack() as stack:
        embedded = await stack.enter_async_context(servers(_FOLDER))
        admin = await asyncpg.connect(_named(embedded.database_url_owner, "postgres"))
        stack.push_async_callback(admin.close)
        name = "bench_retrieval"
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name}")
        stack.push_async_callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)")
        url = _named(embedded.database_url_owner, name)
        await upgrade_async(url)
        owner = await asyncpg.connect(url, command_timeout=7_200)
        stack.push_async_callback(owner.close)
        sizes = await _fill(owner, chunks)
        plain = await asyncpg.connect(url, server_settings={"hnsw.ef_search": "100", "jit": "off"})
        ours = await asyncpg.connect(url, server_settings={"role": APP_ROLE, "jit": "off"})
        stack.push_async_callback(plain.close)
        stack.push_async_callback(ours.close)
        asked = await _questions(owner, sizes)
        found = await _vector_leg(owner, ours, plain, asked)
        if chunks <= _TEXT_UP_TO:
            found += await _hybrid(ours, plain, asked)
    return found


async def _fill(sql: "asyncpg.Connection[Any]", chunks: int) -> list[tuple[UUID, int]]:
    """Stores, their passages in the product's tables, and the same vectors in a bare one."""
    began = time.monotonic()
    await sql.execute(_SET_UP)
    weights = [1 / rank**_SKEW for rank in range(1, _STORES + 1)]
    sizes = [(new_id(), max(20, round(chunks * w / sum(weights)))) for w in weights]
    dice = random.Random(5)  # noqa: S311 - a load, not a secret
    await sql.execute("ALTER TABLE chunks DISABLE TRIGGER USER")
    await sql.execute("DROP INDEX chunks_embedding_idx")
    texts = _texts(dice) if chunks <= _TEXT_UP_TO else None
    for store, size in sizes:
        await sql.execute(
            "INSERT INTO tenants (id, name, trial_started_at, trial_ends_at, created_at)"
            " VALUES ($1, 'store', now(), now(), now())",
            store,
        )
        topics = [dice.randrange(_TOPICS) for _ in range(_TOPICS_OF_A_STORE)]
        ids = [new_id() for _ in range(size)]
        draws = [(store, i, dice.choice(topics), dice.randrange(_NOISES), dice.randrange(_NOISES))
                 for i in ids]  # fmt: skip
        await sql.copy_records_to_table("bench_rows", records=draws)
        bodies = [texts() if texts else ("Пункт", "Доставка.", "", 1) for _ in ids]
        await _put(sql, store, ids, bodies)
    print(f"{chunks} rows in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    await sql.execute("SET maintenance_work_mem = '3GB'")
    await sql.execute(
        "CREATE INDEX chunks_embedding_idx ON chunks"
        " USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)"
    )
    print(f"the product's index in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    await sql.execute("CREATE TABLE bench_bare AS SELECT id, embedding FROM chunks")
    await sql.execute("ALTER TABLE bench_bare ALTER COLUMN embedding SET STORAGE PLAIN")
    await sql.execute(
        "CREATE INDEX ON bench_bare"
        " USING hnsw (embedding halfvec_cosine_ops) WITH (m = 16, ef_construction = 64)"
    )
    print(f"the bare index in {time.monotonic() - began:.0f} s", flush=True)
    if texts:
        began = time.monotonic()
        await _sources(sql)
        for store, _ in sizes:
            await sql.execute(
                "SELECT add_chunk_words($1, array_agg(id)) FROM chunks WHERE tenant_id = $1", store
            )
        print(f"words counted in {time.monotonic() - began:.0f} s", flush=True)
    await sql.execute("VACUUM ANALYZE")
    return sizes


async def _put(
    sql: "asyncpg.Connection[Any]", store: UUID, ids: Sequence[UUID], bodies: Sequence[Any]
) -> None:
    title, body, lexemes, words = zip(*bodies, strict=True)
    await sql.execute(
        f"""
        INSERT INTO chunks (tenant_id, id, source_kind, source_id, source_version, ordinal, title,
            body, body_hash, embedding, embedder, indexed_at, lexemes, words, facet, analyser)
        SELECT $1, r.id, 'document', r.id, 1, 0, t.title, t.body, ''::bytea,
            {_VECTOR.format(topic="r.topic", one="r.one", two="r.two")}, '{_EMBEDDER}', now(),
            t.lexemes::tsvector, t.words, 2, 1
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::int[])
            AS t (id, title, body, lexemes, words)
        JOIN bench_rows r ON r.id = t.id
        """,
        store, ids, title, body, lexemes, words,
    )  # fmt: skip
    await sql.execute("TRUNCATE bench_rows")


async def _sources(sql: "asyncpg.Connection[Any]") -> None:
    """A document behind each passage, in force."""
    await sql.execute(
        "INSERT INTO documents (tenant_id, id, title, type, body, version, created_at, changed_at)"
        " SELECT tenant_id, id, 'x', 'faq', 'x', 1, now(), now() FROM chunks"
    )


def _texts(dice: random.Random) -> Callable[[], tuple[str, str, str, int]]:
    """55 words: sentences of the hand-written documents, and words as rare as real ones are."""
    parts = (SETS / "documents.md").read_text("utf-8").split("\n# ")
    titles = [part.partition("\n")[0].partition(" | ")[2] for part in parts]
    sentences = [s for p in parts for s in p.partition("\n")[2].replace("\n", " ").split(". ") if s]
    syllables = [a + b for a in "бвгджзклмнпрст" for b in "аеиоу"]
    rare = ["".join(dice.choices(syllables, k=dice.randint(2, 4))) for _ in range(8_000)]
    weights = [1 / (n + 10) for n in range(len(rare))]

    def made() -> tuple[str, str, str, int]:
        body = ". ".join(dice.choices(sentences, k=3))
        lacking = max(0, 55 - len(body.split()))
        body += ". " + " ".join(dice.choices(rare, weights, k=lacking))
        title = dice.choice(titles)
        return title, body, *indexed(title, body)

    return made


async def _questions(
    sql: "asyncpg.Connection[Any]", sizes: Sequence[tuple[UUID, int]]
) -> list[Asked]:
    """Of each group as many; a vector beside one the store has, a text a person wrote."""
    dice = random.Random(9)  # noqa: S311
    texts = [q.text for file in sorted(SETS.glob("documents.*.tsv")) for q in questions(file)]
    asked = []
    for group, ranks in _GROUPS.items():
        for _ in range(_EACH):
            store, size = sizes[dice.choice(ranks)]
            vector = await sql.fetchval(
                """
                SELECT l2_normalize(embedding + (SELECT v FROM bench_noise WHERE n = $2))::text
                FROM chunks WHERE tenant_id = $1 OFFSET $3 LIMIT 1
                """,
                store, dice.randrange(_NOISES), dice.randrange(size),
            )  # fmt: skip
            asked.append(Asked(store, size, group, vector, dice.choice(texts)))
    dice.shuffle(asked)
    return asked


async def _vector_leg(
    owner: "asyncpg.Connection[Any]",
    ours: "asyncpg.Connection[Any]",
    plain: "asyncpg.Connection[Any]",
    asked: Sequence[Asked],
) -> list[Figure]:
    hits: dict[str, list[float]] = {group: [] for group in _GROUPS}
    short = 0

    async def one(query: Asked) -> tuple[float, list[UUID]]:
        statement = near(query.chunks, tenant="$1", vector="$2", embedder="$3", facets="$4",
                         limit="$5")  # fmt: skip
        async with _as_store(ours, query):
            began = time.perf_counter()
            rows = await ours.fetch(statement, query.store, query.vector, _EMBEDDER, [2], _TOP)
            return (time.perf_counter() - began) * 1000, [row["id"] for row in rows]

    for query in asked:
        _, found = await one(query)
        true = {row["id"] for row in await owner.fetch(_EXACT, query.store, query.vector)}
        short += len(found) < min(_TOP, query.chunks)
        hits[query.group].append(len(true & set(found)) / len(true))
    every = [share for shares in hits.values() for share in shares]
    figures_ = [Figure("search_vector_recall", sum(every) / len(every), "share", None, ">= 0.99")]
    figures_ += [
        Figure(f"search_vector_recall_{group}", sum(s) / len(s), "share", None, ">= 0.98")
        for group, s in hits.items()
    ]
    figures_.append(Figure("search_vector_short", short, "queries", None, "0"))

    async def timed(query: Asked) -> float:
        return (await one(query))[0]

    return figures_ + await _beside_bare("search_vector", timed, plain, asked, ("0.8", "1.5"))


async def _hybrid(
    ours: "asyncpg.Connection[Any]", plain: "asyncpg.Connection[Any]", asked: Sequence[Asked]
) -> list[Figure]:
    filled = 0

    async def timed(query: Asked) -> float:
        nonlocal filled
        vector = [float(part) for part in query.vector.strip("[]").split(",")]
        async with _as_store(ours, query):
            began = time.perf_counter()
            words = await sought(ours, query.store, read(query.text))
            rows = await legs(ours, query.store, words, keys_in(query.text), vector, _EMBEDDER, [2])
            took = (time.perf_counter() - began) * 1000
        filled += any(row["by_words"] for row in rows)
        return took

    found = await _beside_bare("search_hybrid", timed, plain, asked, ("2.5", "4"))
    share = filled / (len(asked) * (_BLOCKS + 1))
    return [*found, Figure("search_words_found", share, "share", None, ">= 0.95")]


async def _beside_bare(
    name: str,
    ours: Callable[[Asked], Awaitable[float]],
    plain: "asyncpg.Connection[Any]",
    asked: Sequence[Asked],
    aims: tuple[str, str],
) -> list[Figure]:
    """Ours, bare, ours, bare; the median of the blocks after one that warms both."""
    blocks = []
    for block in range(_BLOCKS + 1):
        left, right = [], []
        for query in asked:
            left.append(await ours(query))
            began = time.perf_counter()
            await plain.fetch(_BARE, query.vector)
            right.append((time.perf_counter() - began) * 1000)
        if block:
            blocks.append((left, right))
    return [
        Figure(
            f"{name}_p{percent}",
            median(percentile(left, percent) for left, _ in blocks),
            "ms",
            median(percentile(right, percent) for _, right in blocks),
            f"<= {aim} of a bare HNSW query",
        )
        for percent, aim in zip((50, 95), aims, strict=True)
    ]


class _as_store:  # noqa: N801 - reads as a verb where it is used
    """A transaction as the product opens one: the store set, and how its graph is walked."""

    def __init__(self, sql: "asyncpg.Connection[Any]", query: Asked) -> None:
        self._sql, self._query = sql, query
        self._transaction = sql.transaction()

    async def __aenter__(self) -> None:
        await self._transaction.start()
        await self._sql.execute(
            "SELECT set_config('app.tenant_id', $1, true)", str(self._query.store)
        )
        await self._sql.execute(
            f"SELECT {WALK} FROM (SELECT $1::int AS chunks)", self._query.chunks
        )

    async def __aexit__(self, *_: object) -> None:
        await self._transaction.rollback()


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=_TEXT_UP_TO)
    for figure in asyncio.run(figures(parser.parse_args().chunks)):
        print(figure.line())


if __name__ == "__main__":
    main()
