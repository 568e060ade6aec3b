"""The verdict on a draft: a pure function whose reasons are all listed, and shown on the card."""

from dataclasses import dataclass
from enum import StrEnum

from core.decision.topics import speaks_of
from core.ports.ai import Intent
from core.tenants.models import Mode


class VerdictKind(StrEnum):
    AUTO_SEND = "auto_send"
    NEED_APPROVAL = "need_approval"
    ESCALATE = "escalate"


class Reason(StrEnum):
    """Why not by itself. The texts are `reason.<value>` in locales/."""

    # why a person must see it first
    ALWAYS_ESCALATE = "always_escalate"
    FORBIDDEN_TOPIC = "forbidden_topic"
    FORCE_HANDOFF = "force_handoff"
    LOW_SCORE = "low_score"
    # the three locks
    AUTOSEND_OFF = "autosend_off"
    STORE_DISALLOWS = "store_disallows"
    INTENT_NOT_ALLOWED = "intent_not_allowed"
    # what else keeps a draft for a person
    ENGINE_OFF = "engine_off"
    LEARNING_MODE = "learning_mode"
    BELOW_T_AUTO = "below_t_auto"
    UNBOUND_FACTS = "unbound_facts"
    SELF_CHECK_FAILED = "self_check_failed"
    AI_ASKS_FOR_A_PERSON = "ai_asks_for_a_person"
    NO_LICENCE = "no_licence"
    BELOW_LICENCE = "below_licence"
    BREAKER_TRIPPED = "breaker_tripped"
    STORE_RESTRICTED = "store_restricted"
    NO_SUBSCRIPTION = "no_subscription"
    ESTIMATED_PRICE = "estimated_price"
    SUSPICIOUS = "suspicious"
    ESCALATED = "escalated"
    # said beside a reply that goes out by itself, and holding nothing
    WITHOUT_LICENCE = "without_licence"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the store has decided beforehand."""

    t_auto: float
    t_escale: float
    autosend_allowed: bool
    intents_autosend_allowed: frozenset[str]
    intents_force_handoff: frozenset[str]
    always_escalate_intents: frozenset[str]
    forbidden_topics: frozenset[str]
    autosend_without_licence: bool


@dataclass(frozen=True, slots=True)
class Licence:
    """What operators' labels have earned this intent. `threshold` is None without a certificate."""

    threshold: float | None = None
    tripped: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the verdict depends on, and nothing else."""

    policy: Policy
    mode: Mode
    intent: Intent
    score: float  # 0..1
    said: str  # the customer's turn and the draft, for forbidden topics
    engine_on: bool
    autosend_on: bool
    licence: Licence
    store_active: bool
    subscribed: bool
    unbound_facts: bool
    self_check_passed: bool
    needs_human: bool
    estimated_price: bool = False
    suspicious: bool = False
    escalated: bool = False  # a person has been called to this conversation and has not answered


@dataclass(frozen=True, slots=True)
class Verdict:
    """`because` speaks against sending; `aside` is only said."""

    kind: VerdictKind
    because: tuple[Reason, ...]
    aside: tuple[Reason, ...] = ()


def decide(case: Case) -> Verdict:
    """ESCALATE if any policy says so, AUTO_SEND only if nothing at all speaks against it."""
    escalating = _escalating(case)
    holding = _holding(case)
    if escalating:
        return Verdict(VerdictKind.ESCALATE, (*escalating, *holding))
    if holding:
        return Verdict(VerdictKind.NEED_APPROVAL, holding)
    waived = (Reason.WITHOUT_LICENCE,) if case.licence.threshold is None else ()
    return Verdict(VerdictKind.AUTO_SEND, (), waived)


def _escalating(case: Case) -> tuple[Reason, ...]:
    """Policies hold with the engine off too (SPEC 2); the threshold is the engine's own."""
    policy = case.policy
    checks = {
        Reason.ALWAYS_ESCALATE: case.intent in policy.always_escalate_intents,
        Reason.FORCE_HANDOFF: case.intent in policy.intents_force_handoff,
        Reason.FORBIDDEN_TOPIC: speaks_of(policy.forbidden_topics, case.said),
        Reason.LOW_SCORE: case.engine_on and not case.score >= policy.t_escale,
    }
    return tuple(reason for reason, holds in checks.items() if holds)


def _holding(case: Case) -> tuple[Reason, ...]:
    policy, licence = case.policy, case.licence
    checks = {
        Reason.ENGINE_OFF: not case.engine_on,
        Reason.AUTOSEND_OFF: not case.autosend_on,
        Reason.STORE_DISALLOWS: not policy.autosend_allowed,
        Reason.INTENT_NOT_ALLOWED: case.intent not in policy.intents_autosend_allowed,
        Reason.LEARNING_MODE: case.mode == Mode.LEARNING,
        # Written so that a score that is no number holds.
        Reason.BELOW_T_AUTO: not case.score >= policy.t_auto,
        Reason.UNBOUND_FACTS: case.unbound_facts,
        Reason.SELF_CHECK_FAILED: not case.self_check_passed,
        Reason.AI_ASKS_FOR_A_PERSON: case.needs_human,
        Reason.NO_LICENCE: licence.threshold is None and not policy.autosend_without_licence,
        Reason.BELOW_LICENCE: licence.threshold is not None and not case.score >= licence.threshold,
        Reason.BREAKER_TRIPPED: licence.tripped,
        Reason.STORE_RESTRICTED: not case.store_active,
        Reason.NO_SUBSCRIPTION: not case.subscribed,
        Reason.ESTIMATED_PRICE: case.estimated_price,
        Reason.SUSPICIOUS: case.suspicious,
        Reason.ESCALATED: case.escalated,
    }
    return tuple(reason for reason, holds in checks.items() if holds)
