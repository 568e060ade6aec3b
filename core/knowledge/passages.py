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

_KEEP = """
UPDATE chunks SET source_version = $4, indexed_at = $5, facet = $7
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = $3 AND ordinal = ANY($6)
"""
_DROP = """
DELETE FROM chunks
WHERE tenant_id = $1 AND source_kind = $2 AND source_id = $3 AND ordinal <> ALL($4)
"""
_WRITE = """
INSERT INTO chunks (tenant_id, id, source_kind, source_id, source_version, facet, embedder,
                    indexed_at, analyser, ordinal, title, body, body_hash, embedding, lexemes, words)
SELECT $1, new.id, $2, $3, $4, $5, $6, $7, $8, new.ordinal, new.title, new.body, new.hash,
       new.embedding::halfvec, new.lexemes::tsvector, new.words
FROM unnest($9::uuid[], $10::int[], $11::text[], $12::text[], $13::bytea[], $14::text[],
            $15::text[], $16::int[])
    AS new (id, ordinal, title, body, hash, embedding, lexemes, words)
"""


@dataclass(frozen=True, slots=True)
class Source:
    """What passages are of, at one version."""

    tenant_id: UUID
    kind: SourceKind
    id: UUID
    version: int
    facet: int


async def write_passages(
    sql: "asyncpg.Connection[Any]",
    source: Source,
    pieces: Sequence[Piece],
    vectors: Mapping[bytes, str],
    embedder: str,
    now: datetime,
    *,
    kept: Collection[int] = (),
) -> None:
    """All passages of the source, in place of those it had.

    `vectors` by fingerprint, as `as_text` writes them; rows of the ordinals in `kept` are right
    already, but for their version.
    """
    key = (source.tenant_id, source.kind, source.id)
    await sql.execute(_DROP, *key, list(kept))
    if kept:
        await sql.execute(_KEEP, *key, source.version, now, list(kept), source.facet)
    fresh = [(at, piece) for at, piece in enumerate(pieces) if at not in kept]
    if not fresh:
        return
    words = [indexed(piece.title, piece.body) for _, piece in fresh]
    await sql.execute(
        _WRITE,
        *key,
        source.version,
        source.facet,
        embedder,
        now,
        ANALYSER,
        [new_id() for _ in fresh],
        [at for at, _ in fresh],
        [piece.title for _, piece in fresh],
        [piece.body for _, piece in fresh],
        [piece.fingerprint for _, piece in fresh],
        [vectors[piece.fingerprint] for _, piece in fresh],
        [lexemes for lexemes, _ in words],
        [count for _, count in words],
    )


def as_text(vector: Sequence[float]) -> str:
    """A vector as Postgres reads it; halves keep three digits, four are written."""
    return "[" + ",".join(f"{value:.4g}" for value in vector) + "]"
