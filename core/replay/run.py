"""The worker's half: claims a replay, goes through the past page by page, keeps the result.

The row is the work. Whoever dies leaves a lease that runs out, and the next begins it anew: nothing
of a replay is kept before its end.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy import delete

from core.decision.engine import Case, Licence, Reason, decide
from core.identity.duty import reach_of
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.notifications.notices import tell
from core.ports.ai import Intent
from core.replay.candidate import Candidate
from core.replay.measure import Replayed, at, curve, handling
from core.replay.models import Replay, ReplayCase, ReplayState
from core.replay.past import PastDraft, count_past, page_of_past
from core.replay.service import CHANGED
from core.tenants.models import Mode

if TYPE_CHECKING:
    from core.app import App

_LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 3
_MOST_CASES = 1000
_NOBODY = UUID(int=0)
_log = structlog.get_logger(__name__)

# Asked anew of every draft under the candidate; whatever else was held against it still holds.
_ASKED_ANEW = {
    Reason.ALWAYS_ESCALATE,
    Reason.FORBIDDEN_TOPIC,
    Reason.FORCE_HANDOFF,
    Reason.LOW_SCORE,
    Reason.AUTOSEND_OFF,
    Reason.STORE_DISALLOWS,
    Reason.INTENT_NOT_ALLOWED,
    Reason.ENGINE_OFF,
    Reason.LEARNING_MODE,
    Reason.BELOW_T_AUTO,
    Reason.BELOW_LICENCE,
    Reason.NO_LICENCE,
    Reason.BREAKER_TRIPPED,
    Reason.STORE_RESTRICTED,
    Reason.NO_SUBSCRIPTION,
    Reason.ESCALATED,
    Reason.WITHOUT_LICENCE,
}
_CLAIM = """
UPDATE replays r SET state = 'running', lease_token = $1, lease_until = $2,
    attempts = r.attempts + 1, done = 0
FROM (
    SELECT tenant_id, id FROM replays
    WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < $3)
    ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED
) due
WHERE r.tenant_id = due.tenant_id AND r.id = due.id
RETURNING r.tenant_id, r.id, r.attempts
"""
_PROGRESS = """
UPDATE replays SET done = $4, total = $5, lease_until = $6
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3 AND state = 'running'
"""
_BROKE = """
UPDATE replays SET state = $4, problem = 'replay.broke', lease_token = NULL, lease_until = $5,
    finished_at = $6
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
"""


class LeaseLost(Exception):
    """Somebody else has taken this replay over."""


@dataclass(slots=True)
class _Replaying:
    """A replay under way."""

    token: UUID
    candidate: Candidate
    since: datetime
    until: datetime
    total: int = 0
    drafts: list[PastDraft] = field(default_factory=list)
    clear: list[bool] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)

    def take(self, page: list[PastDraft]) -> None:
        policy = self.candidate.policy()
        for draft in page:
            asked_anew = decide(_case(draft, policy)).because
            kept = [reason for reason in draft.reasons if reason not in _ASKED_ANEW]
            holding = dict.fromkeys([*map(str, asked_anew), *kept])
            self.held.update(list(holding))
            self.drafts.append(draft)
            self.clear.append(not holding)

    def replayed(self) -> list[Replayed]:
        handled = _handled(self.drafts)
        return [
            Replayed(
                score=draft.score,
                clear=clear,
                wrong=draft.why is not None if draft.judged else None,
                waited=draft.decided_at - draft.created_at if draft.decided_at else timedelta(0),
                handled=handled.get(draft.id, timedelta(0)),
            )
            for draft, clear in zip(self.drafts, self.clear, strict=True)
        ]

    def at_risk(self) -> list[PastDraft]:
        """The surest of them, if there are too many to keep."""
        risky = [
            draft
            for draft, clear in zip(self.drafts, self.clear, strict=True)
            if clear and draft.why is not None
        ]
        return sorted(risky, key=lambda draft: -draft.score)[:_MOST_CASES]


async def replay_due(app: "App") -> int:
    """Take up one replay and finish it; returns how many were taken up."""
    token, now = new_id(), app.clock.now()
    async with app.db.hot_platform() as sql:
        row = await sql.fetchrow(_CLAIM, token, now + _LEASE, now)
    if row is None:
        return 0
    try:
        await _replay(app, row["tenant_id"], row["id"], token)
    except LeaseLost:
        _log.warning("replay_lost", replay=str(row["id"]))
    except Exception:
        _log.exception("replay_broke", replay=str(row["id"]))
        given_up = row["attempts"] >= _MOST_ATTEMPTS
        now = app.clock.now()
        async with app.db.hot_platform() as sql:
            await sql.execute(
                _BROKE,
                row["tenant_id"],
                row["id"],
                token,
                ReplayState.FAILED if given_up else ReplayState.QUEUED,
                None if given_up else now + timedelta(seconds=2 ** row["attempts"]),
                now if given_up else None,
            )
    return 1


async def _replay(app: "App", tenant_id: UUID, replay_id: UUID, token: UUID) -> None:
    async with app.uow(tenant_id) as uow:
        row = await uow.get(Replay, replay_id)
        since = row.asked_at - timedelta(days=row.days)
        replaying = _Replaying(token, Candidate.restored(row.candidate), since, row.asked_at)
        replaying.total = await count_past(uow, since, row.asked_at)
    after = _NOBODY
    while True:
        async with app.uow(tenant_id) as uow:
            page = await page_of_past(uow, replaying.since, replaying.until, after)
            replaying.take(page)
            await _go_on(uow, replay_id, replaying)
        if not page:
            break
        after = page[-1].id
    points = await asyncio.to_thread(curve, replaying.replayed())
    async with app.uow(tenant_id) as uow:
        await _finish(uow, replay_id, replaying, points)


async def _go_on(uow: UnitOfWork, replay_id: UUID, replaying: _Replaying) -> None:
    """Say how far it has come, and hold on to it."""
    sql = await uow.sql()
    held = await sql.execute(
        _PROGRESS,
        uow.tenant_id,
        replay_id,
        replaying.token,
        len(replaying.drafts),
        max(replaying.total, len(replaying.drafts)),
        uow.clock.now() + _LEASE,
    )
    if not held.endswith(" 1"):
        raise LeaseLost
    uow.tell(CHANGED, replay_id)


async def _finish(
    uow: UnitOfWork, replay_id: UUID, replaying: _Replaying, points: list[dict[str, Any]]
) -> None:
    replay = await uow.lock(Replay, replay_id)
    if replay.lease_token != replaying.token:
        raise LeaseLost
    chosen = at(points, replaying.candidate.t_auto)
    await uow.session.execute(
        delete(ReplayCase).where(
            ReplayCase.tenant_id == uow.tenant_id, ReplayCase.replay_id == replay_id
        )
    )
    for draft in replaying.at_risk():
        uow.add(_case_row(uow, replay_id, draft))
    replay.state = ReplayState.DONE
    replay.done = replay.total = len(replaying.drafts)
    replay.result = {
        "drafts": len(replaying.drafts),
        "held": dict(replaying.held.most_common()),
        "curve": points,
        "chosen": chosen,
    }
    replay.problem = replay.lease_token = replay.lease_until = None
    replay.finished_at = uow.clock.now()
    await uow.session.flush()
    uow.tell(CHANGED, replay_id)
    asker = await reach_of(uow, replay.asked_by)
    await tell(uow, [asker] if asker else [], "notice.replay", _summary(replay, chosen))


def _summary(replay: Replay, chosen: dict[str, Any]) -> dict[str, Any]:
    """What the notice says, as plain figures."""
    return {
        "replay": str(replay.id),
        "days": replay.days,
        "drafts": replay.total,
        "threshold": round(chosen["threshold"] * 100),
        "sent": chosen["sent"],
        "judged": chosen["judged"],
        "wrong": chosen["wrong"],
        "low": round(chosen["low"] * 100, 1),
        "high": round(chosen["high"] * 100, 1),
        "operator_hours": round(chosen["operator_hours"], 1),
        "waiting_hours": round(chosen["waiting_hours"], 1),
    }


def _case(draft: PastDraft, policy: Any) -> Case:
    """Everything open but the candidate's policies."""
    return Case(
        policy=policy,
        mode=Mode.AUTO,
        intent=Intent(draft.intent),
        score=draft.score,
        said=draft.said,
        engine_on=True,
        autosend_on=True,
        licence=Licence(0.0),
        store_active=True,
        subscribed=True,
        unbound_facts=False,
        self_check_passed=True,
        needs_human=False,
    )


def _case_row(uow: UnitOfWork, replay_id: UUID, draft: PastDraft) -> ReplayCase:
    return ReplayCase(
        tenant_id=uow.tenant_id,
        id=new_id(),
        replay_id=replay_id,
        suggestion_id=draft.id,
        conversation_id=draft.conversation_id,
        score=draft.score,
        intent=draft.intent,
        why=draft.why or "",
    )


def _handled(drafts: list[PastDraft]) -> dict[UUID, timedelta]:
    """How long each decision kept its operator: since the card came, or since their last one."""
    free: dict[UUID, datetime] = {}
    handled: dict[UUID, timedelta] = {}
    decided = [d for d in drafts if d.decided_at is not None and d.decided_by is not None]
    for draft in sorted(decided, key=lambda one: (one.decided_at, one.id)):
        if draft.decided_at is None or draft.decided_by is None:
            continue
        begun = max(draft.created_at, free.get(draft.decided_by, draft.created_at))
        handled[draft.id] = handling(draft.decided_at - begun)
        free[draft.decided_by] = draft.decided_at
    return handled
