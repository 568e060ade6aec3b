"""What has come of the turns that cards show: a draft, a reply, an escalation, a price asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from core.delivery.queue import waits_for
from core.pricing.queries import PRICE_COLUMNS, PriceShown, price_of
from core.suggestions.card import EscalationShown, OutboundShown, SourceShown, SuggestionShown

# Whether there is anything to read: of a card's turn `c` in its conversation `v`. With each of them
# left out, a card nobody has touched takes a third less to read.
MOVED_ON = """(
        EXISTS (SELECT FROM suggestions x WHERE x.tenant_id = c.tenant_id AND x.turn_id = c.turn_id)
        OR EXISTS (SELECT FROM outbound_messages x WHERE x.tenant_id = c.tenant_id
            AND x.conversation_id = c.conversation_id AND x.turn_id = c.turn_id)
        OR EXISTS (SELECT FROM escalations x WHERE x.tenant_id = c.tenant_id
            AND x.conversation_id = c.conversation_id AND x.status = 'pending')
        OR EXISTS (SELECT FROM price_requests x WHERE x.tenant_id = c.tenant_id
            AND x.turn_id = c.turn_id))"""
# A draft for words that are no longer the last ones is void: nobody is offered it.
_PROGRESS = f"""
SELECT c.id AS card_id,
    s.id AS s_id, s.version, s.status AS s_status, s.text AS s_text, s.intent, s.score, s.reasons,
    s.sources::text AS sources, s.unbound, s.doubts::text AS doubts, s.failure, s.decided_at,
    s.reason, s.editing_until, decider.name AS decided_by, editor.name AS editing_by,
    o.id AS o_id, o.state AS o_state, o.text AS o_text, o.author, o.due_at, o.settled_at,
    o.problem, a.state AS a_state, a.state_reason AS a_reason, sender.name AS author_name,
    e.reason AS e_reason, e.opened_at AS e_opened_at, opener.name AS e_by,
    {PRICE_COLUMNS}
FROM unnest($1::uuid[], $2::uuid[]) AS keys(tenant_id, id)
JOIN cards c ON c.tenant_id = keys.tenant_id AND c.id = keys.id
JOIN conversations v ON v.tenant_id = c.tenant_id AND v.id = c.conversation_id
JOIN channel_accounts a ON a.tenant_id = v.tenant_id AND a.id = v.account_id
LEFT JOIN LATERAL (
    SELECT * FROM suggestions x WHERE x.tenant_id = c.tenant_id AND x.turn_id = c.turn_id
      AND (x.status <> 'pending' OR x.fence = v.version)
    ORDER BY x.id DESC LIMIT 1
) s ON true
LEFT JOIN users decider ON decider.id = s.decided_by
LEFT JOIN users editor ON editor.id = s.editing_by
LEFT JOIN LATERAL (
    SELECT * FROM outbound_messages x
    WHERE x.tenant_id = c.tenant_id AND x.conversation_id = c.conversation_id
      AND x.turn_id = c.turn_id
    ORDER BY x.id DESC LIMIT 1
) o ON true
LEFT JOIN users sender ON sender.id = o.author_user_id
LEFT JOIN escalations e ON e.tenant_id = v.tenant_id AND e.conversation_id = v.id
    AND e.status = 'pending'
LEFT JOIN users opener ON opener.id = e.opened_by
LEFT JOIN price_requests asking ON asking.tenant_id = c.tenant_id AND asking.turn_id = c.turn_id
LEFT JOIN price_lookups price
    ON price.tenant_id = asking.tenant_id AND price.id = asking.lookup_id
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a turn has come."""

    suggestion: SuggestionShown | None = None
    outbound: OutboundShown | None = None
    escalation: EscalationShown | None = None
    price: PriceShown | None = None


NOTHING = Progress()


async def progress_of(
    sql: Any, keys: Sequence[tuple[UUID, UUID]], role: str
) -> dict[UUID, Progress]:
    """Of cards by (tenant, id); `role`: a comment that keeps each role's plan apart."""
    if not keys:
        return {}
    tenants, ids = [tenant for tenant, _ in keys], [card for _, card in keys]
    rows = await sql.fetch(_PROGRESS + role, tenants, ids)
    return {row["card_id"]: _progress(row) for row in rows}


def _progress(row: Any) -> Progress:
    return Progress(
        suggestion=_suggestion(row) if row["s_id"] else None,
        outbound=_outbound(row) if row["o_id"] else None,
        escalation=(
            EscalationShown(row["e_reason"], row["e_by"], row["e_opened_at"])
            if row["e_opened_at"]
            else None
        ),
        price=price_of(row) if row["price_id"] else None,
    )


def _suggestion(row: Any) -> SuggestionShown:
    return SuggestionShown(
        id=row["s_id"],
        version=row["version"],
        status=row["s_status"],
        text=row["s_text"],
        intent=row["intent"],
        score=row["score"],
        reasons=tuple(row["reasons"]),
        sources=tuple(
            _source(source) for source in orjson.loads(row["sources"]) if source.get("used", True)
        ),
        unbound=tuple(row["unbound"]),
        failure=row["failure"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
        editing_by=row["editing_by"],
        editing_until=row["editing_until"],
        doubts=tuple((one["kind"], one["text"]) for one in orjson.loads(row["doubts"])),
    )


def _source(source: Mapping[str, Any]) -> SourceShown:
    price = source.get("price")
    return SourceShown(
        kind=source.get("kind", "document"),
        title=source.get("title", ""),
        price=None if price is None else Decimal(str(price)),
        currency=source.get("currency"),
        stock=source.get("stock"),
    )


def _outbound(row: Any) -> OutboundShown:
    return OutboundShown(
        id=row["o_id"],
        state=row["o_state"],
        text=row["o_text"],
        author=row["author"],
        author_name=row["author_name"],
        due_at=row["due_at"],
        settled_at=row["settled_at"],
        problem=row["problem"],
        waits_for=waits_for(row["o_state"], row["a_state"], row["a_reason"]),
    )
