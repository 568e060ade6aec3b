"""One order out of the legs', and how sure it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.knowledge.embed import OFFLINE
from core.knowledge.models import SourceKind

RELEVANT = 0.5
MOST_OF_A_SOURCE = 2
_EXACT, _MEANT, _BEGUN = 1, 2, 3  # as the statement says it


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the legs in the fusion, and the constant of reciprocal ranks."""

    words: float
    vector: float
    begun: float = 0.05
    begun_alone: float = 4.0  # the beginning of an article is the whole question
    k: int = 10


@dataclass(frozen=True, slots=True)
class Floor:
    """Where an irrelevant passage may still lie: by its cosine, by its share of telling words."""

    cosine: float
    words: float


# An offline vector knows letters, a model's knows meanings: what each is trusted with differs.
_OFFLINE_FLOOR, _MODEL_FLOOR = Floor(cosine=0.15, words=0.5), Floor(cosine=0.22, words=0.5)
_OFFLINE_WEIGHTS, _MODEL_WEIGHTS = Weights(words=1.0, vector=0.15), Weights(words=1.0, vector=0.8)


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


def fused(
    rows: Sequence[Any],
    rarity: Sequence[tuple[float, float]],
    embedder: str,
    *,
    code_alone: bool,
    weights: Weights | None = None,
) -> list[Found]:
    """Best first. `rarity` of each asked word, by its number; `code_alone`: nothing else is asked."""
    offline = embedder == OFFLINE
    weights = weights or (_OFFLINE_WEIGHTS if offline else _MODEL_WEIGHTS)
    floor = _OFFLINE_FLOOR if offline else _MODEL_FLOOR
    found = [_found(row, weights, floor, rarity, code_alone=code_alone) for row in rows]
    return sorted(found, key=lambda one: (-one.score, one.chunk_id))


def spread(found: Sequence[Found]) -> list[Found]:
    """No source crowds out the others."""
    taken: Counter[UUID] = Counter()
    kept = []
    for one in found:
        taken[one.source_id] += 1
        if taken[one.source_id] <= MOST_OF_A_SOURCE:
            kept.append(one)
    return kept


def _found(
    row: Any,
    weights: Weights,
    floor: Floor,
    rarity: Sequence[tuple[float, float]],
    *,
    code_alone: bool,
) -> Found:
    place = row["place"]
    score = 0.0
    if row["by_words"] is not None:
        score += weights.words / (weights.k + row["by_words"])
    if row["by_vector"] is not None:
        score += weights.vector / (weights.k + row["by_vector"])
    if place == _EXACT:
        score += 2.0  # more than all legs together: what is named by its number comes first
    elif place == _MEANT:
        score += 1.0
    elif place == _BEGUN:
        score += (weights.begun_alone if code_alone else weights.begun) / (weights.k + 1)
    cosine = 0.0 if row["distance"] is None else 1.0 - float(row["distance"])
    share = _share(row["met"] or 0, rarity)
    return Found(
        kind=SourceKind(row["source_kind"]),
        source_id=row["source_id"],
        chunk_id=row["id"],
        title=row["title"],
        text=row["body"],
        score=score,
        evidence=1.0 if place is not None else _evidence(cosine, share, floor),
        sku=row["sku"],
        price=row["price"],
        currency=row["currency"],
        stock=row["stock"],
        source_version=row["source_version"],
    )


def _share(met: int, rarity: Sequence[tuple[float, float]]) -> float:
    """0..1: how much of what the question asks, rare words for more, the passage has."""
    whole = sum(most for _, most in rarity)
    gained = sum(proof for at, (proof, _) in enumerate(rarity) if met >> at & 1)
    return gained / whole if whole else 0.0


def _evidence(cosine: float, share: float, floor: Floor) -> float:
    """0..1; one half is the least that is relevant: both signs at their floors, or one twice."""
    return min(1.0, (max(cosine, 0.0) / floor.cosine + share / floor.words) / 4)
