"""Asking for a replay and reading what came of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.audit.service import note
from core.identity.permissions import Actor, Permission
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.nudges import REPLAYS
from core.kernel.uow import UnitOfWork
from core.replay.candidate import Candidate, days_of
from core.replay.models import Replay, ReplayState
from core.tenants.service import settings_of

CHANGED = "replay.changed"
_OPEN = (ReplayState.QUEUED, ReplayState.RUNNING)
_MOST_OPEN = 3
_MOST_LISTED = 20

_CASES = """
SELECT x.suggestion_id, x.conversation_id, c.number, k.name AS customer, x.score, x.intent, x.why,
    s.text AS drafted, s.final_text AS final, s.created_at AS at,
    (SELECT string_agg(m.text, E'\\n' ORDER BY m.id) FROM turns t
     JOIN messages m ON m.tenant_id = t.tenant_id AND m.conversation_id = t.conversation_id
        AND m.id BETWEEN t.first_message_id AND t.last_message_id AND m.direction = 'in'
     WHERE t.tenant_id = s.tenant_id AND t.id = s.turn_id) AS asked
FROM replay_cases x
JOIN suggestions s ON s.tenant_id = x.tenant_id AND s.id = x.suggestion_id
JOIN conversations c ON c.tenant_id = x.tenant_id AND c.id = x.conversation_id
JOIN customers k ON k.tenant_id = c.tenant_id AND k.id = c.customer_id
WHERE x.tenant_id = $1 AND x.replay_id = $2 AND x.score >= $3
ORDER BY x.score DESC, x.id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A reply that would have gone out, beside what the people did about it."""

    suggestion_id: UUID
    conversation_id: UUID
    number: int
    customer: str
    score: float
    intent: str
    why: str  # the outcome: edited, rejected, escalated, complaint
    asked: str
    drafted: str
    final: str | None
    at: datetime


async def ask_replay(
    uow: UnitOfWork, actor: Actor, *, days: int, changes: Mapping[str, Any] | None = None
) -> Replay:
    """Have the last days replayed by the worker; LIMITED while several are under way."""
    actor.require(Permission.MANAGE_AUTOSEND)
    settings = await settings_of(uow)
    candidate = Candidate.of(settings, changes or {})
    under_way = await uow.session.scalar(
        select(func.count()).where(Replay.tenant_id == uow.tenant_id, Replay.state.in_(_OPEN))
    )
    if (under_way or 0) >= _MOST_OPEN:
        raise DomainError(Kind.LIMITED, "replay.too_many", most=_MOST_OPEN)
    replay = Replay(
        tenant_id=uow.tenant_id,
        id=new_id(),
        state=ReplayState.QUEUED,
        days=days_of(days),
        candidate=asdict(candidate),
        asked_by=actor.user_id,
        asked_at=uow.clock.now(),
    )
    uow.add(replay)
    note(
        uow,
        actor,
        "replay.asked",
        target_kind="replay",
        target_id=replay.id,
        after={"days": days, **asdict(candidate)},
    )
    await uow.session.flush()
    uow.nudge(REPLAYS)
    return replay


async def replay_of(uow: UnitOfWork, actor: Actor, replay_id: UUID) -> Replay:
    actor.require(Permission.VIEW_CONVERSATIONS)
    return await uow.get(Replay, replay_id)


async def replays(uow: UnitOfWork, actor: Actor) -> list[Replay]:
    """The newest first."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    rows = await uow.session.scalars(
        select(Replay)
        .where(Replay.tenant_id == uow.tenant_id)
        .order_by(Replay.id.desc())
        .limit(_MOST_LISTED)
    )
    return list(rows)


async def cases_at(
    uow: UnitOfWork, actor: Actor, replay_id: UUID, *, threshold: float, limit: int = 100
) -> list[CaseView]:
    """The conversations at risk at a threshold, the surest drafts first."""
    replay = await replay_of(uow, actor, replay_id)
    sql = await uow.sql()
    rows = await sql.fetch(_CASES, uow.tenant_id, replay.id, round(threshold, 5), limit)
    return [
        CaseView(**{**dict(row), "score": float(row["score"]), "asked": row["asked"] or ""})
        for row in rows
    ]
