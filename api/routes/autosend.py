"""Replies that go out by themselves: their locks, licences, and the second looks at them."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Moment, Out, Words
from core.decision import drift, licence, reviews
from core.decision.licence import Standing
from core.decision.models import Breaker as BreakerRow
from core.decision.models import Certificate as CertificateRow
from core.decision.models import Ending, ReviewKind, ReviewVerdict
from core.flags.names import Flag
from core.identity.permissions import Permission
from core.ports.ai import Intent
from core.tenants.models import Mode, TenantSettings
from core.tenants.service import change_settings, settings_of, store_of

router = APIRouter(
    tags=["autosend"], dependencies=[Depends(by_person)], responses=describe(401, 403, 404, 409)
)


class AutosendSettings(Out):
    """`licence_waived_at`: since when the store runs on thresholds alone, «без лицензии»."""

    t_auto: float
    t_escale: float
    autosend_allowed: bool
    autosend_without_licence: bool
    licence_waived_at: Moment | None
    intents_autosend_allowed: list[Intent]
    intents_force_handoff: list[Intent]
    autosend_alpha: float
    hold_seconds: int
    default_mode: Mode
    version: int


class AutosendChanges(In):
    """Any subset. `confirmed` must come with autosend_without_licence: true, or it is a 409."""

    t_auto: float = 0
    t_escale: float = 0
    autosend_allowed: bool = False
    autosend_without_licence: bool = False
    intents_autosend_allowed: list[Words] = Field(default_factory=list, max_length=50)
    intents_force_handoff: list[Words] = Field(default_factory=list, max_length=50)
    autosend_alpha: float = 0.05
    hold_seconds: Annotated[int, Field(strict=True)] = 0
    default_mode: Words = ""
    confirmed: bool = False


class Certificate(Out):
    """Drafts at `threshold` or above are wrong at most `alpha` of the time, sure but for `delta`."""

    id: UUID
    intent: Intent
    alpha: float
    delta: float
    n: int
    k: int
    threshold: float
    model: str
    prompt_hash: str
    embedder: str | None
    issued_at: Moment
    issued_by: UUID | None
    expires_at: Moment
    ended_at: Moment | None
    ended_why: Ending | None


class Breaker(Out):
    """`height` against `trips_at`: how near the test is to switching the intent off."""

    audits: int
    errors: int
    height: float
    trips_at: float
    since: Moment
    tripped_at: Moment | None


class IntentStanding(Out):
    """One intent. `state`: what becomes of a good draft of it now.

    `missing`: labels that a certificate still lacks if all of them are good; 0: it may be issued,
    for `reachable` as its threshold. `threshold`: the one in force, the larger of the store's and
    the certificate's.
    """

    intent: Intent
    state: Literal["on", "without_licence", "no_licence", "tripped", "not_allowed", "handoff"]
    threshold: float
    labels: int
    errors: int
    missing: int
    reachable: float | None
    certificate: Certificate | None
    breaker: Breaker | None


class Locks(Out):
    """The three locks and what else must hold; all true: what its intent allows goes out."""

    engine_on: bool
    autosend_on: bool
    store_allows: bool
    store_active: bool
    subscribed: bool


class Autosend(Out):
    locks: Locks
    settings: AutosendSettings
    without_licence: bool
    intents: list[IntentStanding]
    reviews_waiting: int


class Certificates(Out):
    items: list[Certificate]


class Review(Out):
    """What a judge is shown: the customer's words and the reply, never what was decided of it."""

    id: UUID
    kind: ReviewKind
    conversation_id: UUID
    number: int
    customer: str
    intent: Intent | None
    asked: str
    reply: str
    wanted_at: Moment


class Reviews(Out):
    items: list[Review]


class Judgement(In):
    verdict: ReviewVerdict


@router.get("/autosend")
async def read_autosend(app: Core, actor: Acting) -> Autosend:
    """The dashboard: locks, settings, where each intent stands."""
    flags = await app.flags.of(actor.tenant_id)
    async with app.uow(actor.tenant_id) as uow:
        settings, store = await settings_of(uow), await store_of(uow)
        found = await licence.standings(uow, actor)
        may_judge = actor.may(Permission.MANAGE_CONVERSATIONS)
        waiting = await reviews.open_reviews(uow, actor) if may_judge else []
        return Autosend(
            locks=Locks(
                engine_on=flags[Flag.DECISION_ENGINE_ENABLED].enabled,
                autosend_on=flags[Flag.AI_AUTOSEND_ENABLED].enabled,
                store_allows=settings.autosend_allowed,
                store_active=store.status == "active",
                subscribed=app.clock.now() < store.trial_ends_at,
            ),
            settings=_settings(settings),
            without_licence=settings.autosend_without_licence,
            intents=[_standing(one, settings) for one in found],
            reviews_waiting=len(waiting),
        )


@router.get("/tenant/autosend", tags=["store"])
async def read_autosend_settings(app: Core, actor: Acting) -> AutosendSettings:
    async with app.uow(actor.tenant_id) as uow:
        return _settings(await settings_of(uow))


@router.patch("/tenant/autosend", tags=["store"])
async def change_autosend_settings(
    app: Core, actor: Acting, changes: AutosendChanges
) -> AutosendSettings:
    """All of them or none; whatever is refused is named."""
    given = changes.model_dump(mode="json", include=changes.model_fields_set - {"confirmed"})
    async with app.uow(actor.tenant_id) as uow:
        _, settings = await change_settings(
            uow, actor, given, needs=Permission.MANAGE_AUTOSEND, confirmed=changes.confirmed
        )
        return _settings(settings)


@router.get("/autosend/certificates")
async def list_certificates(
    app: Core, actor: Acting, intent: Annotated[Intent | None, Query()] = None
) -> Certificates:
    """The history, newest first."""
    async with app.uow(actor.tenant_id) as uow:
        rows = await licence.certificates(uow, actor, intent)
        return Certificates(items=[_certificate(row) for row in rows])


@router.post("/autosend/{intent}/certificate", status_code=201)
async def issue_certificate(app: Core, actor: Acting, intent: Words) -> Certificate:
    """409 `licence.labels_missing` with params {missing, labels, errors, alpha} if not earned."""
    async with app.uow(actor.tenant_id) as uow:
        return _certificate(await licence.issue(uow, actor, intent))


@router.delete("/autosend/{intent}/certificate")
async def withdraw_certificate(app: Core, actor: Acting, intent: Words) -> Certificate:
    async with app.uow(actor.tenant_id) as uow:
        return _certificate(await licence.withdraw(uow, actor, intent))


@router.get("/autosend/reviews")
async def list_reviews(app: Core, actor: Acting) -> Reviews:
    """What this person is asked to judge; their own approvals are asked of others."""
    async with app.uow(actor.tenant_id) as uow:
        asked = await reviews.open_reviews(uow, actor)
    return Reviews(items=[Review.model_validate(one) for one in asked])


@router.post("/autosend/reviews/{review_id}", status_code=204)
async def judge_review(app: Core, actor: Acting, review_id: UUID, said: Judgement) -> None:
    """Said once: 409 `review.judged` for whoever comes second."""
    async with app.uow(actor.tenant_id) as uow:
        await reviews.judge(uow, actor, review_id, said.verdict)


def _settings(row: TenantSettings) -> AutosendSettings:
    return AutosendSettings(
        t_auto=float(row.t_auto),
        t_escale=float(row.t_escale),
        autosend_allowed=row.autosend_allowed,
        autosend_without_licence=row.autosend_without_licence,
        licence_waived_at=row.licence_waived_at,
        intents_autosend_allowed=[Intent(one) for one in row.intents_autosend_allowed],
        intents_force_handoff=[Intent(one) for one in row.intents_force_handoff],
        autosend_alpha=float(row.autosend_alpha),
        hold_seconds=row.hold_seconds,
        default_mode=Mode(row.default_mode),
        version=row.version,
    )


def _standing(one: Standing, settings: TenantSettings) -> IntentStanding:
    held = float(one.certificate.threshold) if one.certificate else 0.0
    return IntentStanding(
        intent=one.intent,
        state=licence.state_of(one, settings),
        threshold=max(float(settings.t_auto), held),
        labels=one.labels,
        errors=one.errors,
        missing=one.missing,
        reachable=one.reachable,
        certificate=_certificate(one.certificate) if one.certificate else None,
        breaker=_breaker(one.breaker) if one.breaker else None,
    )


def _certificate(row: CertificateRow) -> Certificate:
    return Certificate(
        id=row.id,
        intent=Intent(row.intent),
        alpha=float(row.alpha),
        delta=float(row.delta),
        n=row.n,
        k=row.k,
        threshold=float(row.threshold),
        model=row.model,
        prompt_hash=row.prompt_hash,
        embedder=row.embedder,
        issued_at=row.issued_at,
        issued_by=row.issued_by,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_why=Ending(row.ended_why) if row.ended_why else None,
    )


def _breaker(row: BreakerRow) -> Breaker:
    return Breaker(
        audits=row.audits,
        errors=row.errors,
        height=round(drift.height(row.levels), 3),
        trips_at=drift.C,
        since=row.since,
        tripped_at=row.tripped_at,
    )
