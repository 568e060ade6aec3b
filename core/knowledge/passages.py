"""Writes the passages of a source: what a row of the index holds.

The words of each are counted by the database itself (migration 0003), in this transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from core.kernel.ids import new_id
from core.knowledge.chunking import Piece
from core.knowledge.models import SourceKind
from core.knowledge.words import ANALYSER, indexed

# $2, $3 sources; $4, $5, $6 kept passages: source and ordinal.
_DROP = """
DELETE FROM chunks c USING unnest($2::text[], $3::uuid[]) AS source (kind, id)
WHERE c.tenant_id = $1 AND c.source_kind = source.kind AND c.source_id = source.id
  AND NOT EXISTS (SELECT FROM unnest($4::text[], $5::uuid[], $6::int[]) AS kept (kind, id, ordinal)
                  WHERE kept.kind = source.kind AND kept.id = source.id
                    AND kept.ordinal = c.ordinal)
"""
_KEEP = """
UPDATE chunks c SET source_version = source.version, facet = source.facet, indexed_at = $2
FROM unnest($3::text[], $4::uuid[], $5::int[], $6::smallint[]) AS source (kind, id, version, facet)
WHERE c.tenant_id = $1 AND c.source_kind = source.kind AND c.source_id = source.id
"""
_WRITE = """
INSERT INTO chunks (tenant_id, id, source_kind, source_id, source_version, facet, embedder,
                    indexed_at, analyser, ordinal, title, body, body_hash, embedding, lexemes, words)
SELECT $1, new.id, new.kind, new.source, new.version, new.facet, $2, $3, $4, new.ordinal, new.title,
       new.body, new.hash, new.embedding::halfvec, new.lexemes::tsvector, new.words
FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::int[], $9::smallint[], $10::int[], $11::text[],
            $12::text[], $13::bytea[], $14::text[], $15::text[], $16::int[])
    AS new (id, kind, source, version, facet, ordinal, title, body, hash, embedding, lexemes, words)
"""


@dataclass(frozen=True, slots=True)
class Passages:
    """All passages of one source at one version, and what is right of them already.

    `vectors` by fingerprint, as `as_text` writes them; `kept` are ordinals whose row stays.
    """

    kind: SourceKind
    source_id: UUID
    version: int
    facet: int
    pieces: Sequence[Piece]
    vectors: Mapping[bytes, str]
    kept: Collection[int] = ()


async def write_passages(
    sql: "asyncpg.Connection[Any]",
    tenant_id: UUID,
    sources: Sequence[Passages],
    embedder: str,
    now: datetime,
) -> None:
    """The passages of these sources of one store, in place of those they had."""
    kept = [(one.kind, one.source_id, at) for one in sources for at in one.kept]
    ours = [(one.kind, one.source_id) for one in sources]
    await sql.execute(_DROP, tenant_id, *_columns(ours, 2), *_columns(kept, 3))
    same = [(one.kind, one.source_id, one.version, one.facet) for one in sources if one.kept]
    if same:
        await sql.execute(_KEEP, tenant_id, now, *_columns(same, 4))
    fresh = [
        (new_id(), one.kind, one.source_id, one.version, one.facet, at, piece.title, piece.body,
         piece.fingerprint, one.vectors[piece.fingerprint], *indexed(piece.title, piece.body))
        for one in sources
        for at, piece in enumerate(one.pieces)
        if at not in one.kept
    ]  # fmt: skip
    if fresh:
        await sql.execute(_WRITE, tenant_id, embedder, now, ANALYSER, *_columns(fresh, 12))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[n] for row in rows] for n in range(width)]


def as_text(vector: Sequence[float]) -> str:
    """A vector as Postgres reads it; halves keep three digits, four are written."""
    return "[" + ",".join(f"{value:.4g}" for value in vector) + "]"
