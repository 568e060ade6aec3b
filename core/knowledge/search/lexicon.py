"""What the store's own words say of a question's: how rare each is, and which were meant."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

import asyncpg

from core.knowledge.search.question import Asked, grams_of
from core.knowledge.words import grams

MOST_BEGUN = 24  # words that begin alike, for each asked word
MOST_ALIKE = 24
LARGE = 5_000  # passages: from here common words are left out
COMMON = 0.15
MOST_TERMS_OF_LARGE = 8
_WIDE_FROM = 20_000  # passages: a graph so large is walked more widely
_BEGUN_AT_LEAST, _ALIKE_AT_LEAST = 0.55, 0.55
_BEGUN_WORTH, _ALIKE_WORTH = 0.7, 0.8
_TERMS_OF_A_WORD = 6

# $1 tenant, $2 terms; $3 word's number and $4 how it begins; $5 number, $6 term, $7 gram of words
# that may be mistyped: looked for only where the store has none of the word's own terms ($8, $9).
# The settings are those of the statement that follows in this transaction.
_KNOWN = f"""
WITH met AS MATERIALIZED (
    SELECT word, chunks FROM store_words WHERE tenant_id = $1 AND word = ANY($2) AND chunks > 0
), begun AS (
    SELECT asked.at, g.word FROM unnest($3::int[], $4::text[]) AS asked (at, gram)
    CROSS JOIN LATERAL (
        SELECT word FROM store_word_grams WHERE tenant_id = $1 AND gram = asked.gram
        LIMIT {MOST_BEGUN * 4}) AS g
), unmet AS (
    SELECT asked.at FROM unnest($8::int[], $9::text[]) AS asked (at, term)
    LEFT JOIN met ON met.word = asked.term GROUP BY asked.at HAVING count(met.word) = 0
), alike AS (
    SELECT found.at, found.word FROM (
        SELECT asked.at, asked.term, g.word, row_number() OVER (
            PARTITION BY asked.at ORDER BY count(*) DESC, abs(length(g.word) - length(asked.term))
        ) AS place
        FROM unnest($5::int[], $6::text[], $7::text[]) AS asked (at, term, gram)
        JOIN unmet ON unmet.at = asked.at
        CROSS JOIN LATERAL (SELECT word FROM store_word_grams
                            WHERE tenant_id = $1 AND gram = asked.gram) AS g
        GROUP BY asked.at, asked.term, g.word HAVING count(*) >= 2
    ) AS found WHERE place <= {MOST_ALIKE}
), meant AS (
    SELECT 'begun' AS how, at, word FROM begun UNION ALL SELECT 'alike', at, word FROM alike
)
SELECT 'met' AS how, NULL::int AS at, word, chunks FROM met
UNION ALL
SELECT meant.how, meant.at, meant.word, w.chunks FROM meant
JOIN store_words w ON w.tenant_id = $1 AND w.word = meant.word AND w.chunks > 0
UNION ALL
SELECT 'size', words::int,
       set_config('hnsw.ef_search', CASE WHEN chunks > {_WIDE_FROM} THEN '200' ELSE '100' END, true)
       || set_config('hnsw.iterative_scan', 'relaxed_order', true)
       || set_config('plan_cache_mode', 'force_custom_plan', true)
       || set_config('jit', 'off', true), chunks
FROM store_index WHERE tenant_id = $1
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """The terms to look up: word number, term, its weight; and what the store is like."""

    at: list[int]
    terms: list[str]
    weights: list[float]
    rarity: list[float]  # of each asked word, 0 where it is left out of the evidence
    chunks: int
    words_a_chunk: float


async def sought(
    sql: "asyncpg.Connection[Any]", tenant_id: UUID, asked: Sequence[Asked]
) -> Sought:
    numbered = list(enumerate(asked))
    own = [(at, term) for at, one in numbered for term in (*one.terms, *one.guesses)]
    begun = [(at, one.begins) for at, one in numbered if one.begins]
    typed = [(at, term, gram) for at, one in numbered for term, gram in grams_of(one)]
    certain = [(at, term) for at, one in numbered for term in one.terms]
    rows = await sql.fetch(
        _KNOWN, tenant_id, [term for _, term in own], *_columns(begun, 2), *_columns(typed, 3),
        *_columns(certain, 2),
    )  # fmt: skip
    size = next(((row["chunks"], row["at"]) for row in rows if row["how"] == "size"), (0, 0))
    met = {row["word"]: row["chunks"] for row in rows if row["how"] == "met"}
    others: dict[int, list[tuple[str, str, int]]] = {}
    for row in rows:
        if row["how"] in {"begun", "alike"}:
            others.setdefault(row["at"], []).append((row["how"], row["word"], row["chunks"]))
    chunks, words = size
    return _weighed(asked, met, others, chunks, words / chunks if chunks else 1.0)


def _weighed(
    asked: Sequence[Asked],
    met: dict[str, int],
    others: dict[int, list[tuple[str, str, int]]],
    chunks: int,
    words_a_chunk: float,
) -> Sought:
    entries: list[tuple[int, str, float, int]] = []
    rarity = []
    for at, one in enumerate(asked):
        terms = _terms(one, met, others.get(at, []))
        held = sum(df for _, _, df in terms[:1])
        rarity.append(_idf(chunks, held) * (one.worth if one.worth == 1.0 else 0.0))
        entries += [(at, term, worth * one.worth, df) for term, worth, df in terms]
    entries = _pruned(entries, chunks)
    return Sought(
        [at for at, _, _, _ in entries],
        [term for _, term, _, _ in entries],
        [worth * _idf(chunks, df) for _, _, worth, df in entries],
        rarity,
        chunks,
        max(words_a_chunk, 1.0),
    )


def _terms(
    one: Asked, met: dict[str, int], others: Sequence[tuple[str, str, int]]
) -> list[tuple[str, float, int]]:
    """Terms of one word that the store has: worth and passages of each, the surest first."""
    found = {term: (worth, met[term]) for term, worth in one.terms.items() if term in met}
    if not found:
        found = {term: (worth, met[term]) for term, worth in one.guesses.items() if term in met}
    unmet = not found
    for how, word, df in others:
        if word in found:
            continue
        if how == "begun":
            worth = _BEGUN_WORTH * _likeness(one.word, word, _BEGUN_AT_LEAST)
        elif unmet:
            worth = _ALIKE_WORTH * max(
                _likeness(typed, word, _ALIKE_AT_LEAST) for typed in one.mistyped
            )
        else:
            continue
        if worth > 0.0:
            found[word] = (worth, df)
    ordered = sorted(((term, worth, df) for term, (worth, df) in found.items()),
                     key=lambda one: (-one[1], one[0]))  # fmt: skip
    return ordered[:_TERMS_OF_A_WORD]


def _likeness(left: str, right: str, least: float) -> float:
    """0..1 by shared grams; by letters in their order where grams alone say too little."""
    if left.startswith("~") != right.startswith("~"):
        return 0.0
    ours, theirs = set(grams(left)), set(grams(right))
    shared = 2 * len(ours & theirs) / (len(ours) + len(theirs))
    if shared < least:
        shared = max(shared, SequenceMatcher(None, left, right, autojunk=False).ratio() - 0.15)
    return shared * shared if shared >= least else 0.0


def _pruned(
    entries: list[tuple[int, str, float, int]], chunks: int
) -> list[tuple[int, str, float, int]]:
    """In a large store words of every seventh passage, and all but the rarest, cost and say little."""
    if chunks <= LARGE:
        return entries
    telling = [entry for entry in entries if entry[3] < COMMON * chunks] or entries
    telling.sort(key=lambda entry: -entry[2] * _idf(chunks, entry[3]))
    return telling[:MOST_TERMS_OF_LARGE]


def _idf(chunks: int, df: int) -> float:
    return math.log(1 + (chunks - min(df, chunks) + 0.5) / (df + 0.5))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[n] for row in rows] for n in range(width)]
