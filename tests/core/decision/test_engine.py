"""May it go out by itself? Every combination of the locks is tried."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    Reason.ESCALATED: {"escalated": True},
    Reason.BELOW_LICENCE: {"licence": Licence(0.96)},
    Reason.BREAKER_TRIPPED: {"licence": Licence(0.5, tripped=True)},
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


# Every lock there is, shut in every combination; the values show that none depends on another's.
SHUT: dict[str, dict[str, Any]] = {
    "engine": {"engine_on": False},
    "autosend": {"autosend_on": False},
    "restricted": {"store_active": False},
    "unpaid": {"subscribed": False},
    "unbound": {"unbound_facts": True},
    "self_check": {"self_check_passed": False},
    "asks": {"needs_human": True},
    "estimate": {"estimated_price": True},
    "suspicious": {"suspicious": True},
    "escalated": {"escalated": True},
}
POLICIES: dict[str, dict[str, Any]] = {
    "disallowed": {"autosend_allowed": False},
    "intent": {"intents_autosend_allowed": frozenset({"shipping"})},
    "handoff": {"intents_force_handoff": frozenset({"price"})},
    "always": {"always_escalate_intents": frozenset({"price"})},
    "topic": {"forbidden_topics": frozenset({"акпп"})},
}
LICENCES = (Licence(0.5), Licence(0.99), Licence(None), Licence(0.5, tripped=True))
SCORES = (0.95, 0.6, 0.1, float("nan"))


def test_of_all_combinations_only_those_go_out_where_everything_allows_it() -> None:
    tried = sent = 0
    for shut in product((False, True), repeat=len(SHUT)):
        changes: dict[str, Any] = {}
        for change, is_shut in zip(SHUT.values(), shut, strict=True):
            changes |= change if is_shut else {}
        base = replace(OPEN, **changes)
        for barred in product((False, True), repeat=len(POLICIES)):
            policies: dict[str, Any] = {}
            for policy, is_barred in zip(POLICIES.values(), barred, strict=True):
                policies |= policy if is_barred else {}
            # Where much is shut, the rest is tried in the two outermost cases alone.
            few = sum(shut) + sum(barred) > 2
            for waived, licence, score, mode in product(
                (True,) if few else (False, True),
                LICENCES[:1] if few else LICENCES,
                SCORES[:1] if few else SCORES,
                (Mode.AUTO,) if few else tuple(Mode),
            ):
                case = replace(
                    base,
                    policy=replace(OPEN.policy, autosend_without_licence=waived, **policies),
                    licence=licence,
                    score=score,
                    mode=mode,
                )
                allowed = (
                    not any(shut)
                    and not any(barred)
                    and mode is not Mode.LEARNING
                    and not licence.tripped
                    and score >= OPEN.policy.t_auto
                    and (score >= licence.threshold if licence.threshold is not None else waived)
                )
                tried += 1
                sent += allowed
                assert (decide(case).kind == VerdictKind.AUTO_SEND) == allowed, case
    assert tried == 2 ** (len(SHUT) + len(POLICIES)) + 121 * (2 * 4 * 4 * 3 - 1)
    # Licensed, waived or not, in two modes; and unlicensed but waived, in two modes.
    assert sent == 2 * 2 + 2


def test_it_says_beside_an_automatic_reply_that_there_is_no_licence() -> None:
    waived = replace(OPEN.policy, autosend_without_licence=True)
    unlicensed = decide(replace(OPEN, policy=waived, licence=Licence(None)))
    assert (unlicensed.because, unlicensed.aside) == ((), (Reason.WITHOUT_LICENCE,))
    assert decide(replace(OPEN, policy=waived)).aside == ()


_share = st.floats(0, 1)
_some_intents = st.frozensets(st.sampled_from(list(Intent)), max_size=3)
cases = st.builds(
    Case,
    policy=st.builds(
        Policy,
        t_auto=_share,
        t_escale=_share,
        autosend_allowed=st.booleans(),
        intents_autosend_allowed=_some_intents,
        intents_force_handoff=_some_intents,
        always_escalate_intents=_some_intents,
        forbidden_topics=st.frozensets(st.sampled_from(["суд", "возврат денег", "lawyer"])),
        autosend_without_licence=st.booleans(),
    ),
    mode=st.sampled_from(Mode),
    intent=st.sampled_from(Intent),
    score=st.one_of(_share, st.just(float("nan"))),
    said=st.sampled_from(["Есть АКПП?", "Подам в суд", "Хочу возврат денег", "посуда", ""]),
    engine_on=st.booleans(),
    autosend_on=st.booleans(),
    licence=st.builds(Licence, st.one_of(st.none(), _share), st.booleans()),
    store_active=st.booleans(),
    subscribed=st.booleans(),
    unbound_facts=st.booleans(),
    self_check_passed=st.booleans(),
    needs_human=st.booleans(),
    estimated_price=st.booleans(),
    suspicious=st.booleans(),
    escalated=st.booleans(),
)
# What closes one lock more, whatever the case was before.
CLOSINGS: dict[str, Any] = {
    **{name: lambda case, by=change: replace(case, **by) for name, change in SHUT.items()},
    "learning": lambda case: replace(case, mode=Mode.LEARNING),
    "tripped": lambda case: replace(case, licence=replace(case.licence, tripped=True)),
    "no_licence": lambda case: replace(
        case,
        licence=replace(case.licence, threshold=None),
        policy=replace(case.policy, autosend_without_licence=False),
    ),
    "lower": lambda case: replace(case, score=case.score / 2),
    "stricter": lambda case: replace(
        case, policy=replace(case.policy, t_auto=(1 + case.policy.t_auto) / 2)
    ),
    "disallowed": lambda case: replace(case, policy=replace(case.policy, autosend_allowed=False)),
    "fewer_intents": lambda case: replace(
        case, policy=replace(case.policy, intents_autosend_allowed=frozenset())
    ),
    "handoff": lambda case: replace(
        case, policy=replace(case.policy, intents_force_handoff=frozenset(Intent))
    ),
    "topics": lambda case: replace(
        case,
        policy=replace(case.policy, forbidden_topics=case.policy.forbidden_topics | {"АКПП"}),
    ),
}


@settings(max_examples=400, deadline=None)
@given(case=cases, closing=st.sampled_from(sorted(CLOSINGS)))
def test_closing_a_lock_never_opens_the_way(case: Case, closing: str) -> None:
    before, after = decide(case), decide(CLOSINGS[closing](case))
    if after.kind == VerdictKind.AUTO_SEND:
        assert before.kind == VerdictKind.AUTO_SEND
    if before.kind == VerdictKind.ESCALATE:
        assert after.kind == VerdictKind.ESCALATE or closing == "engine"


@settings(max_examples=400, deadline=None)
@given(case=cases)
def test_it_sends_exactly_when_it_has_no_reason_against_it(case: Case) -> None:
    verdict = decide(case)
    assert (verdict.kind == VerdictKind.AUTO_SEND) == (verdict.because == ())
    assert len(set(verdict.because)) == len(verdict.because)
