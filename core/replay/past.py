"""Reads the past that a replay is made of: the first draft of each turn, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.decision.labels import is_error
from core.kernel.uow import UnitOfWork

PAGE = 200
_REGENERATED = "regenerated"

_DRAFTS = """
FROM suggestions s
WHERE s.tenant_id = $1 AND s.created_at >= $2 AND s.created_at < $3
  AND s.score IS NOT NULL AND s.intent IS NOT NULL AND NOT EXISTS (
    SELECT FROM suggestions e WHERE e.tenant_id = s.tenant_id AND e.turn_id = s.turn_id
      AND e.id < s.id AND e.score IS NOT NULL)
"""
_COUNT = f"SELECT count(*) {_DRAFTS}"
_PAGE = f"""
SELECT d.*, l.outcome, l.similarity, r.verdict AS looked,
    (SELECT string_agg(m.text, E'\\n' ORDER BY m.id) FROM turns t
     JOIN messages m ON m.tenant_id = t.tenant_id AND m.conversation_id = t.conversation_id
        AND m.id BETWEEN t.first_message_id AND t.last_message_id AND m.direction = 'in'
     WHERE t.tenant_id = $1 AND t.id = d.turn_id) AS asked,
    d.intent <> 'complaint' AND EXISTS (
        SELECT FROM suggestions x WHERE x.tenant_id = $1
          AND x.conversation_id = d.conversation_id AND x.id > d.id AND x.intent = 'complaint'
          AND d.decided_at IS NOT NULL
          AND x.created_at BETWEEN d.decided_at AND d.decided_at + interval '24 hours') AS complained
FROM (
    SELECT s.id, s.conversation_id, s.turn_id, s.intent, s.score, s.text, s.final_text, s.reasons,
        s.reason, s.created_at, s.decided_at, s.decided_by, s.version
    {_DRAFTS} AND s.id > $4 ORDER BY s.id LIMIT $5
) d
LEFT JOIN LATERAL (
    SELECT outcome, similarity FROM labels l WHERE l.tenant_id = $1 AND l.suggestion_id = d.id
      AND l.withdrawn_at IS NULL ORDER BY l.version DESC LIMIT 1
) l ON true
LEFT JOIN LATERAL (
    SELECT verdict FROM reviews r WHERE r.tenant_id = $1 AND r.suggestion_id = d.id
      AND r.judged_at IS NOT NULL ORDER BY r.judged_at DESC LIMIT 1
) r ON true
ORDER BY d.id
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class PastDraft:
    """One draft of the past. `why`: in what it differed from the people's answer, if it did.

    `judged` is False where nobody's verdict on it is known.
    """

    id: UUID
    conversation_id: UUID
    intent: str
    score: float
    said: str
    reasons: tuple[str, ...]
    created_at: datetime
    decided_at: datetime | None
    decided_by: UUID | None
    judged: bool
    why: str | None


async def count_past(uow: UnitOfWork, since: datetime, until: datetime) -> int:
    sql = await uow.sql()
    return int(await sql.fetchval(_COUNT, uow.tenant_id, since, until))


async def page_of_past(
    uow: UnitOfWork, since: datetime, until: datetime, after: UUID
) -> list[PastDraft]:
    """The next drafts after this one, oldest first."""
    sql = await uow.sql()
    rows = await sql.fetch(_PAGE, uow.tenant_id, since, until, after, PAGE)
    return [_draft(row) for row in rows]


def _draft(row: Mapping[str, Any]) -> PastDraft:
    judged, why = _verdict(row)
    return PastDraft(
        id=row["id"],
        conversation_id=row["conversation_id"],
        intent=row["intent"],
        score=float(row["score"]),
        said=f"{row['asked'] or ''}\n{row['text']}",
        reasons=tuple(row["reasons"]),
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        judged=judged,
        why=why,
    )


def _verdict(row: Mapping[str, Any]) -> tuple[bool, str | None]:
    """Whether anybody has judged it, and what was wrong with it."""
    if row["looked"] == "bad":
        return True, "second_look"
    if row["complained"]:
        return True, "complaint"
    if row["outcome"] is None:
        if row["reason"] == _REGENERATED:
            return True, "rejected"
        return row["looked"] is not None, None
    similarity = None if row["similarity"] is None else float(row["similarity"])
    wrong = is_error(row["outcome"], similarity, row["text"], row["final_text"], complained=False)
    return True, str(row["outcome"]) if wrong else None
