"""Licences: earned from labels, issued by a person, ended by any change, by the breaker, by time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from core.audit.service import note
from core.decision import drift
from core.decision.certify import Granted, Labelled, Refused, certify, grid_of
from core.decision.engine import Licence
from core.decision.labels import (
    WINDOW,
    Works,
    hidden_errors,
    labels_of,
    scores_before,
    works_now,
)
from core.decision.models import Breaker, Certificate, Ending
from core.identity.duty import leaders
from core.identity.permissions import Actor, Permission, system
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.notifications.notices import tell
from core.ports.ai import Intent
from core.tenants.models import TenantSettings
from core.tenants.service import settings_of

LIFETIME = timedelta(days=30)
CHANGED = "autosend.changed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one intent stands: what it has, or what it lacks."""

    intent: Intent
    certificate: Certificate | None  # in force
    breaker: Breaker | None
    labels: int
    errors: int
    missing: int  # labels, all of them good; 0 where a certificate may be issued
    reachable: float | None  # the threshold it would be issued for now


async def licence_for(uow: UnitOfWork, intent: str, works: Works) -> Licence:
    """What a draft of this intent may count on.

    A certificate that was issued for other works, or for a laxer limit than the store's of now,
    is ended here, and the owner told.
    """
    settings = await settings_of(uow)
    breaker = await _breaker(uow, intent)
    tripped = breaker is not None and breaker.tripped_at is not None
    certificate = await open_certificate(uow, intent)
    if certificate is None or certificate.expires_at <= uow.clock.now():
        return Licence(None, tripped)
    if not good_for(certificate, works, settings):
        await _end(uow, system(uow.tenant_id), certificate, Ending.CHANGED)
        people = await leaders(uow)
        await tell(uow, people, "notice.licence_changed", {"intent": intent})
        return Licence(None, tripped)
    return Licence(float(certificate.threshold), tripped)


def good_for(certificate: Certificate, works: Works, settings: TenantSettings) -> bool:
    """Issued for these works, and for a limit no laxer than the store's."""
    issued_for = Works(certificate.model, certificate.prompt_hash, certificate.embedder)
    return (
        issued_for == works
        and certificate.alpha <= settings.autosend_alpha
        and certificate.delta <= settings.autosend_delta
    )


async def issue(uow: UnitOfWork, actor: Actor, intent: str) -> Certificate:
    """A person switches an intent on: CONFLICT, with the labels still missing, if not earned."""
    actor.require(Permission.MANAGE_AUTOSEND)
    known = known_intent(intent)
    settings = await _locked_settings(uow)
    works = await works_now(uow)
    if works is None:
        raise DomainError(Kind.CONFLICT, "licence.no_drafts")
    breaker = await _breaker(uow, known)
    result = await _measure(uow, known, works, settings, breaker)
    if isinstance(result, Refused):
        raise DomainError(
            Kind.CONFLICT,
            "licence.labels_missing",
            missing=result.missing,
            labels=result.n,
            errors=round(result.k),
            alpha=_percent(settings.autosend_alpha),
        )
    earlier = await open_certificate(uow, known)
    if earlier is not None:
        await _end(uow, actor, earlier, Ending.REPLACED)
    now = uow.clock.now()
    certificate = Certificate(
        tenant_id=uow.tenant_id,
        id=new_id(),
        intent=known,
        alpha=settings.autosend_alpha,
        delta=settings.autosend_delta,
        n=result.n,
        k=round(result.k),
        threshold=Decimal(str(result.threshold)).quantize(Decimal("0.00001")),
        model=works.model,
        prompt_hash=works.prompt_hash,
        embedder=works.embedder,
        issued_at=now,
        issued_by=actor.user_id,
        expires_at=now + LIFETIME,
    )
    uow.add(certificate)
    restart(uow, breaker, known, settings.autosend_alpha)
    note(
        uow,
        actor,
        "licence.issued",
        target_kind="intent",
        target_id=known,
        after={
            "threshold": str(certificate.threshold),
            "labels": result.n,
            "errors": certificate.k,
            "alpha": str(certificate.alpha),
        },
    )
    uow.tell(CHANGED, known)
    await uow.session.flush()
    return certificate


async def withdraw(uow: UnitOfWork, actor: Actor, intent: str) -> Certificate:
    """A person takes an intent's licence back; CONFLICT if there is none."""
    actor.require(Permission.MANAGE_AUTOSEND)
    certificate = await open_certificate(uow, known_intent(intent))
    if certificate is None:
        raise DomainError(Kind.CONFLICT, "licence.none")
    await _end(uow, actor, certificate, Ending.WITHDRAWN)
    return certificate


async def end_tripped(uow: UnitOfWork, breaker: Breaker) -> None:
    """The breaker has tripped: the intent's licence is over until a person issues another."""
    certificate = await open_certificate(uow, breaker.intent)
    if certificate is not None:
        await _end(uow, system(uow.tenant_id), certificate, Ending.TRIPPED)


async def standings(uow: UnitOfWork, actor: Actor) -> list[Standing]:
    """Every intent, as the owner sees it."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    settings = await settings_of(uow)
    works, now = await works_now(uow), uow.clock.now()
    rows = await uow.session.scalars(
        select(Certificate).where(
            Certificate.tenant_id == uow.tenant_id,
            Certificate.ended_at.is_(None),
            Certificate.expires_at > now,
        )
    )
    held = {row.intent: row for row in rows if works is not None and good_for(row, works, settings)}
    tests = {
        row.intent: row
        for row in await uow.session.scalars(
            select(Breaker).where(Breaker.tenant_id == uow.tenant_id)
        )
    }
    labels = await labels_of(uow, works, since=now - WINDOW) if works else {}
    found = []
    for intent in Intent:
        breaker = tests.get(intent)
        tripped_at = breaker.tripped_at if breaker else None
        mine = labels.get(intent, [])
        if tripped_at is not None and works is not None:
            fresh = await labels_of(uow, works, since=tripped_at, intent=intent)
            mine = fresh.get(intent, [])
        result = await _result(uow, intent, mine, settings, now, tripped_at)
        found.append(
            Standing(
                intent=intent,
                certificate=held.get(intent),
                breaker=breaker,
                labels=len(mine),
                errors=sum(label.error for label in mine),
                missing=0 if isinstance(result, Granted) else result.missing,
                reachable=result.threshold if isinstance(result, Granted) else None,
            )
        )
    return found


State = Literal["on", "without_licence", "no_licence", "tripped", "not_allowed", "handoff"]


def state_of(standing: Standing, settings: TenantSettings) -> State:
    """What becomes of a good draft of this intent now, were the store's other locks open."""
    handed_over = {*settings.intents_force_handoff, *settings.always_escalate_intents}
    if standing.intent in handed_over:
        return "handoff"
    if standing.intent not in settings.intents_autosend_allowed:
        return "not_allowed"
    if standing.breaker is not None and standing.breaker.tripped_at is not None:
        return "tripped"
    if standing.certificate is not None:
        return "on"
    return "without_licence" if settings.autosend_without_licence else "no_licence"


async def certificates(
    uow: UnitOfWork, actor: Actor, intent: str | None = None, *, limit: int = 50
) -> list[Certificate]:
    """The history, newest first."""
    actor.require(Permission.VIEW_CONVERSATIONS)
    query = select(Certificate).where(Certificate.tenant_id == uow.tenant_id)
    if intent is not None:
        query = query.where(Certificate.intent == known_intent(intent))
    return list(await uow.session.scalars(query.order_by(Certificate.id.desc()).limit(limit)))


async def open_certificate(uow: UnitOfWork, intent: str) -> Certificate | None:
    found: Certificate | None = await uow.session.scalar(
        select(Certificate).where(
            Certificate.tenant_id == uow.tenant_id,
            Certificate.intent == intent,
            Certificate.ended_at.is_(None),
        )
    )
    return found


async def end_expired(puow: PlatformUnitOfWork) -> int:
    """Housekeeping: what has run out is over, in its row too."""
    now = puow.clock.now()
    rows = await puow.session.scalars(
        select(Certificate)
        .where(Certificate.ended_at.is_(None), Certificate.expires_at <= now)
        .with_for_update(skip_locked=True)
    )
    ended = list(rows)
    for certificate in ended:
        certificate.end(Ending.EXPIRED, certificate.expires_at, None)
    return len(ended)


def restart(uow: UnitOfWork, breaker: Breaker | None, intent: str, alpha: Decimal) -> Breaker:
    """The test begins anew, untripped: with a new certificate, or a new limit."""
    if breaker is None:
        breaker = Breaker(tenant_id=uow.tenant_id, id=new_id(), intent=intent)
        uow.add(breaker)
    breaker.alpha = alpha
    breaker.levels = drift.fresh(float(alpha))
    breaker.audits = breaker.errors = 0
    breaker.since = uow.clock.now()
    breaker.tripped_at = None
    return breaker


def known_intent(intent: str) -> Intent:
    try:
        return Intent(intent)
    except ValueError as unknown:
        choices = ", ".join(Intent)
        raise DomainError(
            Kind.INVALID, "settings.intent", field="intent", name=intent[:80], choices=choices
        ) from unknown


async def _measure(
    uow: UnitOfWork,
    intent: Intent,
    works: Works,
    settings: TenantSettings,
    breaker: Breaker | None,
) -> Granted | Refused:
    now = uow.clock.now()
    tripped_at = breaker.tripped_at if breaker else None
    # What was learnt before the quality drifted says nothing of what is drafted now.
    since = max(now - WINDOW, tripped_at or now - WINDOW)
    labels = await labels_of(uow, works, since=since, intent=intent)
    return await _result(uow, intent, labels.get(intent, []), settings, now, tripped_at)


async def _result(
    uow: UnitOfWork,
    intent: Intent,
    labels: list[Labelled],
    settings: TenantSettings,
    now: datetime,
    tripped_at: datetime | None,
) -> Granted | Refused:
    since = max(now - WINDOW, tripped_at or now - WINDOW)
    return certify(
        labels,
        grid_of(await scores_before(uow, intent, since)),
        alpha=float(settings.autosend_alpha),
        delta=float(settings.autosend_delta),
        hidden=await hidden_errors(uow, since),
    )


async def _breaker(uow: UnitOfWork, intent: str) -> Breaker | None:
    found: Breaker | None = await uow.session.scalar(
        select(Breaker)
        .where(Breaker.tenant_id == uow.tenant_id, Breaker.intent == intent)
        .execution_options(populate_existing=True)
    )
    return found


async def _locked_settings(uow: UnitOfWork) -> TenantSettings:
    """Certificates of a store are issued one after the other."""
    await uow.session.get(TenantSettings, uow.tenant_id, with_for_update=True)
    return await settings_of(uow)


async def _end(uow: UnitOfWork, actor: Actor, certificate: Certificate, why: Ending) -> None:
    certificate.end(why, uow.clock.now(), actor.user_id)
    note(
        uow,
        actor,
        "licence.ended",
        target_kind="intent",
        target_id=certificate.intent,
        before={"certificate": str(certificate.id), "threshold": str(certificate.threshold)},
        after={"why": str(why)},
    )
    uow.tell(CHANGED, certificate.intent)
    await uow.session.flush()


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"
