"""Second looks: a share of approvals judged blindly again, a share of autosent replies audited.

Who judges sees the customer's words and the draft, never what was decided about it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.audit.service import note
from core.decision import drift
from core.decision.licence import CHANGED, end_tripped, restart
from core.decision.models import Breaker, Review, ReviewKind, ReviewVerdict
from core.identity.duty import leaders, on_duty
from core.identity.permissions import Actor, Permission, system
from core.kernel.errors import DomainError, Kind, not_found
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.notifications.notices import tell
from core.tenants.service import settings_of

SECOND_SHARE = 0.05
AUDIT_SHARE = 0.1
LEAST_AUDITS_A_DAY = 5
_DAY = timedelta(days=1)
_ASKED_AGAIN_AFTER = timedelta(hours=2)
_KEPT = timedelta(days=14)  # nobody remembers older ones well enough to judge them
_chance = random.SystemRandom().random

_AUDITS_TODAY = """
SELECT count(*) FROM reviews r
JOIN suggestions s ON s.tenant_id = r.tenant_id AND s.id = r.suggestion_id
WHERE r.tenant_id = $1 AND r.kind = 'autosent' AND r.wanted_at > $2 AND s.status = 'auto_sent'
"""
# An approval that was undone since, an automatic reply that was stopped, ask for no second look.
_OPEN = """
SELECT r.id, r.kind, r.suggestion_id, r.conversation_id, r.intent, r.wanted_at, s.text,
    c.number, k.name AS customer,
    (SELECT string_agg(m.text, E'\\n' ORDER BY m.id) FROM turns t
     JOIN messages m ON m.tenant_id = t.tenant_id AND m.conversation_id = t.conversation_id
        AND m.id BETWEEN t.first_message_id AND t.last_message_id AND m.direction = 'in'
     WHERE t.tenant_id = s.tenant_id AND t.id = s.turn_id) AS asked,
    (SELECT o.text FROM outbound_messages o WHERE o.tenant_id = r.tenant_id
     AND o.suggestion_id = s.id AND o.state = 'sent' ORDER BY o.id DESC LIMIT 1) AS sent
FROM reviews r
JOIN suggestions s ON s.tenant_id = r.tenant_id AND s.id = r.suggestion_id
JOIN conversations c ON c.tenant_id = r.tenant_id AND c.id = r.conversation_id
JOIN customers k ON k.tenant_id = c.tenant_id AND k.id = c.customer_id
WHERE r.tenant_id = $1 AND r.judged_at IS NULL AND r.wanted_at > $2
  AND ($3::uuid IS NULL OR r.first_user_id IS DISTINCT FROM $3) AND CASE r.kind
    WHEN 'autosent' THEN s.status = 'auto_sent' AND EXISTS (
        SELECT FROM outbound_messages o WHERE o.tenant_id = r.tenant_id
        AND o.suggestion_id = s.id AND o.state = 'sent')
    ELSE EXISTS (SELECT FROM labels l WHERE l.tenant_id = r.tenant_id
        AND l.suggestion_id = r.suggestion_id AND l.version = r.version
        AND l.withdrawn_at IS NULL) END
ORDER BY r.kind, r.id LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class ReviewAsked:
    """What a judge is shown."""

    id: UUID
    kind: str
    conversation_id: UUID
    number: int
    customer: str
    intent: str | None
    asked: str
    reply: str
    wanted_at: datetime


async def want_second_look(
    uow: UnitOfWork,
    *,
    suggestion_id: UUID,
    version: int,
    by: UUID | None,
    chance: Callable[[], float] = _chance,
) -> bool:
    """One approval in twenty is shown to another operator; returns whether this one is."""
    if chance() >= SECOND_SHARE:
        return False
    await _want(uow, ReviewKind.SECOND, suggestion_id, version, by)
    others = [person for person in await on_duty(uow) if person.user_id != by]
    await tell(uow, others[:1], "notice.reviews", once_in=_ASKED_AGAIN_AFTER)
    return True


async def want_audit(
    uow: UnitOfWork, *, suggestion_id: UUID, version: int, chance: Callable[[], float] = _chance
) -> bool:
    """One autosent reply in ten is audited, and the first five of any day; whether this one is."""
    sql = await uow.sql()
    today = await sql.fetchval(_AUDITS_TODAY, uow.tenant_id, uow.clock.now() - _DAY)
    if today >= LEAST_AUDITS_A_DAY and chance() >= AUDIT_SHARE:
        return False
    await _want(uow, ReviewKind.AUTOSENT, suggestion_id, version, None)
    people = await on_duty(uow)
    await tell(uow, people[:1], "notice.reviews", once_in=_ASKED_AGAIN_AFTER)
    return True


async def open_reviews(uow: UnitOfWork, actor: Actor, *, limit: int = 20) -> list[ReviewAsked]:
    """What this person may judge, audits of autosent replies first."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    sql = await uow.sql()
    rows = await sql.fetch(_OPEN, uow.tenant_id, uow.clock.now() - _KEPT, actor.user_id, limit)
    return [_asked(row) for row in rows]


async def judge(uow: UnitOfWork, actor: Actor, review_id: UUID, verdict: str) -> Review:
    """Good or bad, said once. A bad audit may trip the intent's breaker."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    if verdict not in list(ReviewVerdict):
        choices = ", ".join(ReviewVerdict)
        raise DomainError(Kind.INVALID, "settings.one_of", field="verdict", choices=choices)
    review = await uow.lock(Review, review_id)
    if review.judged_at is not None:
        raise DomainError(Kind.CONFLICT, "review.judged")
    if review.first_user_id is not None and review.first_user_id == actor.user_id:
        raise DomainError(Kind.CONFLICT, "review.own")
    review.verdict, review.judged_by = verdict, actor.user_id
    review.judged_at = uow.clock.now()
    note(
        uow,
        actor,
        "review.judged",
        target_kind="suggestion",
        target_id=review.suggestion_id,
        after={"verdict": verdict, "kind": review.kind},
    )
    await uow.session.flush()
    if review.kind == ReviewKind.AUTOSENT and review.intent is not None:
        await count_audit(uow, review.intent, error=verdict == ReviewVerdict.BAD)
    uow.tell(CHANGED, review.intent)
    return review


async def count_audit(uow: UnitOfWork, intent: str, *, error: bool) -> Breaker:
    """One audited reply more for the intent's test; if it trips, autosend is off for the intent."""
    breaker = await _breaker_of(uow, intent)
    if breaker.tripped_at is not None:
        return breaker
    breaker.levels = drift.after(breaker.levels, float(breaker.alpha), error=error)
    breaker.audits += 1
    breaker.errors += error
    if drift.trips(breaker.levels):
        await _trip(uow, breaker)
    await uow.session.flush()
    return breaker


async def _breaker_of(uow: UnitOfWork, intent: str) -> Breaker:
    """The intent's test, locked; begun if there is none, anew if the store's limit is another."""
    alpha = (await settings_of(uow)).autosend_alpha
    first = insert(Breaker).values(
        tenant_id=uow.tenant_id,
        id=new_id(),
        intent=intent,
        alpha=alpha,
        levels=drift.fresh(float(alpha)),
        since=uow.clock.now(),
    )
    await uow.session.execute(first.on_conflict_do_nothing())
    breaker = await uow.session.scalar(
        select(Breaker)
        .where(Breaker.tenant_id == uow.tenant_id, Breaker.intent == intent)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if breaker is None:
        raise not_found("breakers")
    if breaker.tripped_at is None and breaker.alpha != alpha:
        restart(uow, breaker, intent, alpha)
    return breaker


async def _trip(uow: UnitOfWork, breaker: Breaker) -> None:
    breaker.tripped_at = uow.clock.now()
    await end_tripped(uow, breaker)
    found = {"intent": breaker.intent, "errors": breaker.errors, "audits": breaker.audits}
    note(
        uow,
        system(uow.tenant_id),
        "breaker.tripped",
        target_kind="intent",
        target_id=breaker.intent,
        after={**found, "alpha": str(breaker.alpha)},
    )
    await tell(uow, await leaders(uow), "notice.breaker", found)
    uow.tell(CHANGED, breaker.intent)


_SUBJECT = """
SELECT conversation_id, intent, score FROM suggestions WHERE tenant_id = $1 AND id = $2
"""


async def _want(
    uow: UnitOfWork, kind: ReviewKind, suggestion_id: UUID, version: int, by: UUID | None
) -> None:
    sql = await uow.sql()
    subject = await sql.fetchrow(_SUBJECT, uow.tenant_id, suggestion_id)
    if subject is None:
        return
    row = insert(Review).values(
        tenant_id=uow.tenant_id,
        id=new_id(),
        kind=kind,
        suggestion_id=suggestion_id,
        version=version,
        conversation_id=subject["conversation_id"],
        intent=subject["intent"],
        score=subject["score"],
        first_user_id=by,
        wanted_at=uow.clock.now(),
    )
    await uow.session.execute(row.on_conflict_do_nothing())


def _asked(row: Any) -> ReviewAsked:
    return ReviewAsked(
        id=row["id"],
        kind=row["kind"],
        conversation_id=row["conversation_id"],
        number=row["number"],
        customer=row["customer"],
        intent=row["intent"],
        asked=row["asked"] or "",
        reply=row["sent"] or row["text"],
        wanted_at=row["wanted_at"],
    )
