"""Operators' verdicts as the licence counts them: which drafts should not have gone out as they were.

An error is a draft that was rejected or escalated, edited beyond recognition or in a figure,
followed by a complaint within a day, or found bad by a second look. facts/retrieval.md, 4.1.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.decision.certify import Labelled
from core.kernel.uow import UnitOfWork
from core.training.models import Outcome

WINDOW = timedelta(days=60)
SAME_WORDS = 0.85
_MOST_LABELS = 5000
_FIGURE = re.compile(r"\d+(?:[\u00a0\u202f\u2009 ]\d{3}(?!\d))*(?:[.,]\d+)*")
_NOT_DIGITS = re.compile(r"\D+")

_WORKS = """
SELECT model, prompt_hash, embedder FROM suggestions
WHERE tenant_id = $1 AND model IS NOT NULL AND prompt_hash IS NOT NULL ORDER BY id DESC LIMIT 1
"""
# Autosent replies that were audited are labels too: above the threshold nobody else gives any.
_LABELS = """
SELECT l.intent, l.score, l.outcome, l.similarity, g.text AS drafted, g.final_text,
    r.verdict AS second, EXISTS (
        SELECT FROM suggestions x
        WHERE x.tenant_id = g.tenant_id AND x.conversation_id = g.conversation_id
          AND x.id > g.id AND x.created_at BETWEEN l.at AND l.at + interval '24 hours'
          AND x.intent = 'complaint' AND l.intent <> 'complaint') AS complained
FROM (
    SELECT tenant_id, suggestion_id, version, intent, score, outcome, similarity, at FROM labels
    WHERE tenant_id = $1 AND withdrawn_at IS NULL AND score IS NOT NULL AND at >= $2
      AND model = $3 AND prompt_hash = $4 AND embedder IS NOT DISTINCT FROM $5
    UNION ALL
    SELECT a.tenant_id, a.suggestion_id, a.version, a.intent, a.score,
        CASE a.verdict WHEN 'good' THEN 'approved' ELSE 'rejected' END, NULL, a.judged_at
    FROM reviews a JOIN suggestions s ON s.tenant_id = a.tenant_id AND s.id = a.suggestion_id
    WHERE a.tenant_id = $1 AND a.kind = 'autosent' AND a.judged_at >= $2 AND a.score IS NOT NULL
      AND s.model = $3 AND s.prompt_hash = $4 AND s.embedder IS NOT DISTINCT FROM $5
    ORDER BY at DESC LIMIT $6
) l
JOIN suggestions g ON g.tenant_id = l.tenant_id AND g.id = l.suggestion_id
LEFT JOIN reviews r ON r.tenant_id = l.tenant_id AND r.kind = 'second'
    AND r.suggestion_id = l.suggestion_id AND r.version = l.version AND r.judged_at IS NOT NULL
WHERE $7::text IS NULL OR l.intent = $7
"""
_EARLIER_SCORES = """
SELECT score FROM suggestions
WHERE tenant_id = $1 AND intent = $2 AND score IS NOT NULL
  AND created_at >= $3 AND created_at < $4 ORDER BY id DESC LIMIT 5000
"""
_SECOND_LOOKS = """
SELECT count(*) AS looked, count(*) FILTER (WHERE verdict = 'bad') AS bad FROM reviews
WHERE tenant_id = $1 AND kind = 'second' AND judged_at >= $2
"""


@dataclass(frozen=True, slots=True)
class Works:
    """What drafts: labels and certificates are good for these alone."""

    model: str
    prompt_hash: str
    embedder: str | None


async def works_now(uow: UnitOfWork) -> Works | None:
    """What the newest draft was made with; None before there is any."""
    row = await (await uow.sql()).fetchrow(_WORKS, uow.tenant_id)
    return Works(*row) if row else None


async def labels_of(
    uow: UnitOfWork, works: Works, *, since: datetime, intent: str | None = None
) -> dict[str, list[Labelled]]:
    """The newest labels by intent, of one intent or of all."""
    sql = await uow.sql()
    rows = await sql.fetch(
        _LABELS,
        uow.tenant_id,
        since,
        works.model,
        works.prompt_hash,
        works.embedder,
        _MOST_LABELS,
        intent,
    )
    found: dict[str, list[Labelled]] = {}
    for row in rows:
        labelled = Labelled(float(row["score"]), error=_is_error(row))
        found.setdefault(row["intent"] or "other", []).append(labelled)
    return found


async def scores_before(uow: UnitOfWork, intent: str, until: datetime) -> list[float]:
    """Scores of the period before the labels': what the grid of thresholds is made from."""
    sql = await uow.sql()
    rows = await sql.fetch(_EARLIER_SCORES, uow.tenant_id, intent, until - WINDOW, until)
    return [float(row["score"]) for row in rows]


async def hidden_errors(uow: UnitOfWork, since: datetime) -> float:
    """The share of approvals in which a second look has found an error; 0 before any look."""
    row = await (await uow.sql()).fetchrow(_SECOND_LOOKS, uow.tenant_id, since)
    return float(row["bad"] / row["looked"]) if row and row["looked"] else 0.0


def is_error(
    outcome: str, similarity: float | None, drafted: str, final: str | None, *, complained: bool
) -> bool:
    """Whether the draft should not have gone out as it was."""
    if outcome in (Outcome.REJECTED, Outcome.ESCALATED) or complained:
        return True
    if outcome == Outcome.EDITED:
        too_far = similarity is not None and similarity < SAME_WORDS
        return too_far or figures(drafted) != figures(final or "")
    return False


def figures(text: str) -> Counter[str]:
    """The numbers of a text: «45 000», «45000» and «45.000» are one."""
    return Counter(_NOT_DIGITS.sub("", found[0]) for found in _FIGURE.finditer(text))


def _is_error(row: Any) -> bool:
    similarity = None if row["similarity"] is None else float(row["similarity"])
    return row["second"] == "bad" or is_error(
        row["outcome"],
        similarity,
        row["drafted"],
        row["final_text"],
        complained=row["complained"],
    )
