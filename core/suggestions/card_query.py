"""Reads what cards show: one statement for any number of cards, for the road is hot.

The same statement serves the drain, which draws the cards of all stores at once, and a tap, which
reads one card of its own store: every join carries the tenant.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from core.delivery.queue import waits_for
from core.kernel.errors import not_found
from core.kernel.uow import TenantUnit
from core.pricing.queries import PRICE_COLUMNS, price_of
from core.suggestions.card import (
    AttachmentShown,
    CardView,
    EscalationShown,
    MessageShown,
    OutboundShown,
    Reader,
    SourceShown,
    SuggestionShown,
    ThreadShown,
    TurnShown,
)

# A card holds 4096 units: longer heads than this could never be shown.
_LONGEST_HEAD = 4200
_LONGEST_EARLIER = 500
_MOST_MESSAGES = 60

# A plan is made for a role: were both to share a prepared statement, each would plan it anew after
# the other, and that takes ten times as long as reading the card.
_OF_ALL_STORES, _OF_ONE_STORE = "-- of all stores", "-- of one store"
# A draft for words that are no longer the last ones is void: nobody is offered it. The words of a
# turn are read once, however many operators have its card. A message's id is made when it is
# received, as its episode's is: none is older by a minute, and so but a few partitions are looked at.
_CARDS = """
WITH asked AS MATERIALIZED (
    SELECT c.tenant_id, c.id, t.conversation_id, t.episode_id, t.id AS turn_id
    FROM unnest($1::uuid[], $2::uuid[]) AS keys(tenant_id, id)
    JOIN cards c ON c.tenant_id = keys.tenant_id AND c.id = keys.id
    JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id
), said AS MATERIALIZED (
    SELECT turn.turn_id, array_agg(
        ROW(m.in_turn, m.id, m.author, u.name, m.text, m.length, m.reply_to_text,
            m.edited_at IS NOT NULL, m.deleted_at IS NOT NULL, m.at, f.files)
        ORDER BY m.id) AS messages
    FROM (
        SELECT DISTINCT tenant_id, conversation_id, episode_id, turn_id,
            (lpad(to_hex((extract(epoch FROM uuid_extract_timestamp(episode_id)) * 1000)::bigint
                         - 60000), 12, '0') || repeat('0', 20))::uuid AS since
        FROM asked
    ) turn
    CROSS JOIN LATERAL (
        SELECT x.*, char_length(x.text) AS length,
            x.turn_id = turn.turn_id AND x.direction = 'in' AS in_turn
        FROM messages x
        WHERE x.tenant_id = turn.tenant_id AND x.conversation_id = turn.conversation_id
          AND x.episode_id = turn.episode_id AND x.id >= turn.since
        ORDER BY x.id DESC LIMIT $3
    ) x
    CROSS JOIN LATERAL (
        SELECT x.id, x.author, x.author_user_id, x.reply_to_text, x.edited_at, x.deleted_at, x.at,
            x.in_turn, x.length, x.tenant_id,
            left(x.text, CASE WHEN x.in_turn THEN $4::int ELSE $5::int END) AS text
    ) m
    LEFT JOIN users u ON u.id = m.author_user_id
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object('kind', g.kind, 'name', g.file_name, 'state', g.state)
                        ORDER BY g.position)::text AS files
        FROM attachments g WHERE g.tenant_id = m.tenant_id AND g.message_id = m.id
    ) f ON m.in_turn OR m.text = ''
    GROUP BY turn.turn_id
)
SELECT c.tenant_id, c.id, c.chat_id, c.message_id, c.view AS page, c.repeats,
    c.turn_id = v.turn_id AS newest, v.turn_id AS newest_turn_id,
    NOT EXISTS (SELECT FROM memberships m WHERE m.tenant_id = c.tenant_id
        AND m.user_id = c.user_id AND m.ended_at IS NULL) AS reader_left,
    c.user_id, u.language, coalesce(u.time_zone, st.time_zone) AS time_zone,
    v.id AS thread_id, v.number, v.status, v.mode, v.unread_count, v.waiting_since,
    a.kind AS channel, k.name AS customer, assignee.name AS assignee,
    t.id AS turn_id, t.state AS turn_state, t.opened_at AS turn_opened_at, t.episode_id,
    t.first_message_id,
    s.id AS s_id, s.version, s.status AS s_status, s.text AS s_text, s.intent, s.score, s.reasons,
    s.sources::text AS sources, s.unbound, s.doubts::text AS doubts, s.failure, s.decided_at, s.reason, s.editing_until,
    decider.name AS decided_by, editor.name AS editing_by,
    o.id AS o_id, o.state AS o_state, o.text AS o_text, o.author, o.due_at, o.settled_at,
    o.problem, said.messages, a.state AS a_state, a.state_reason AS a_reason, sender.name AS author_name,
    e.reason AS e_reason, e.opened_at AS e_opened_at, opener.name AS e_by,
    PRICE_COLUMNS
FROM asked
JOIN cards c ON c.tenant_id = asked.tenant_id AND c.id = asked.id
JOIN users u ON u.id = c.user_id
JOIN conversations v ON v.tenant_id = c.tenant_id AND v.id = c.conversation_id
JOIN tenant_settings st ON st.tenant_id = c.tenant_id
JOIN channel_accounts a ON a.tenant_id = v.tenant_id AND a.id = v.account_id
JOIN customers k ON k.tenant_id = v.tenant_id AND k.id = v.customer_id
JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id
LEFT JOIN said ON said.turn_id = t.id
LEFT JOIN users assignee ON assignee.id = v.assignee_id
LEFT JOIN LATERAL (
    SELECT * FROM suggestions x WHERE x.tenant_id = t.tenant_id AND x.turn_id = t.id
      AND (x.status <> 'pending' OR x.fence = v.version)
    ORDER BY x.id DESC LIMIT 1
) s ON true
LEFT JOIN users decider ON decider.id = s.decided_by
LEFT JOIN users editor ON editor.id = s.editing_by
LEFT JOIN LATERAL (
    SELECT * FROM outbound_messages x
    WHERE x.tenant_id = t.tenant_id AND x.conversation_id = t.conversation_id AND x.turn_id = t.id
    ORDER BY x.id DESC LIMIT 1
) o ON true
LEFT JOIN users sender ON sender.id = o.author_user_id
LEFT JOIN escalations e ON e.tenant_id = v.tenant_id AND e.conversation_id = v.id
    AND e.status = 'pending'
LEFT JOIN users opener ON opener.id = e.opened_by
LEFT JOIN price_requests asking ON asking.tenant_id = t.tenant_id AND asking.turn_id = t.id
LEFT JOIN price_lookups price
    ON price.tenant_id = asking.tenant_id AND price.id = asking.lookup_id
""".replace("PRICE_COLUMNS", PRICE_COLUMNS)


async def card_of(uow: TenantUnit, card_id: UUID) -> CardView:
    """One card of this store, or NOT_FOUND."""
    found = await _read(await uow.sql(), [(uow.tenant_id, card_id)], _OF_ONE_STORE)
    if not found:
        raise not_found("cards")
    return found[card_id]


async def cards_of(
    sql: Any, keys: Sequence[tuple[UUID, UUID]], *, ai_off: Collection[UUID] = ()
) -> dict[UUID, CardView]:
    """Cards by (tenant, id); those that are no more are left out. `ai_off`: tenants without AI."""
    return await _read(sql, keys, _OF_ALL_STORES, ai_off=ai_off)


async def _read(
    sql: Any, keys: Sequence[tuple[UUID, UUID]], role: str, *, ai_off: Collection[UUID] = ()
) -> dict[UUID, CardView]:
    tenants, ids = [tenant for tenant, _ in keys], [card for _, card in keys]
    rows = await sql.fetch(
        _CARDS + role, tenants, ids, _MOST_MESSAGES, _LONGEST_HEAD, _LONGEST_EARLIER
    )
    return {row["id"]: _view(row, ai_off=row["tenant_id"] in ai_off) for row in rows}


def _view(row: Any, *, ai_off: bool) -> CardView:
    return CardView(
        tenant_id=row["tenant_id"],
        id=row["id"],
        chat_id=row["chat_id"],
        message_id=row["message_id"],
        page=row["page"],
        repeats=row["repeats"],
        newest=row["newest"],
        newest_turn_id=row["newest_turn_id"],
        reader=Reader(row["user_id"], row["language"], row["time_zone"], left=row["reader_left"]),
        thread=ThreadShown(
            id=row["thread_id"],
            number=row["number"],
            status=row["status"],
            mode=row["mode"],
            channel=row["channel"],
            customer=row["customer"],
            unread=row["unread_count"],
            waiting_since=row["waiting_since"],
            assignee=row["assignee"],
        ),
        turn=_turn(row),
        suggestion=_suggestion(row) if row["s_id"] else None,
        outbound=_outbound(row) if row["o_id"] else None,
        escalation=(
            EscalationShown(row["e_reason"], row["e_by"], row["e_opened_at"])
            if row["e_opened_at"]
            else None
        ),
        ai_off=ai_off,
        price=price_of(row) if row["price_id"] else None,
    )


def _turn(row: Any) -> TurnShown:
    messages = [(in_turn, _message(*said)) for in_turn, *said in row["messages"] or ()]
    newest = tuple(message for in_turn, message in messages if in_turn)
    first: UUID = row["first_message_id"]
    # The turn's own first message fell off the end of what was read: say that there is more.
    cut_off = bool(newest) and newest[0].id != first and len(messages) >= _MOST_MESSAGES
    return TurnShown(
        id=row["turn_id"],
        state=row["turn_state"],
        opened_at=row["turn_opened_at"],
        messages=newest,
        earlier=tuple(m for in_turn, m in messages if not in_turn and m.id < first),
        hidden=cut_off,
    )


def _message(
    id_: UUID,
    author: str,
    author_name: str | None,
    text: str,
    length: int,
    reply_to: str | None,
    edited: bool,  # noqa: FBT001 - columns, in their order
    deleted: bool,  # noqa: FBT001
    at: datetime,
    files: str | None,
) -> MessageShown:
    attachments = tuple(
        AttachmentShown(file["kind"], file["name"], file["state"] == "too_big")
        for file in (orjson.loads(files) if files else ())
    )
    return MessageShown(
        id_, author, author_name, text, length, reply_to, edited, deleted, at, attachments
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
