"""May it go out by itself? Every combination of the locks is tried."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from core.decision.engine import Case, Licence, Policy, Reason, VerdictKind, decide
from core.ports.ai import Intent
from core.tenants.models import Mode

OPEN = Case(
    policy=Policy(
        t_auto=0.9,
        t_escale=0.35,
        autosend_allowed=True,
        intents_autosend_allowed=frozenset({"price"}),
        intents_force_handoff=frozenset(),
        always_escalate_intents=frozenset(),
        forbidden_topics=frozenset(),
        autosend_without_licence=False,
    ),
    mode=Mode.AUTO,
    intent=Intent.PRICE,
    score=0.95,
    said="Сколько стоит АКПП?",
    engine_on=True,
    autosend_on=True,
    licence=Licence(0.5),
    store_active=True,
    subscribed=True,
    unbound_facts=False,
    self_check_passed=True,
    needs_human=False,
)

# Each closes one lock; the verdict it must lead to, and the reason it must give.
LOCKS: dict[Reason, dict[str, Any]] = {
    Reason.ENGINE_OFF: {"engine_on": False},
    Reason.AUTOSEND_OFF: {"autosend_on": False},
    Reason.LEARNING_MODE: {"mode": Mode.LEARNING},
    Reason.NO_LICENCE: {"licence": Licence(None)},
    Reason.STORE_RESTRICTED: {"store_active": False},
    Reason.NO_SUBSCRIPTION: {"subscribed": False},
    Reason.UNBOUND_FACTS: {"unbound_facts": True},
    Reason.SELF_CHECK_FAILED: {"self_check_passed": False},
    Reason.AI_ASKS_FOR_A_PERSON: {"needs_human": True},
    Reason.BELOW_T_AUTO: {"score": 0.89},
    Reason.ESTIMATED_PRICE: {"estimated_price": True},
    Reason.SUSPICIOUS: {"suspicious": True},
    Reason.STORE_DISALLOWS: {"policy": replace(OPEN.policy, autosend_allowed=False)},
    Reason.INTENT_NOT_ALLOWED: {
        "policy": replace(OPEN.policy, intents_autosend_allowed=frozenset())
    },
}
ESCALATIONS: dict[Reason, dict[str, Any]] = {
    Reason.ALWAYS_ESCALATE: {
        "policy": replace(OPEN.policy, always_escalate_intents=frozenset({"price"}))
    },
    Reason.FORCE_HANDOFF: {
        "policy": replace(OPEN.policy, intents_force_handoff=frozenset({"price"}))
    },
    Reason.FORBIDDEN_TOPIC: {"policy": replace(OPEN.policy, forbidden_topics=frozenset({"акпп"}))},
    Reason.LOW_SCORE: {"score": 0.2},
}


def test_with_every_lock_open_it_goes_out() -> None:
    assert decide(OPEN).kind == VerdictKind.AUTO_SEND
    assert decide(replace(OPEN, mode=Mode.SEMI_AUTO)).kind == VerdictKind.AUTO_SEND


@pytest.mark.parametrize("reason", LOCKS)
def test_any_one_lock_holds_it_and_says_so(reason: Reason) -> None:
    verdict = decide(replace(OPEN, **LOCKS[reason]))
    assert verdict.kind == VerdictKind.NEED_APPROVAL
    assert reason in verdict.because


@pytest.mark.parametrize("reason", ESCALATIONS)
def test_policies_call_for_a_person(reason: Reason) -> None:
    verdict = decide(replace(OPEN, **ESCALATIONS[reason]))
    assert verdict.kind == VerdictKind.ESCALATE
    assert verdict.because[0] == reason


def test_policies_hold_with_the_engine_off_but_the_threshold_does_not() -> None:
    for reason in (Reason.ALWAYS_ESCALATE, Reason.FORCE_HANDOFF, Reason.FORBIDDEN_TOPIC):
        case = replace(OPEN, engine_on=False, **ESCALATIONS[reason])
        assert decide(case).kind == VerdictKind.ESCALATE
    low = replace(OPEN, engine_on=False, score=0.1)
    assert decide(low).kind == VerdictKind.NEED_APPROVAL


def test_of_all_combinations_of_the_locks_only_the_open_one_goes_out() -> None:
    changes = [change for change in LOCKS.values() if "policy" not in change]
    policies = [
        replace(
            OPEN.policy,
            autosend_allowed=allowed,
            intents_autosend_allowed=frozenset({"price"} if intent else ()),
            autosend_without_licence=alone,
        )
        for allowed, intent, alone in product((True, False), repeat=3)
    ]
    tried = sent = 0
    for closed in product((False, True), repeat=len(changes)):
        shut: dict[str, Any] = {}
        for change, is_shut in zip(changes, closed, strict=True):
            if is_shut:
                shut |= change
        for policy in policies:
            case = replace(OPEN, **shut, policy=policy)
            tried += 1
            if decide(case).kind == VerdictKind.AUTO_SEND:
                sent += 1
                licence = case.licence.threshold is not None or policy.autosend_without_licence
                assert policy.autosend_allowed
                assert policy.intents_autosend_allowed
                assert licence
                assert not any(
                    is_shut
                    for change, is_shut in zip(changes, closed, strict=True)
                    if change != LOCKS[Reason.NO_LICENCE]
                )
    assert tried == 2**12 * 8
    assert sent == 3, "licensed with either word on licences, and without one by the owner's word"
