"""The worker's half: claims what was asked, asks the market with no transaction open, settles.

The row is the work. A process that dies leaves a lease that runs out; one that was too slow finds
that its token is no longer the row's, and what it brought is thrown away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select

from core.billing.models import Purpose
from core.billing.prices import SEARCH, Prices
from core.billing.spend import Meter
from core.flags.names import Flag
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.kernel.metrics import PRICE_LOOKUPS
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.ports.ai import AiFailure
from core.ports.prices import Condition, Estimate, PriceQuestion, PriceSearch
from core.pricing.ask import entitled
from core.pricing.links import ESTIMATED, SEARCHED, site_of
from core.pricing.models import LookupState, PriceLookup, PriceRequest, PriceSource
from core.pricing.statistics import Market, Offer, appraise
from core.pricing.sums import convert, is_sensible
from core.tenants.service import store_of

if TYPE_CHECKING:
    from core.app import App

MOST_AT_ONCE = 4
TIME_LIMIT_SECONDS = 150.0  # of one try: at most three calls of a search, and the estimate's one
LEASE = timedelta(seconds=TIME_LIMIT_SECONDS + 30)
TTL = {
    LookupState.FOUND: timedelta(hours=24),
    LookupState.ESTIMATED: timedelta(hours=2),  # the product document's
    LookupState.NOT_FOUND: timedelta(minutes=30),
}
_MOST_ATTEMPTS = 3
_LINKS_KEPT = 10
_CARDS_TOLD = 100
_MOST_CALLS = 3
# What a call may take: pages of three searches and an answer as long as the adapter allows.
_CHARACTERS_A_CALL, _TOKENS_AN_ANSWER, _SEARCHES_A_CALL = 50_000, 4_000, 3
_log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE price_lookups p SET lease_token = $1, lease_until = $2, attempts = p.attempts + 1
FROM (
    SELECT tenant_id, id FROM price_lookups
    WHERE state = 'pending' AND due_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED
) due
WHERE p.tenant_id = due.tenant_id AND p.id = due.id
RETURNING p.tenant_id, p.id, p.attempts, p.question::text, p.currency
"""
_AGAIN = """
UPDATE price_lookups SET due_at = $1, lease_token = NULL, lease_until = NULL, problem = $2,
    attempts = attempts - $6
WHERE tenant_id = $3 AND id = $4 AND lease_token = $5 AND state = 'pending'
"""


@dataclass(frozen=True, slots=True)
class _Claimed:
    token: UUID
    tenant_id: UUID
    id: UUID
    attempts: int
    question: PriceQuestion
    currency: str


class PriceDesk:
    """Looks up what is due. `wake` is called when there is room for more."""

    def __init__(self, app: "App", wake: Callable[[], None]) -> None:
        self._app = app
        self._wake = wake
        self._at_work: dict[asyncio.Task[None], _Claimed] = {}

    async def once(self) -> int:
        """Start on what is due; how many were started. Never waits for an answer."""
        free = MOST_AT_ONCE - len(self._at_work)
        if free <= 0:
            return 0
        token, now = new_id(), self._app.clock.now()
        async with self._app.db.hot_platform() as sql:
            rows = await sql.fetch(_CLAIM, token, now + LEASE, now, free)
        for row in rows:
            claimed = _claimed(token, row)
            task = asyncio.create_task(self._look_up(claimed))
            self._at_work[task] = claimed
            task.add_done_callback(self._done)
        return len(rows)

    async def finish(self) -> None:
        """On a clean stop: what is under way is given back at once, for the next process."""
        given_back = dict(self._at_work)
        for task in given_back:
            task.cancel()
        await asyncio.gather(*given_back, return_exceptions=True)
        for claimed in given_back.values():
            await self._again(claimed, "ai.interrupted", timedelta(0), forgive=1)

    async def settled(self) -> None:
        """Until nothing is under way."""
        await asyncio.gather(*self._at_work)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._at_work.pop(task, None)
        self._wake()

    async def _look_up(self, claimed: _Claimed) -> None:
        if claimed.attempts > _MOST_ATTEMPTS:
            # Whoever had it before has died of it, or been killed at it, each time.
            await self._failed(claimed, "ai.interrupted", again=False)
            return
        try:
            async with asyncio.timeout(TIME_LIMIT_SECONDS):
                answer = await look_up(self._app, claimed.tenant_id, claimed)
        except TimeoutError:
            await self._failed(claimed, "ai.timeout", again=True)
        except AiFailure as failure:
            await self._failed(claimed, failure.why, again=failure.again)
        except DomainError as refusal:
            await self._failed(claimed, refusal.key, again=False)
        except Exception:
            _log.exception("price_lookup_broke", lookup=str(claimed.id))
            await self._failed(claimed, "ai.broke", again=True)
        else:
            async with self._app.uow(claimed.tenant_id) as uow:
                await _settle(uow, claimed, answer)

    async def _failed(self, claimed: _Claimed, why: str, *, again: bool) -> None:
        """Later, or, when it would end the same, the reason is shown. It is never cached."""
        if again and claimed.attempts < _MOST_ATTEMPTS:
            await self._again(claimed, why, timedelta(seconds=2**claimed.attempts))
            return
        async with self._app.uow(claimed.tenant_id) as uow:
            lookup = await uow.lock(PriceLookup, claimed.id)
            if not lookup.is_held_under(claimed.token):
                return
            lookup.end(LookupState.FAILED, until=uow.clock.now(), problem=why)
            await _tell(uow, lookup)
        PRICE_LOOKUPS.labels(why).inc()

    async def _again(
        self, claimed: _Claimed, why: str, wait: timedelta, *, forgive: int = 0
    ) -> None:
        due_at = self._app.clock.now() + wait
        async with self._app.db.hot_platform() as sql:
            await sql.execute(
                _AGAIN, due_at, why, claimed.tenant_id, claimed.id, claimed.token, forgive
            )


def _claimed(token: UUID, row: Any) -> _Claimed:
    question = PriceQuestion.restore(orjson.loads(row["question"]))
    return _Claimed(token, row["tenant_id"], row["id"], row["attempts"], question, row["currency"])


async def look_up(app: "App", tenant_id: UUID, asked: _Claimed) -> Market | Estimate:
    """Real listings; with fewer than two of them what an AI makes of it, which may be nothing.

    Raises AiFailure, and DomainError when the day's money is spent or the store may not ask.
    """
    await _permitted(app, tenant_id)
    search = app.prices
    if search is None:
        raise AiFailure("ai.no_key", again=False)
    meter, question = Meter(app, tenant_id), asked.question
    most = _at_most(search)
    async with meter.counted(
        Purpose.PRICE_LOOKUP, search.model, most * _MOST_CALLS, asked.id
    ) as call:
        found = await search.search_used_transmission_price(question)
        call.usage = found.usage
    market = appraise(found.listings, currency=asked.currency, wanted=question.condition)
    if market is not None:
        return market
    async with meter.counted(Purpose.PRICE_LOOKUP, search.model, most, asked.id) as call:
        estimate = await search.estimate_price_from_ai(question)
        call.usage = estimate.usage
    return estimate


async def _permitted(app: "App", tenant_id: UUID) -> None:
    """Things change between a wish and its turn."""
    async with app.uow(tenant_id) as uow:
        if not entitled(await store_of(uow), uow.clock.now()):
            raise DomainError(Kind.FORBIDDEN, "price.no_subscription")
    if not await app.flags.on(Flag.AI_SUGGESTIONS_ENABLED, tenant_id):
        raise AiFailure("ai.off", again=False)


def _at_most(search: PriceSearch) -> Decimal:
    tokens = Prices().at_most(search.model, _CHARACTERS_A_CALL, _TOKENS_AN_ANSWER)
    return tokens + SEARCH * _SEARCHES_A_CALL


async def _settle(uow: UnitOfWork, claimed: _Claimed, answer: Market | Estimate) -> None:
    """Keep the answer, unless the work has passed to another meanwhile, and have it shown."""
    lookup = await uow.lock(PriceLookup, claimed.id)
    if not lookup.is_held_under(claimed.token):
        return
    now = uow.clock.now()
    lookup.n = lookup.left_out = 0
    lookup.lowest = lookup.quarter = lookup.median = lookup.three_quarters = lookup.highest = None
    lookup.source = lookup.condition = None
    lookup.links = []
    lookup.seen_at = now
    state = LookupState.NOT_FOUND
    if isinstance(answer, Market):
        state = LookupState.FOUND
        _keep_market(lookup, answer)
    elif _keep_estimate(lookup, answer, claimed.question.condition):
        state = LookupState.ESTIMATED
    lookup.end(state, until=now + TTL[state])
    await _tell(uow, lookup)
    PRICE_LOOKUPS.labels(state).inc()


def _keep_market(lookup: PriceLookup, market: Market) -> None:
    lookup.source, lookup.condition = PriceSource.LISTINGS, market.condition
    lookup.n, lookup.left_out = market.n, market.left_out
    lookup.lowest, lookup.highest = market.lowest, market.highest
    lookup.quarter, lookup.three_quarters = market.quarter, market.three_quarters
    lookup.median = market.median
    # The most telling first: a card has room for three.
    telling = sorted(market.offers, key=lambda offer: abs(offer.price - market.median))
    lookup.links = [_link(offer) for offer in telling[:_LINKS_KEPT]]


def _link(offer: Offer) -> dict[str, str | None]:
    return {
        "title": offer.title,
        "url": offer.url,
        "site": site_of(offer.url, SEARCHED),
        "price": str(offer.price.quantize(Decimal("0.01"))),
        "written": offer.written,
    }


def _keep_estimate(lookup: PriceLookup, estimate: Estimate, condition: Condition) -> bool:
    """False if there is no range, or one that says nothing, or in a currency without a rate."""
    if estimate.lowest is None or estimate.highest is None:
        return False
    if not is_sensible(estimate.lowest, estimate.highest, estimate.currency):
        return False
    lowest = convert(estimate.lowest, estimate.currency, lookup.currency)
    highest = convert(estimate.highest, estimate.currency, lookup.currency)
    if lowest is None or highest is None:
        return False
    lookup.source, lookup.condition = PriceSource.AI_ESTIMATE, condition
    lookup.lowest, lookup.highest = lowest.quantize(Decimal(1)), highest.quantize(Decimal(1))
    lookup.links = [
        {"title": "", "url": url, "site": site_of(url, ESTIMATED), "price": None, "written": None}
        for url in estimate.links
    ]
    return True


async def _tell(uow: UnitOfWork, lookup: PriceLookup) -> None:
    """Whoever waits for it sees it: cards and open pages."""
    await uow.session.flush()
    waiting = await uow.session.scalars(
        select(PriceRequest.conversation_id)
        .where(PriceRequest.tenant_id == uow.tenant_id, PriceRequest.lookup_id == lookup.id)
        .order_by(PriceRequest.asked_at.desc())
        .limit(_CARDS_TOLD)
    )
    await touch(uow, *dict.fromkeys(waiting))
