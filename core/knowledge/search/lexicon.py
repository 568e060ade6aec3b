"""What the store's own words say of a question's: how rare each is, and which were meant."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from core.knowledge.search.question import Asked, grams_of

MOST_BEGUN = 24  # words that begin alike, for each asked word
MOST_ALIKE = 24
_MOST_OF_A_GRAM = 500
LARGE = 5_000  # passages: from here common words are left out
COMMON = 0.15
MOST_TERMS_OF_LARGE = 8
_WIDE_FROM, _WIDEST_FROM = 20_000, 50_000  # passages: the more, the more widely a graph is walked
_SHORTEST_ROOT, _LONGEST_END = 4, 4
_LONG_WORD = 7
_BEGUN_WORTH, _ALIKE_WORTH = 0.7, 0.8
_TERMS_OF_A_WORD = 6

# How a graph is walked, by `chunks`: for the statements that follow in this transaction.
WALK = f"""set_config('hnsw.ef_search', CASE WHEN chunks > {_WIDEST_FROM} THEN '400'
                  WHEN chunks > {_WIDE_FROM} THEN '200' ELSE '100' END, true)
       || set_config('hnsw.iterative_scan', 'relaxed_order', true)
       || set_config('plan_cache_mode', 'force_custom_plan', true)
       || set_config('jit', 'off', true)"""

# A limit in a lateral also says that its index is to be used: a store's statistics may be old.
#
# $1 tenant, $2 terms; $3 word's number and $4 how it begins; $5 number, $6 term, $7 gram of words
# that may be mistyped: looked for only where the store has none of the word's own terms ($8, $9).
_KNOWN = f"""
WITH met AS MATERIALIZED (
    SELECT word, chunks, titles FROM store_words WHERE tenant_id = $1 AND word = ANY($2) AND chunks > 0
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
                            WHERE tenant_id = $1 AND gram = asked.gram
                            LIMIT {_MOST_OF_A_GRAM}) AS g
        GROUP BY asked.at, asked.term, g.word HAVING count(*) >= 2
    ) AS found WHERE place <= {MOST_ALIKE}
), meant AS (
    SELECT 'begun' AS how, at, word FROM begun UNION ALL SELECT 'alike', at, word FROM alike
)
SELECT 'met' AS how, NULL::int AS at, word, chunks, titles FROM met
UNION ALL
SELECT meant.how, meant.at, meant.word, w.chunks, w.titles FROM meant
CROSS JOIN LATERAL (SELECT chunks, titles FROM store_words
                    WHERE tenant_id = $1 AND word = meant.word AND chunks > 0 LIMIT 1) AS w
UNION ALL
SELECT 'size', words::int,
       {WALK}, chunks, 0
FROM store_index WHERE tenant_id = $1
"""  # noqa: S608 - its own words and numbers


_Entry = tuple[int, str, float, float]
_Held = tuple[int, int]  # passages that have a word, and those that have it in their title


@dataclass(frozen=True, slots=True)
class Sought:
    """The terms to look up: word number, term, its weight; and what the store is like."""

    at: list[int]
    terms: list[str]
    weights: list[float]
    in_title: list[float]  # what a term weighs more where it stands in the title
    # Of each asked word: what meeting it proves, and what it would at the most (nothing, of a word
    # any question has). A word that only may have been meant proves less.
    rarity: list[tuple[float, float]]
    chunks: int
    words_a_chunk: float


async def sought(sql: "asyncpg.Connection[Any]", tenant_id: UUID, asked: Sequence[Asked]) -> Sought:
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
    met = {row["word"]: (row["chunks"], row["titles"]) for row in rows if row["how"] == "met"}
    others: dict[int, list[tuple[str, str, _Held]]] = {}
    for row in rows:
        if row["how"] in {"begun", "alike"}:
            others.setdefault(row["at"], []).append(
                (row["how"], row["word"], (row["chunks"], row["titles"]))
            )
    chunks, words = size
    return _weighed(asked, met, others, chunks, words / chunks if chunks else 1.0)


def _weighed(
    asked: Sequence[Asked],
    met: dict[str, _Held],
    others: dict[int, list[tuple[str, str, _Held]]],
    chunks: int,
    words_a_chunk: float,
) -> Sought:
    entries: list[_Entry] = []
    common: set[str] = set()
    rarity = []
    for at, one in enumerate(asked):
        terms = _terms(one, met, others.get(at, []))
        first, titled = (_idf(chunks, held) for held in (terms[0][2] if terms else (0, 0)))
        if one.worth == 1.0:
            own = _idf(chunks, max((met[term][0] for term in one.terms if term in met), default=0))
            rarity.append((terms[0][1] * min(first, own) if terms else 0.0, own))
        else:
            rarity.append((0.0, 0.0))
        for term, worth, (df, titles) in terms:
            # A rarer spelling of a common word is no rarer thing.
            weight = worth * one.worth * min(first, _idf(chunks, df))
            title = worth * one.worth * min(titled, _idf(chunks, titles)) if titles else 0.0
            entries.append((at, term, weight, title))
            if df > COMMON * chunks:
                common.add(term)
    if chunks > LARGE:
        entries = _pruned(entries, common)
    columns = _columns(entries, 4)
    return Sought(
        columns[0], columns[1], columns[2], columns[3], rarity, chunks, max(words_a_chunk, 1.0)
    )


def _terms(
    one: Asked, met: dict[str, _Held], others: Sequence[tuple[str, str, _Held]]
) -> list[tuple[str, float, _Held]]:
    """Terms of one word that the store has: worth and passages of each, the surest first."""
    found = {term: (worth, met[term]) for term, worth in one.terms.items() if term in met}
    if not found:
        found = {term: (worth, met[term]) for term, worth in one.guesses.items() if term in met}
    unmet = not found
    for how, word, df in others:
        if word in found:
            continue
        if how == "begun":
            worth = _BEGUN_WORTH * begun_alike(one.word, word)
        elif unmet:
            worth = _ALIKE_WORTH * max(typed_alike(typed, word) for typed in one.mistyped)
        else:
            continue
        if worth > 0.0:
            found[word] = (worth, df)
    ordered = sorted(((term, worth, df) for term, (worth, df) in found.items()),
                     key=lambda one: (-one[1], one[0]))  # fmt: skip
    return ordered[:_TERMS_OF_A_WORD]


def begun_alike(left: str, right: str) -> float:
    """0..1: forms and kin of a word share all but its end («доставк», «достав»)."""
    pairs = enumerate(zip(left, right, strict=False))
    shared = next(
        (at for at, (ours, theirs) in pairs if ours != theirs), min(map(len, (left, right)))
    )
    longest = max(len(left), len(right))
    if shared < _SHORTEST_ROOT or longest - shared > _LONGEST_END:
        return 0.0
    return (shared / longest) ** 2


def typed_alike(left: str, right: str) -> float:
    """0..1: one slip in a short word, two in a long one."""
    if left.startswith("~") != right.startswith("~"):
        return 0.0
    shortest = min(len(left), len(right))
    most = 1 if shortest < _LONG_WORD else 2
    slips = distance(left, right, most)
    return 0.0 if slips > most else (1 - slips / shortest) ** 2


def distance(left: str, right: str, most: int) -> int:
    """Letters changed, left out, put in, or exchanged with their neighbour; beyond `most`: more."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, start=1):
        earlier, before, row = before, row, [at]
        for to, other in enumerate(right, start=1):
            cost = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != other))
            if at > 1 < to and letter == right[to - 2] and left[at - 2] == other:
                cost = min(cost, earlier[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _pruned(entries: list[_Entry], common: set[str]) -> list[_Entry]:
    """In a large store words of every seventh passage, and all but the rarest, cost and say little."""
    telling = [entry for entry in entries if entry[1] not in common] or entries
    return sorted(telling, key=lambda entry: -entry[2])[:MOST_TERMS_OF_LARGE]


def _idf(chunks: int, df: int) -> float:
    return math.log(1 + (chunks - min(df, chunks) + 0.5) / (df + 0.5))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[n] for row in rows] for n in range(width)]
