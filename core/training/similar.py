"""Approved answers to questions like this one: found by letters, chosen by use and diversity.

Nothing here asks a model: a question's vector is the product's own, made when the sample was kept.
"""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.kernel.uow import UnitOfWork
from core.knowledge.embed import telling, vector
from core.training.models import Outcome

NEAREST = 30
LEAST_ALIKE = 0.35
_WORD = re.compile(r"\w+")
_RELEVANCE, _OUTCOME, _FRESH, _SAME_INTENT = 0.60, 0.15, 0.10, 0.15
_LAMBDA = 0.7  # of worth against likeness to what is chosen already
_HALF_LIFE_DAYS = 60
_KEPT_WHOLE = 0.85  # an edit above this share left the draft as it was
_LIGHTLY = 0.3
_TWINS = 0.9
_VOTERS = 5

# Exact, over this store's own samples alone: with ten thousand it takes a few milliseconds.
_SEARCH = """
WITH near AS MATERIALIZED (
    SELECT tenant_id, id, question <=> $2::text::halfvec AS distance FROM training_samples
    WHERE tenant_id = $1 AND question IS NOT NULL AND withdrawn_at IS NULL
      AND conversation_id <> $3 AND (intent IS NULL OR NOT intent = ANY($4::text[]))
    ORDER BY distance LIMIT $5
)
SELECT s.id, s.suggestion_id, s.user_message, s.final_answer, s.ai_suggestion, s.intent, s.outcome,
    s.at, s.support, s.question_hash, c.name AS customer, 1 - near.distance AS alike
FROM near
JOIN training_samples s ON s.tenant_id = near.tenant_id AND s.id = near.id
JOIN conversations v ON v.tenant_id = s.tenant_id AND v.id = s.conversation_id
JOIN customers c ON c.tenant_id = v.tenant_id AND c.id = v.customer_id
ORDER BY near.distance, s.id
"""


@dataclass(frozen=True, slots=True)
class Similar:
    """A sample that may be shown; `alike` and `worth` are 0..1."""

    id: UUID
    suggestion_id: UUID
    question: str
    answer: str
    intent: str | None
    customer: str
    alike: float
    worth: float


def fingerprint(question: str) -> bytes:
    """The same for every way of putting blanks, points and capitals."""
    words = (word.casefold().replace("ё", "е") for word in _WORD.findall(question))
    return hashlib.sha256(" ".join(words).encode()).digest()


def question_vector(question: str) -> list[float]:
    return vector(telling(question))


async def similar(
    uow: UnitOfWork, question: str, *, besides: UUID, disabled: Sequence[str]
) -> list[Similar]:
    """Samples of this store, best first, no two alike; none from the conversation `besides`."""
    wanted = question_vector(question)
    if not any(wanted):
        return []
    sql = await uow.sql()
    asked = "[" + ",".join(f"{value:.5g}" for value in wanted) + "]"
    rows = await sql.fetch(_SEARCH, uow.tenant_id, asked, besides, list(disabled), NEAREST)
    alike = [row for row in rows if row["alike"] >= LEAST_ALIKE]
    intent = _intent([(row["intent"], row["alike"]) for row in alike])
    now = uow.clock.now()
    found: dict[bytes | None, Similar] = {}
    for row in alike:
        one = _similar(row, intent, now)
        twin = found.get(row["question_hash"])
        if twin is None or one.worth > twin.worth:
            found[row["question_hash"]] = one
    return _diverse(list(found.values()))


def _intent(votes: Sequence[tuple[str | None, float]]) -> str | None:
    """What such questions have been about, by the nearest of them."""
    counts: dict[str, float] = defaultdict(float)
    for intent, alike in votes[:_VOTERS]:
        if intent is not None:
            counts[intent] += alike
    return max(counts, key=lambda one: counts[one]) if counts else None


def _similar(row: Any, intent: str | None, now: datetime) -> Similar:
    get = row.__getitem__
    days = max(0.0, (now - get("at")).total_seconds() / 86_400)
    outcome = _outcome(get("outcome"), get("ai_suggestion"), get("final_answer"))
    # Beta-smoothed: one lucky answer is worth less than one that has served often.
    smoothed = (outcome * get("support") + 1) / (get("support") + 2)
    worth = (
        _RELEVANCE * get("alike")
        + _OUTCOME * smoothed
        + _FRESH * math.pow(2, -days / _HALF_LIFE_DAYS)
        + _SAME_INTENT * (get("intent") == intent)
    )
    return Similar(
        id=get("id"),
        suggestion_id=get("suggestion_id"),
        question=get("user_message"),
        answer=get("final_answer"),
        intent=get("intent"),
        customer=get("customer"),
        alike=get("alike"),
        worth=worth,
    )


def _outcome(outcome: str, drafted: str, final: str) -> float:
    if outcome == Outcome.APPROVED:
        return 1.0
    kept = _jaccard(_grams(drafted), _grams(final))
    return kept if kept >= _KEPT_WHOLE else _LIGHTLY + kept * _LIGHTLY


def _diverse(found: Sequence[Similar]) -> list[Similar]:
    """By maximal marginal relevance; near twins of what is chosen are left out."""
    left = sorted(found, key=lambda one: (-one.worth, one.id))
    grams = {one.id: _grams(f"{one.question}\n{one.answer}") for one in left}
    likeness = {one.id: 0.0 for one in left}
    chosen: list[Similar] = []
    while left:
        best = max(left, key=lambda one: _LAMBDA * one.worth - (1 - _LAMBDA) * likeness[one.id])
        left.remove(best)
        chosen.append(best)
        for one in left:
            alike = _jaccard(grams[one.id], grams[best.id])
            likeness[one.id] = max(likeness[one.id], alike)
        left = [one for one in left if likeness[one.id] < _TWINS]
    return chosen


def _grams(text: str) -> frozenset[str]:
    folded = " ".join(word.casefold() for word in _WORD.findall(text))
    return frozenset(folded[at : at + 3] for at in range(max(1, len(folded) - 2)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))
