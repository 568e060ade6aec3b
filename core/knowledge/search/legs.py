"""The statement that asks the index: three legs, and what is in force of what they bring."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from core.knowledge.passages import as_text
from core.knowledge.search.lexicon import Sought
from core.knowledge.sku import Keys, after

LEG = 60  # candidates of each leg
# Passages of a store: all are compared. Walking a graph it shares with stores a hundred times larger
# would miss one neighbour of twenty.
EXACT_UP_TO = 4_000
# BM25F: a word of the title counts for several of the body; how soon repeating a word stops
# counting, how much a long passage is held against it.
_IN_TITLE, _SATURATION, _LENGTH = 1.5, 1.2, 0.5
_TITLE = 0.4  # what standing in the title is worth beside, by how rare it is in titles

# $1 tenant; $2 number, $3 term, $4 weight of each word; $5 words a passage; $6 vector, $7 embedder;
# $8 facets; $9 exact keys, $10 keys that may be meant, $11 and $12 the first and the first past
# the last of each beginning; $13 candidates of a leg; $14 weights of the words in a title.
#
# `near`: the order of an iterative scan is loose, so it is ordered again outside.
# `live`: passages of the version in force only, with the product's row as it is now.
_LEGS = f"""
WITH worded AS MATERIALIZED (
    SELECT w.chunk_id AS id, bit_or(1::bigint << asked.at) AS met,
           sum(asked.titled * {_TITLE} * (w.in_title > 0)::int
               + asked.weight * (({_IN_TITLE} * w.in_title + w.in_body)::float8
               / ({_IN_TITLE} * w.in_title + w.in_body
                  + {_SATURATION} * ({1 - _LENGTH} + {_LENGTH} * w.length / $5::float8))::float8
               )) AS worth
    FROM unnest($2::int[], $3::text[], $4::float8[], $14::float8[])
        AS asked (at, term, weight, titled)
    CROSS JOIN LATERAL (
        SELECT chunk_id, in_title, in_body, length FROM chunk_words
        WHERE tenant_id = $1 AND word = asked.term AND facet = ANY($8) OFFSET 0) AS w
    GROUP BY w.chunk_id ORDER BY worth DESC, id LIMIT $13
), near AS MATERIALIZED (
    {{near}}
), article AS MATERIALIZED (
    SELECT id, min(place) AS place FROM (
        SELECT id, CASE WHEN sku_key = ANY($9) THEN 1 ELSE 2 END AS place FROM products
        WHERE tenant_id = $1 AND sku_key = ANY($9 || $10) AND deleted_at IS NULL
        UNION ALL
        (SELECT p.id, 3 FROM unnest($11::text[], $12::text[]) AS begun (first, past)
         JOIN products p ON p.tenant_id = $1 AND p.sku_key >= begun.first
                        AND p.sku_key < begun.past AND p.deleted_at IS NULL
         ORDER BY p.sku_key LIMIT $13)
    ) AS named GROUP BY id
), ranked AS (
    SELECT id, row_number() OVER (ORDER BY worth DESC, id) AS by_words, met, worth,
           NULL::bigint AS by_vector, NULL::float8 AS distance, NULL::integer AS place FROM worded
    UNION ALL
    SELECT id, NULL, NULL, NULL, row_number() OVER (ORDER BY distance, id), distance, NULL FROM near
    UNION ALL
    SELECT c.id, NULL, NULL, NULL, NULL, NULL, article.place FROM article
    JOIN chunks c ON c.tenant_id = $1 AND c.source_kind = 'product' AND c.source_id = article.id
                 AND c.facet = ANY($8)
), fused AS MATERIALIZED (
    SELECT id, min(by_words) AS by_words, max(met) AS met, max(worth) AS worth,
           min(by_vector) AS by_vector, min(distance) AS distance, min(place) AS place
    FROM ranked GROUP BY id
)
SELECT c.id, c.source_kind, c.source_id, c.source_version, c.title, c.body, fused.by_words,
       fused.met, fused.worth, fused.by_vector, fused.distance, fused.place,
       p.sku, p.price, p.currency, p.stock
FROM fused JOIN chunks c ON c.tenant_id = $1 AND c.id = fused.id
LEFT JOIN products p ON c.source_kind = 'product' AND p.tenant_id = $1 AND p.id = c.source_id
LEFT JOIN documents d ON c.source_kind = 'document' AND d.tenant_id = $1 AND d.id = c.source_id
LEFT JOIN training_samples s ON c.source_kind = 'answer' AND s.tenant_id = $1 AND s.id = c.source_id
WHERE c.source_version = CASE c.source_kind
    WHEN 'product' THEN CASE WHEN p.deleted_at IS NULL THEN p.version END
    WHEN 'document' THEN CASE WHEN d.deleted_at IS NULL THEN d.version END
    ELSE CASE WHEN s.id IS NOT NULL AND s.withdrawn_at IS NULL THEN 1 END END
"""  # noqa: S608 - its own words and numbers
# No index is ordered by a sum: with one every passage of the store is compared.
_NEAR = """
    SELECT id, (embedding <=> {vector}::text::halfvec){exact} AS distance FROM chunks
    WHERE tenant_id = {tenant} AND embedder = {embedder} AND facet = ANY({facets})
      AND {vector} IS NOT NULL
    ORDER BY (embedding <=> {vector}::text::halfvec){exact} LIMIT {limit}
"""


def near(chunks: int, **at: str) -> str:
    """The vector leg of a store of so many passages, its parameters at these places."""
    return _NEAR.format(exact=" + 0" if chunks <= EXACT_UP_TO else "", **at)


_PLACES = {"vector": "$6", "tenant": "$1", "embedder": "$7", "facets": "$8", "limit": "$13"}
_COMPARED, _WALKED = (
    _LEGS.format(near=near(chunks, **_PLACES).strip()) for chunks in (0, EXACT_UP_TO + 1)
)


async def legs(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    words: Sought,
    keys: Keys,
    vector: Sequence[float] | None,
    embedder: str,
    facets: Sequence[int],
    candidates: int = LEG,
) -> Sequence[Any]:
    """A row for each passage any leg brought, with its place in each."""
    statement = _COMPARED if words.chunks <= EXACT_UP_TO else _WALKED
    found: Sequence[Any] = await sql.fetch(
        statement,
        tenant_id,
        words.at,
        words.terms,
        words.weights,
        words.words_a_chunk,
        None if vector is None else as_text(vector),
        embedder,
        facets,
        keys.exact,
        keys.meant,
        keys.begun,
        [after(key) for key in keys.begun],
        candidates,
        words.in_title,
    )
    return found
