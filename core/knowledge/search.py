"""Finds what a question may be answered from.

Three legs over one index: article numbers, words, vectors; fused by reciprocal ranks. What the
legs agree is only the nearest of the irrelevant is left out: a question the store knows nothing
about finds nothing.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

import structlog

from core.billing.spend import Meter
from core.kernel.errors import DomainError, Kind
from core.kernel.untrusted import clean
from core.kernel.uow import UnitOfWork
from core.knowledge.chunking import worded
from core.knowledge.embed import OFFLINE, telling
from core.knowledge.index import as_text
from core.knowledge.models import DIMENSIONS, SourceKind
from core.knowledge.sku import after, keys_in
from core.ports.ai import AiFailure, Embedder

RELEVANT = 0.5
LEG = 60  # candidates of each leg
LONGEST_QUESTION = 2_000
MOST_OF_A_SOURCE = 2
_EF_SEARCH = "100"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Floor:
    """Where an irrelevant passage may still lie: by its cosine, by its share of telling words."""

    cosine: float
    words: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the legs in the fusion, and the constant of reciprocal ranks."""

    words: float
    vector: float
    begun: float = 0.05
    begun_alone: float = 4.0  # the beginning of an article is the whole question
    k: int = 20


# An offline vector knows letters, a model's knows meanings: what each is trusted with differs.
_OFFLINE_FLOOR, _MODEL_FLOOR = Floor(cosine=0.15, words=0.225), Floor(cosine=0.20, words=0.225)
_OFFLINE_WEIGHTS, _MODEL_WEIGHTS = Weights(words=1.0, vector=0.4), Weights(words=1.0, vector=1.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A passage; what a product costs and how many there are is read from its row, now."""

    kind: SourceKind
    source_id: UUID
    chunk_id: UUID
    title: str
    text: str
    score: float  # orders the results of one search, and means nothing else
    evidence: float  # 0..1: how much of the question it meets
    sku: str | None
    price: Decimal | None
    currency: str | None
    stock: int | None
    source_version: int


_SETTINGS = """
SELECT set_config('hnsw.ef_search', $1, true), set_config('hnsw.iterative_scan', 'relaxed_order',
       true), set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('jit', 'off', true)
"""

# $1 tenant, $2 text, $3 vector, $4 embedder, $5 kinds, $6 exact keys, $7 and $8 the first and
# the first past the last of each beginning, $9 candidates of a leg.
#
# `asked`: the question's lexemes; the russian configuration stems words of both alphabets.
# `worded`: every passage with any of them; a passage's worth is its rank for each lexeme times
#   that lexeme's rarity in the store (ts_rank itself knows no rarity).
# `near`: by cosine. The order of an iterative scan is loose, so it is ordered again outside.
# `live`: passages of the version in force only, with the product's row as it is now.
_SEARCH = """
WITH asked AS MATERIALIZED (
    SELECT ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery AS query
    FROM unnest(to_tsvector('russian', $2::text)) LIMIT 40
), size AS (
    SELECT count(*) AS chunks FROM chunks WHERE tenant_id = $1
), hit AS MATERIALIZED (
    SELECT c.id, a.query, ts_rank('{0.1, 0.2, 0.4, 1.0}', c.lexemes, a.query) AS rank
    FROM asked a JOIN chunks c ON c.tenant_id = $1 AND c.lexemes @@ a.query
    WHERE c.source_kind = ANY($5)
), rarity AS MATERIALIZED (
    SELECT a.query, ln(1 + (size.chunks - count(hit.id) + 0.5) / (count(hit.id) + 0.5)) AS idf
    FROM asked a CROSS JOIN size LEFT JOIN hit ON hit.query = a.query
    GROUP BY a.query, size.chunks
), worded AS MATERIALIZED (
    SELECT hit.id, sum(rarity.idf * hit.rank / (hit.rank + 1)) AS worth,
           sum(rarity.idf) / (SELECT sum(idf) FROM rarity) AS share
    FROM hit JOIN rarity USING (query) GROUP BY hit.id
    ORDER BY worth DESC, hit.id LIMIT $9
), near AS MATERIALIZED (
    SELECT id, embedding <=> $3::text::halfvec AS distance FROM chunks
    WHERE tenant_id = $1 AND embedder = $4 AND source_kind = ANY($5) AND $3 IS NOT NULL
    ORDER BY embedding <=> $3::text::halfvec LIMIT $9
), article AS MATERIALIZED (
    SELECT id, min(place) AS place FROM (
        SELECT id, 1 AS place FROM products
        WHERE tenant_id = $1 AND sku_key = ANY($6) AND deleted_at IS NULL
        UNION ALL
        (SELECT p.id, 2 FROM unnest($7::text[], $8::text[]) AS begun (first, past)
         JOIN products p ON p.tenant_id = $1 AND p.sku_key >= begun.first
                        AND p.sku_key < begun.past AND p.deleted_at IS NULL
         ORDER BY p.sku_key LIMIT $9)
    ) AS named WHERE 'product' = ANY($5) GROUP BY id
), ranked AS (
    SELECT id, row_number() OVER (ORDER BY worth DESC, id) AS by_words, share,
           NULL::bigint AS by_vector, NULL::float8 AS distance, NULL::integer AS place FROM worded
    UNION ALL
    SELECT id, NULL, NULL, row_number() OVER (ORDER BY distance, id), distance, NULL FROM near
    UNION ALL
    SELECT c.id, NULL, NULL, NULL, NULL, article.place FROM article
    JOIN chunks c ON c.tenant_id = $1 AND c.source_kind = 'product' AND c.source_id = article.id
), fused AS MATERIALIZED (
    SELECT id, min(by_words) AS by_words, max(share) AS share, min(by_vector) AS by_vector,
           min(distance) AS distance, min(place) AS place
    FROM ranked GROUP BY id
)
SELECT c.id, c.source_kind, c.source_id, c.source_version, c.title, c.body, fused.by_words,
       fused.share, fused.by_vector, fused.distance, fused.place,
       p.sku, p.price, p.currency, p.stock
FROM fused JOIN chunks c ON c.tenant_id = $1 AND c.id = fused.id
LEFT JOIN products p ON c.source_kind = 'product' AND p.tenant_id = $1 AND p.id = c.source_id
LEFT JOIN documents d ON c.source_kind = 'document' AND d.tenant_id = $1 AND d.id = c.source_id
WHERE c.source_version = CASE c.source_kind
    WHEN 'product' THEN CASE WHEN p.deleted_at IS NULL THEN p.version END
    ELSE CASE WHEN d.deleted_at IS NULL THEN d.version END END
"""


class Finding(Protocol):
    """What finding needs of the product; `core.app.App` has it."""

    @property
    def embedder(self) -> Embedder: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


async def find(
    app: Finding, tenant_id: UUID, text: str, *, limit: int = 8,
    kinds: Sequence[SourceKind] | None = None,
) -> list[Found]:  # fmt: skip
    """What a store knows about a question, best first.

    Without its embedder (down, or its money spent) a question is searched by words alone.
    """
    asked = clean(text, LONGEST_QUESTION)
    if not asked:
        return []
    vector = None
    try:
        embedded = await Meter(app, tenant_id).embed(app.embedder, [asked])
        vector = embedded.vectors[0]
    except AiFailure as failure:
        _log.warning("searching_by_words_alone", why=failure.why)
    except DomainError as refusal:
        if refusal.kind is not Kind.LIMITED:
            raise
        _log.info("searching_by_words_alone", why=refusal.key)
    async with app.uow(tenant_id) as uow:
        return await search(uow, asked, vector, app.embedder.name, limit=limit, kinds=kinds)


async def search(
    uow: UnitOfWork,
    text: str,
    vector: Sequence[float] | None,
    embedder: str,
    *,
    limit: int = 8,
    kinds: Sequence[SourceKind] | None = None,
    relevant_only: bool = True,
) -> list[Found]:
    """The passages of this tenant for a question and its vector, best first.

    `vector` is compared with vectors of the same `embedder` only; None searches by words alone.
    """
    if vector is not None and len(vector) != DIMENSIONS:
        raise AiFailure("ai.wrong_dimension", again=False)
    if vector is not None and not any(vector):
        vector = None  # no telling word: there is no direction to be near to
    exact, begun = keys_in(text)
    sql = await uow.sql()
    await sql.execute(_SETTINGS, _EF_SEARCH)
    rows = await sql.fetch(
        _SEARCH,
        uow.tenant_id,
        worded(telling(text)),
        None if vector is None else as_text(vector),
        embedder,
        [str(kind) for kind in kinds or SourceKind],
        exact,
        begun,
        [after(key) for key in begun],
        LEG,
    )
    offline = embedder == OFFLINE
    floor = _OFFLINE_FLOOR if offline else _MODEL_FLOOR
    weights = _OFFLINE_WEIGHTS if offline else _MODEL_WEIGHTS
    alone = all(any(c.isdigit() for c in word) for word in telling(text).split())
    begun_worth = weights.begun_alone if alone else weights.begun
    found = [_found(row, weights, floor, begun_worth) for row in rows]
    if relevant_only:
        found = [one for one in found if one.evidence >= RELEVANT]
    found.sort(key=lambda one: (-one.score, one.chunk_id))
    return _spread(found)[:limit]


def _found(row: Any, weights: Weights, floor: Floor, begun_worth: float) -> Found:
    exact, begun = row["place"] == 1, row["place"] == 2  # noqa: PLR2004 - as the SQL says it
    score = 0.0
    if row["by_words"] is not None:
        score += weights.words / (weights.k + row["by_words"])
    if row["by_vector"] is not None:
        score += weights.vector / (weights.k + row["by_vector"])
    if begun:
        score += begun_worth / (weights.k + 1)
    if exact:
        score += 1.0  # more than all legs together: what is named by its number comes first
    cosine = 0.0 if row["distance"] is None else 1.0 - float(row["distance"])
    return Found(
        kind=SourceKind(row["source_kind"]),
        source_id=row["source_id"],
        chunk_id=row["id"],
        title=row["title"],
        text=row["body"],
        score=score,
        evidence=1.0 if exact or begun else _evidence(cosine, float(row["share"] or 0.0), floor),
        sku=row["sku"],
        price=row["price"],
        currency=row["currency"],
        stock=row["stock"],
        source_version=row["source_version"],
    )


def _evidence(cosine: float, share: float, floor: Floor) -> float:
    """0..1; one half is the least that is relevant: both signs at their floors, or one twice."""
    return min(1.0, (max(cosine, 0.0) / floor.cosine + share / floor.words) / 4)


def _spread(found: Sequence[Found]) -> list[Found]:
    """No source crowds out the others."""
    taken: Counter[UUID] = Counter()
    kept = []
    for one in found:
        taken[one.source_id] += 1
        if taken[one.source_id] <= MOST_OF_A_SOURCE:
            kept.append(one)
    return kept
