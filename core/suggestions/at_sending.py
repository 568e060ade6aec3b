"""The last look at a reply, at the moment of sending: prices and stock are compared once more.

Between approval and sending lie the undo, a hold, perhaps a night. A reply whose price is another
by then is held: its draft is pending again with the price of now, and the card says why.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.conversations.models import Conversation
from core.decision.gate import still_allowed
from core.delivery.models import OutboundMessage, OutboundState
from core.delivery.outcomes import Sending
from core.kernel.uow import UnitOfWork
from core.notifications.cards import touch
from core.suggestions.decide import reopen_turn
from core.suggestions.doubts import Doubt, DoubtKind
from core.suggestions.models import Suggestion
from core.suggestions.pricing import as_of_now, brought_up_to_date, moved_stock
from core.suggestions.slots import money
from core.suggestions.sources import restore

if TYPE_CHECKING:
    import asyncpg

    from core.app import App

PRICE_CHANGED, STOCK_CHANGED = "outbound.price_changed", "outbound.stock_changed"

# Those alone whose product's row is another than the draft was shown with: nearly always none.
_SUSPECTS = """
SELECT DISTINCT o.tenant_id, o.id
FROM unnest($1::uuid[], $2::uuid[]) AS asked(tenant_id, id)
JOIN outbound_messages o ON o.tenant_id = asked.tenant_id AND o.id = asked.id
JOIN suggestions s ON s.tenant_id = o.tenant_id AND s.id = o.suggestion_id
CROSS JOIN LATERAL jsonb_array_elements(s.sources) AS kept
LEFT JOIN products p ON p.tenant_id = o.tenant_id AND p.id = (kept->>'id')::uuid
    AND p.deleted_at IS NULL
WHERE kept->>'kind' = 'product' AND (kept->>'used')::boolean
  AND (p.id IS NULL OR p.price IS DISTINCT FROM (kept->>'price')::numeric
       OR p.currency IS DISTINCT FROM kept->>'currency'
       OR p.stock IS DISTINCT FROM (kept->>'stock')::integer)
"""


async def may_not_go_out(app: "App", uow: UnitOfWork, outbound_id: UUID) -> str | None:
    """Why a reply may not go out by itself at this moment, as a key of locales; None if it may.

    Locks, licence and breaker first, then the prices of now. The conversation is locked.
    """
    reason = await still_allowed(uow, outbound_id, app.settings.flags)
    return f"reason.{reason}" if reason else await untrue(uow, outbound_id)


class LastLook:
    """What the sending of replies asks of this room; see `core.delivery.drain`."""

    async def suspects(self, sql: Any, replies: Collection[tuple[UUID, UUID]]) -> Collection[UUID]:
        return await suspects(sql, replies)

    async def held(self, uow: UnitOfWork, sending: Sending) -> bool:
        why = await untrue(uow, sending.id)
        return why is not None and await hold(uow, sending.id, why, token=sending.token)


async def suspects(
    sql: "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]",
    replies: Collection[tuple[UUID, UUID]],
) -> set[UUID]:
    """Which of these replies, (tenant, id) each, must be looked at by `untrue`: one statement."""
    if not replies:
        return set()
    rows = await sql.fetch(
        _SUSPECTS, [tenant_id for tenant_id, _ in replies], [id_ for _, id_ in replies]
    )
    return {row["id"] for row in rows}


async def untrue(uow: UnitOfWork, outbound_id: UUID) -> str | None:
    """Why this reply must not go out: a key of locales. None if it may.

    What an operator has written is theirs; a price of the draft's they left in it is not.
    """
    outbound = await uow.get(OutboundMessage, outbound_id)
    if outbound.suggestion_id is None:
        return None
    suggestion = await uow.get(Suggestion, outbound.suggestion_id)
    kept = restore(suggestion.sources)
    now = await as_of_now(uow, kept)
    for old, new in zip(kept, now, strict=True):
        if old.price is None or (old.price, old.currency) == (new.price, new.currency):
            continue
        slots = f"{{{{price:{old.ref}" in suggestion.draft.replace(" ", "")
        if slots and (money(old.price, old.currency) in outbound.text or not suggestion.final_text):
            return PRICE_CHANGED
        if slots and suggestion.final_text == suggestion.text:
            return PRICE_CHANGED  # a price less its discount: it is written another way
    moved = [one for one in moved_stock(suggestion, now) if one not in _told(suggestion)]
    if any(one in outbound.text for one in moved) or _sold_out(suggestion, outbound, moved):
        return STOCK_CHANGED
    return None


async def hold(uow: UnitOfWork, outbound_id: UUID, why: str, *, token: UUID | None = None) -> bool:
    """Cancel a reply that is not true any more; its draft is offered anew. False if too late.

    `token`: of whoever has claimed it for sending.
    """
    outbound = await uow.get(OutboundMessage, outbound_id)
    conversation = await uow.lock(Conversation, outbound.conversation_id)
    outbound = await uow.lock(OutboundMessage, outbound_id)
    ours = outbound.state == OutboundState.SCHEDULED or (
        token is not None and outbound.lease_token == token and outbound.state not in _SETTLED
    )
    if not ours:
        return False
    outbound.state, outbound.settled_at = OutboundState.CANCELLED, uow.clock.now()
    outbound.problem = why
    outbound.lease_token = outbound.lease_until = None
    await uow.session.flush()
    await reopen_turn(uow, conversation, outbound)
    await uow.session.flush()
    if outbound.suggestion_id is not None:
        suggestion = await uow.lock(Suggestion, outbound.suggestion_id)
        own_words = "" if outbound.text == suggestion.text else outbound.text
        suggestion.doubts = [
            *(one for one in suggestion.doubts if one["kind"] != DoubtKind.HELD),
            Doubt(DoubtKind.HELD, own_words).kept(),
        ]
        await brought_up_to_date(uow, suggestion)
        await uow.session.flush()
    await touch(uow, conversation.id)
    return True


_SETTLED = (
    OutboundState.SENT,
    OutboundState.REJECTED,
    OutboundState.UNSURE,
    OutboundState.CANCELLED,
)


def _told(suggestion: Suggestion) -> set[str]:
    return {one["text"] for one in suggestion.doubts if one["kind"] == DoubtKind.STOCK}


def _sold_out(suggestion: Suggestion, outbound: OutboundMessage, moved: list[str]) -> bool:
    titles = {kept["title"] for kept in suggestion.sources}
    return outbound.text == suggestion.final_text and not titles.isdisjoint(moved)
