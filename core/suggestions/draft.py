"""Drafts what is due: claims turns, asks the model with no transaction open, proposes.

The turn's row is the work. A provider that is down or slow is tried again within a time limit;
after it the card says why there is no draft. Nobody waits for this to see the customer's words.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from core.billing.spend import Meter
from core.flags.names import Flag
from core.flags.service import FlagState
from core.kernel.database import DATABASE_TROUBLE
from core.kernel.errors import DomainError
from core.kernel.ids import new_id
from core.kernel.metrics import DRAFT_SECONDS, DRAFTS
from core.kernel.untrusted import hides
from core.knowledge.search import Found, find
from core.ports.ai import AiFailure, Draft, DraftRequest, Example
from core.suggestions import turns
from core.suggestions.brief import Brief, gather
from core.suggestions.examples import examples_for
from core.suggestions.propose import (
    Drafted,
    propose,
    propose_nothing,
    propose_nothing_to_all,
    with_slots,
)
from core.suggestions.self_check import passage_of, self_check
from core.suggestions.sources import Source
from core.suggestions.suspicion import disarmed
from core.suggestions.turns import ClaimedTurn

if TYPE_CHECKING:
    from core.app import App

TIME_LIMIT = timedelta(seconds=60)
MODEL_TIMEOUT_SECONDS = 30
MOST_AT_ONCE = 32
# Every process knows a flag by then, and twice over.
_FLAGS_KNOWN = timedelta(seconds=5)
_MOST_ATTEMPTS = 4
_PASSAGES = 8
_log = structlog.get_logger(__name__)


class Draftsman:
    """The drafting half of the worker. `wake` is called when there is room for more.

    `only_refuses`: the last pass found turns of stores without AI and no others.
    """

    def __init__(self, app: "App", wake: Callable[[], None]) -> None:
        self._app = app
        self._wake = wake
        self._at_work: dict[asyncio.Task[None], list[ClaimedTurn]] = {}
        self._next_due: datetime | None = None
        self._renewed_at = app.clock.now()
        self._not_begun: set[UUID] = set()  # tokens of passes that did not come to their end
        # What the database was away for: when the turn is due again, and why it failed.
        self._to_give_back: list[tuple[ClaimedTurn, datetime, str]] = []
        self.only_refuses = False

    @property
    def busy(self) -> bool:
        """Whether somebody waits for a draft that is being made."""
        return bool(self._at_work)

    async def once(self) -> int:
        """Start on what is due; returns how many turns were started. Never waits for a model."""
        self._next_due = None
        free = MOST_AT_ONCE - len(self._at_work)
        if free > 0:  # else the first that is done wakes us
            await self._app.flags.refresh()
        token, now = new_id(), self._app.clock.now()
        async with self._app.db.hot_platform(relaxed=True) as sql:
            await self._keep_hold(sql, now)
            if free <= 0:
                return 0
            self._not_begun.add(token)
            claimed = await turns.claim(sql, token, now, free)
            self._next_due = await turns.next_due(sql, now)
        by_tenant: dict[UUID, list[ClaimedTurn]] = {}
        for turn in claimed:
            by_tenant.setdefault(turn.tenant_id, []).append(turn)
        self.only_refuses = bool(claimed)
        for tenant_id, theirs in by_tenant.items():
            off = _off(self._app, await self._app.flags.of(tenant_id))
            if off is not None:
                self._begin(self._refuse(theirs, off), theirs)
                continue
            self.only_refuses = False
            for turn in theirs:
                self._begin(self._draft(turn), [turn])
        self._not_begun.clear()
        return len(claimed)

    async def _keep_hold(self, sql: Any, now: datetime) -> None:
        """Before anything is claimed: what is drafted here stays ours, what is not is let go."""
        held = list(chain.from_iterable(self._at_work.values()))
        if self._not_begun:
            await turns.let_go(sql, self._not_begun, held)
        while self._to_give_back:
            await turns.give_back(sql, *self._to_give_back[-1])
            self._to_give_back.pop()
        if now - self._renewed_at >= turns.RENEW_AFTER:
            await turns.renew(sql, held, now)
            self._renewed_at = now

    def _begin(self, work: Coroutine[Any, Any, None], held: list[ClaimedTurn]) -> None:
        task = asyncio.create_task(work)
        self._at_work[task] = held
        task.add_done_callback(self._done)

    def seconds_to_next(self) -> float | None:
        """How long until the next turn's quiet is over, as of the last pass; None if none waits."""
        if self._next_due is None:
            return None
        return max(0.0, float((self._next_due - self._app.clock.now()).total_seconds()))

    async def finish(self) -> None:
        """On a clean stop: drafts under way are given back at once, for the next process."""
        given_back = dict(self._at_work)
        for task in given_back:
            task.cancel()
        await asyncio.gather(*given_back, return_exceptions=True)
        for turn in chain.from_iterable(given_back.values()):
            await self._again(turn, "ai.interrupted", timedelta(0))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._at_work.pop(task, None)
        self._wake()

    async def _refuse(self, refused: list[ClaimedTurn], why: str) -> None:
        """No model is asked: nothing has to be gathered for one."""
        try:
            shown_since = await self._off_since(refused[0].tenant_id) if why == "ai.off" else None
            async with self._app.db.hot_unit(refused[0].tenant_id, relaxed=True) as uow:
                ids = [turn.id for turn in refused]
                await propose_nothing_to_all(
                    uow, ids, refused[0].token, why, shown_since=shown_since
                )
        except Exception:
            _log.exception("refusal_broke", turns=len(refused))
            for turn in refused:
                await self._again(turn, "ai.broke", timedelta(seconds=2**turn.attempts))
        else:
            DRAFTS.labels(why).inc(len(refused))

    async def _off_since(self, tenant_id: UUID) -> datetime:
        """Whatever was drawn for what came after this, was drawn by who knew that the AI is off."""
        flag = Flag.AI_SUGGESTIONS_ENABLED
        changed_at = await self._app.flags.changed_at(flag, tenant_id)
        return changed_at + _FLAGS_KNOWN if changed_at else datetime.min.replace(tzinfo=UTC)

    async def _draft(self, turn: ClaimedTurn) -> None:
        try:
            await draft_turn(self._app, turn.tenant_id, turn.id)
            return
        except AiFailure as failure:
            await self._failed(turn, failure.why, again=failure.again)
        except DomainError as refusal:
            await self._failed(turn, refusal.key, again=False)
        except Exception:
            _log.exception("draft_broke", turn=str(turn.id))
            await self._failed(turn, "ai.broke", again=True)

    async def _failed(self, turn: ClaimedTurn, why: str, *, again: bool) -> None:
        now = self._app.clock.now()
        wait = timedelta(seconds=2**turn.attempts)
        in_time = now + wait < turn.drafting_since + TIME_LIMIT
        if again and in_time and turn.attempts < _MOST_ATTEMPTS:
            await self._again(turn, why, wait)
            return
        try:
            async with self._app.uow(turn.tenant_id) as uow:
                brief = await gather(uow, turn.id)
                if brief is not None:
                    await propose_nothing(uow, brief, why)
        except Exception:
            _log.exception("no_draft_unsaid", turn=str(turn.id))
            await self._again(turn, why, wait)
        else:
            DRAFTS.labels(why).inc()

    async def _again(self, turn: ClaimedTurn, why: str, wait: timedelta) -> None:
        """Should the database be away, the next pass that reaches it gives the turn back."""
        due_at = self._app.clock.now() + wait
        try:
            async with self._app.db.hot_platform() as sql:
                await turns.give_back(sql, turn, due_at, why)
        except DATABASE_TROUBLE:
            self._to_give_back.append((turn, due_at, why))


async def draft_turn(app: "App", tenant_id: UUID, turn_id: UUID) -> None:
    """Gather, search, ask, propose. Raises AiFailure or DomainError if there can be no draft."""
    began = time.monotonic()
    async with app.uow(tenant_id) as uow:
        brief = await gather(uow, turn_id)
    if brief is None:
        return
    states = await app.flags.of(tenant_id)
    flags = {flag: state.enabled for flag, state in states.items()}
    refuse = _off(app, states) or _why_not(app, brief)
    if refuse is not None:
        async with app.uow(tenant_id) as uow:
            await propose_nothing(uow, brief, refuse)
        return
    found = (
        await find(app, tenant_id, brief.said, limit=_PASSAGES) if flags[Flag.RAG_ENABLED] else []
    )
    sources, planted = _sources(found)
    examples = await examples_for(app, brief, sources) if flags[Flag.FEW_SHOT_LEARNING] else ()
    draft = with_slots(await _ask(app, brief, sources, examples), sources)
    drafted = Drafted(
        draft,
        sources,
        prompt_hash=app.drafter.prompt_hash if app.drafter else "",
        embedder=app.embedder.name,
        check=await self_check(app, brief, draft, sources, flags),
        planted=planted,
    )
    async with app.uow(tenant_id) as uow:
        suggestion = await propose(uow, brief, drafted, flags)
    DRAFTS.labels("ready" if suggestion else "moved_on").inc()
    DRAFT_SECONDS.observe(time.monotonic() - began)


def _off(app: "App", flags: Mapping[Flag, FlagState]) -> str | None:
    """Why the store's drafts are off altogether: the key of what its cards will say."""
    if not flags[Flag.AI_SUGGESTIONS_ENABLED].enabled:
        return "ai.off"
    if app.drafter is None:
        return "ai.no_key"
    return None


def _why_not(app: "App", brief: Brief) -> str | None:
    """Why no model is asked about this turn."""
    if app.clock.now() >= brief.store.trial_ends_at:
        return "ai.no_subscription"
    if not brief.said.strip():
        return "ai.no_words"
    return None


async def _ask(
    app: "App", brief: Brief, sources: list[Source], examples: tuple[Example, ...]
) -> Draft:
    if app.drafter is None:
        raise AiFailure("ai.no_key", again=False)
    request = DraftRequest(
        customer_name=brief.customer_name,
        turn=brief.turn,
        history=brief.history,
        passages=tuple(passage_of(source) for source in sources),
        language=brief.settings.language,
        tone=brief.settings.tone,
        address_form=brief.settings.address_form,
        store_name=brief.store.name,
        discounts_allowed=brief.settings.allow_discounts,
        avoid=brief.avoid,
        examples=examples,
    )
    try:
        async with asyncio.timeout(MODEL_TIMEOUT_SECONDS):
            return await Meter(app, brief.tenant_id).draft(app.drafter, request, brief.turn_id)
    except TimeoutError as late:
        raise AiFailure("ai.timeout", again=True) from late


def _sources(found: list[Found]) -> tuple[list[Source], bool]:
    """Numbered as the model will name them: P1, P2 for products, D1, D2 for documents.

    Without the orders somebody may have planted in them; whether there were any.
    """
    counts: Counter[str] = Counter()
    sources = []
    planted = False
    for hit in found:
        kind = str(hit.kind)
        counts[kind] += 1
        title, text = disarmed(hit.title), disarmed(hit.text)
        planted = planted or (title, text) != (hit.title, hit.text)
        planted = planted or hides(hit.title) or hides(hit.text)
        sources.append(
            Source(
                ref=f"{kind[0].upper()}{counts[kind]}",
                kind=kind,
                source_id=hit.source_id,
                chunk_id=hit.chunk_id,
                title=title,
                text=text,
                sku=hit.sku,
                price=hit.price,
                currency=hit.currency,
                stock=hit.stock,
                version=hit.source_version,
            )
        )
    return sources, planted
