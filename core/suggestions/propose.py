"""Keeping a draft, or the reason why there is none, unless the conversation has moved on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import update

from core.conversations.models import Conversation, ConversationStatus, Turn, TurnState
from core.decision.engine import Case, Licence, Policy, Verdict, VerdictKind, decide
from core.decision.labels import Works
from core.decision.licence import licence_for
from core.escalations.service import open_escalation
from core.flags.names import Flag
from core.identity.permissions import system
from core.kernel.clock import Clock
from core.kernel.ids import new_id
from core.kernel.uow import TenantUnit, UnitOfWork
from core.notifications.cards import touch
from core.ports.ai import Draft
from core.pricing.ask import ask_if_unmatched
from core.pricing.queries import rests_on_estimate
from core.suggestions.autosend import say_night_text, send_by_itself
from core.suggestions.brief import Brief
from core.suggestions.contacts import strangers
from core.suggestions.doubts import doubts_of
from core.suggestions.facts import Filled
from core.suggestions.models import Suggestion, SuggestionStatus
from core.suggestions.pricing import as_of_now
from core.suggestions.self_check import UNASKED, SelfCheck, ledger
from core.suggestions.slots import slotted
from core.suggestions.sources import Source
from core.suggestions.suspicion import Sign, signs_of
from core.tenants.models import Mode, Status, TenantSettings
from core.tenants.service import settings_of, store_of

_LEAST_SCORE, _MOST_SCORE = Decimal(0), Decimal(1)
# The model's own number is never the whole score: without a source, or with a figure bound to
# nothing, a confident draft is worth less.
PRICE_LOOKUP = "price_lookup"  # the market's prices: no figure of it leaves by itself
_WITHOUT_SOURCES = 0.6
_WITH_UNBOUND = 0.7


@dataclass(frozen=True, slots=True)
class Drafted:
    """What came of the model's work on a brief."""

    draft: Draft
    sources: Sequence[Source]
    prompt_hash: str
    embedder: str | None
    check: SelfCheck = UNASKED
    planted: bool = False  # a source gave orders, which were taken out of it


async def propose(
    uow: UnitOfWork, brief: Brief, drafted: Drafted, flags: dict[Flag, bool]
) -> Suggestion | None:
    """Save the draft with its verdict. None, and nothing saved, if the conversation moved on."""
    conversation, turn = await _still_wanted(uow, brief)
    if conversation is None or turn is None:
        return None
    draft = drafted.draft
    # The model took its time: a price may be another by now.
    sources = await as_of_now(uow, drafted.sources)
    filled = ledger(brief, draft, sources)
    used = {ref.upper() for ref in draft.used} | set(filled.bound_refs)
    score = score_of(draft, filled, has_sources=bool(used))
    signs = _signs(brief, drafted, filled, sources)
    foreign = await strangers(uow, filled.contacts)
    doubts = doubts_of(filled, drafted.check, signs, foreign)
    works = Works(draft.usage.model, drafted.prompt_hash, drafted.embedder)
    licence = await licence_for(uow, draft.intent, works)
    # The model took its time: settings may be others by now, and they are in force at once.
    brief = replace(
        brief,
        settings=await settings_of(uow),
        store=await store_of(uow),
        mode=conversation.mode,
    )
    case = replace(
        _case(brief, draft, filled, score, flags, uow.clock, licence),
        escalated=conversation.status == ConversationStatus.ESCALATED,
        unbound_facts=not filled.clean,
        self_check_passed=filled.clean
        and not foreign
        and (not flags[Flag.DECISION_ENGINE_ENABLED] or drafted.check.supports(filled.text)),
        suspicious=bool(signs),
        estimated_price=await rests_on_estimate(uow, turn.id)
        or any(s.kind == PRICE_LOOKUP and s.ref in used for s in sources),
    )
    verdict = decide(case)
    suggestion = Suggestion(
        tenant_id=uow.tenant_id,
        id=new_id(),
        conversation_id=conversation.id,
        turn_id=turn.id,
        fence=conversation.version,
        status=SuggestionStatus.PENDING,
        draft=draft.reply,
        text=filled.text,
        language=brief.settings.language,
        intent=draft.intent,
        score=Decimal(str(round(score, 5))),
        verdict=verdict.kind,
        reasons=[str(reason) for reason in (*verdict.because, *verdict.aside)],
        sources=[source.kept(used=source.ref in used) for source in sources],
        facts=_facts(draft, filled),
        unbound=list(filled.unbound),
        doubts=[doubt.kept() for doubt in doubts],
        model=draft.usage.model,
        prompt_hash=drafted.prompt_hash,
        embedder=drafted.embedder,
        created_at=uow.clock.now(),
    )
    await _replace_pending(uow, turn)
    uow.add(suggestion)
    _close_drafting(turn)
    await uow.session.flush()
    await _follow(uow, conversation, turn, suggestion, verdict, brief, flags)
    priced = any(source.price is not None for source in sources if source.ref in used)
    await ask_if_unmatched(
        uow, conversation, brief.turn, brief.history, draft.intent, priced=priced
    )
    await touch(uow, conversation.id)
    return suggestion


async def propose_nothing(uow: UnitOfWork, brief: Brief, failure: str) -> Suggestion | None:
    """There is no draft, and the card will say why: a person answers."""
    conversation, turn = await _still_wanted(uow, brief)
    if conversation is None or turn is None:
        return None
    await _replace_pending(uow, turn)
    suggestion = Suggestion(
        tenant_id=uow.tenant_id,
        id=new_id(),
        conversation_id=conversation.id,
        turn_id=turn.id,
        fence=conversation.version,
        status=SuggestionStatus.FAILED,
        failure=failure,
        created_at=uow.clock.now(),
    )
    uow.add(suggestion)
    _close_drafting(turn)
    await uow.session.flush()
    await touch(uow, conversation.id)
    return suggestion


_UNDRAFTED = """
SELECT t.id AS turn_id, c.id AS conversation_id, c.version, t.opened_at
FROM turns t JOIN conversations c
    ON c.tenant_id = t.tenant_id AND c.id = t.conversation_id AND c.turn_id = t.id
WHERE t.tenant_id = $1 AND t.id = ANY($2::uuid[]) ORDER BY c.id FOR UPDATE OF c
"""
_NOTHING = """
WITH closed AS (
    UPDATE turns t SET state = 'ready', lease_token = NULL, lease_until = NULL, problem = NULL
    FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])
        AS asked(turn_id, id, conversation_id, fence)
    WHERE t.tenant_id = $1 AND t.id = asked.turn_id AND t.lease_token = $6 AND t.state = 'drafting'
    RETURNING asked.*
), superseded AS (
    UPDATE suggestions s SET status = 'superseded', version = s.version + 1
    FROM closed WHERE s.tenant_id = $1 AND s.turn_id = closed.turn_id AND s.status = 'pending'
)
INSERT INTO suggestions (tenant_id, id, conversation_id, turn_id, fence, status, failure,
    created_at)
SELECT $1, id, conversation_id, turn_id, fence, 'failed', $7, $8 FROM closed
RETURNING conversation_id
"""


async def propose_nothing_to_all(
    uow: TenantUnit,
    turn_ids: Sequence[UUID],
    token: UUID,
    failure: str,
    *,
    shown_since: datetime | None = None,
) -> None:
    """The same for many turns claimed under one token, in two statements: no model is asked.

    `shown_since`: cards of turns opened after this have said so from their first drawing on.
    """
    sql = await uow.sql()
    rows = await sql.fetch(_UNDRAFTED, uow.tenant_id, list(turn_ids))
    told = await sql.fetch(
        _NOTHING,
        uow.tenant_id,
        [row["turn_id"] for row in rows],
        [new_id() for _ in rows],
        [row["conversation_id"] for row in rows],
        [row["version"] for row in rows],
        token,
        failure,
        uow.clock.now(),
    )
    told_by_card = {
        row["conversation_id"]
        for row in rows
        if shown_since is not None and row["opened_at"] > shown_since
    }
    changed = {row["conversation_id"] for row in told}
    await touch(uow, *changed - told_by_card)
    for conversation_id in changed & told_by_card:
        uow.tell("conversation.changed", conversation_id)


def with_slots(draft: Draft, sources: Sequence[Source]) -> Draft:
    """Prices a model has typed, but declared and copied rightly, are the slots they should be."""
    priced = [(f.source_ref, f.value) for f in draft.facts if f.kind == "price" and f.source_ref]
    return replace(draft, reply=slotted(draft.reply, priced, sources)) if priced else draft


def _signs(
    brief: Brief, drafted: Drafted, filled: Filled, sources: Sequence[Source]
) -> tuple[Sign, ...]:
    said = [*brief.turn, *(text for who, text in brief.history if who == "customer")]
    read = [f"{source.title} {source.text} {source.sku or ''}" for source in sources]
    read += [text for who, text in brief.history if who != "customer"]
    found = signs_of([*said, brief.customer_name], (), filled.text, read)
    return (*found, Sign.PLANTED) if drafted.planted else found


def _facts(draft: Draft, filled: Filled) -> list[dict[str, str | None]]:
    """What the model declared, and what the ledger has found to be so."""
    declared: list[dict[str, str | None]] = [
        {"kind": f.kind, "value": f.value, "unit": f.unit, "source": f.source_ref, "quote": f.quote}
        for f in draft.facts
    ]
    bound: list[dict[str, str | None]] = [
        {"kind": "bound", "value": b.text, "source": b.ref, "quote": b.quote, "row": b.row}
        for b in filled.bound
    ]
    return [*declared, *bound]


def score_of(draft: Draft, filled: Filled, *, has_sources: bool) -> float:
    """0..1: the model's confidence, less where the draft stands on nothing."""
    score = draft.confidence
    if not has_sources:
        score *= _WITHOUT_SOURCES
    if not filled.clean:
        score *= _WITH_UNBOUND
    return min(1.0, max(0.0, score))


def policy_of(settings: TenantSettings) -> Policy:
    return Policy(
        t_auto=float(settings.t_auto),
        t_escale=float(settings.t_escale),
        autosend_allowed=settings.autosend_allowed,
        intents_autosend_allowed=frozenset(settings.intents_autosend_allowed),
        intents_force_handoff=frozenset(settings.intents_force_handoff),
        always_escalate_intents=frozenset(settings.always_escalate_intents),
        forbidden_topics=frozenset(settings.forbidden_topics),
        autosend_without_licence=settings.autosend_without_licence,
    )


def _case(
    brief: Brief,
    draft: Draft,
    filled: Filled,
    score: float,
    flags: dict[Flag, bool],
    clock: Clock,
    licence: Licence,
) -> Case:
    return Case(
        policy=policy_of(brief.settings),
        mode=Mode(brief.mode),
        intent=draft.intent,
        score=score,
        said=f"{brief.said}\n{filled.text}",
        engine_on=flags[Flag.DECISION_ENGINE_ENABLED],
        autosend_on=flags[Flag.AI_AUTOSEND_ENABLED],
        licence=licence,
        store_active=brief.store.status == Status.ACTIVE,
        subscribed=clock.now() < brief.store.trial_ends_at,
        unbound_facts=bool(filled.unbound),
        self_check_passed=not filled.unbound,
        needs_human=draft.needs_human,
    )


async def _still_wanted(uow: UnitOfWork, brief: Brief) -> tuple[Conversation | None, Turn | None]:
    conversation = await uow.lock(Conversation, brief.conversation_id)
    turn = await uow.lock(Turn, brief.turn_id)
    moved_on = conversation.version != brief.fence or conversation.turn_id != turn.id
    if moved_on or turn.state != TurnState.DRAFTING:
        return None, None
    return conversation, turn


async def _replace_pending(uow: UnitOfWork, turn: Turn) -> None:
    await uow.session.execute(
        update(Suggestion)
        .where(
            Suggestion.tenant_id == uow.tenant_id,
            Suggestion.turn_id == turn.id,
            Suggestion.status == SuggestionStatus.PENDING,
        )
        .values(status=SuggestionStatus.SUPERSEDED, version=Suggestion.version + 1)
    )


def _close_drafting(turn: Turn) -> None:
    turn.state = TurnState.READY
    turn.lease_token = turn.lease_until = None
    turn.problem = None


async def _follow(
    uow: UnitOfWork,
    conversation: Conversation,
    turn: Turn,
    suggestion: Suggestion,
    verdict: Verdict,
    brief: Brief,
    flags: dict[Flag, bool],
) -> None:
    """What a verdict sets in motion."""
    await say_night_text(uow, conversation, flags)
    if verdict.kind == VerdictKind.ESCALATE:
        await open_escalation(
            uow,
            system(uow.tenant_id),
            conversation,
            reason=str(verdict.because[0]),
            summary=brief.said[:500],
            suggestion_id=suggestion.id,
            proposed_reply=suggestion.text,
        )
    elif verdict.kind == VerdictKind.AUTO_SEND:
        await send_by_itself(uow, conversation, turn, suggestion, flags)
