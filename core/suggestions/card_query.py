"""Reads what cards show: one statement for any number of cards, for the road is hot.

A second reads what has come of their turns, where something has (`card_progress`). Read a moment
later it may know more than the first: whatever it knows has asked for the card to be drawn again.

The same statement serves the drain, which draws the cards of all stores at once, and a tap, which
reads one card of its own store: every join carries the tenant.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.kernel.errors import not_found
from core.kernel.uow import TenantUnit
from core.suggestions.card import (
    AttachmentShown,
    CardView,
    MessageShown,
    Reader,
    ThreadShown,
    TurnShown,
)
from core.suggestions.card_progress import MOVED_ON, NOTHING, Progress, progress_of

# A card holds 4096 units: longer heads than this could never be shown.
_LONGEST_HEAD = 4200
_LONGEST_EARLIER = 500
_MOST_MESSAGES = 60

# A plan is made for a role: were both to share a prepared statement, each would plan it anew after
# the other, and that takes ten times as long as reading the card.
_OF_ALL_STORES, _OF_ONE_STORE = "-- of all stores", "-- of one store"
# What has come of the turn is read by another statement, for most cards nothing has. The words of a
# turn are read once, however many operators have its card. A message's id is made when it is
# received, as its episode's is: none is older by a minute, and so but a few partitions are looked at.
_CARDS = """
WITH asked AS MATERIALIZED (
    SELECT c.tenant_id, c.id, c.chat_id, c.message_id, c.view AS page, c.repeats, c.user_id,
        t.conversation_id, t.episode_id, t.id AS turn_id, t.state AS turn_state,
        t.opened_at AS turn_opened_at, t.first_message_id
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
SELECT c.*, c.turn_id = v.turn_id AS newest, v.turn_id AS newest_turn_id,
    NOT EXISTS (SELECT FROM memberships m WHERE m.tenant_id = c.tenant_id
        AND m.user_id = c.user_id AND m.ended_at IS NULL) AS reader_left,
    u.language, coalesce(u.time_zone, st.time_zone) AS time_zone,
    v.id AS thread_id, v.number, v.status, v.mode, v.unread_count, v.waiting_since,
    a.kind AS channel, k.name AS customer, assignee.name AS assignee, said.messages,
    MOVED_ON AS moved_on
FROM asked c
JOIN users u ON u.id = c.user_id
JOIN conversations v ON v.tenant_id = c.tenant_id AND v.id = c.conversation_id
JOIN tenant_settings st ON st.tenant_id = c.tenant_id
JOIN channel_accounts a ON a.tenant_id = v.tenant_id AND a.id = v.account_id
JOIN customers k ON k.tenant_id = v.tenant_id AND k.id = v.customer_id
LEFT JOIN said ON said.turn_id = c.turn_id
LEFT JOIN users assignee ON assignee.id = v.assignee_id
""".replace("MOVED_ON", MOVED_ON)


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
    came = await progress_of(
        sql, [(row["tenant_id"], row["id"]) for row in rows if row["moved_on"]], role
    )
    return {
        row["id"]: _view(row, came.get(row["id"], NOTHING), ai_off=row["tenant_id"] in ai_off)
        for row in rows
    }


def _view(row: Any, came: Progress, *, ai_off: bool) -> CardView:
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
        suggestion=came.suggestion,
        outbound=came.outbound,
        escalation=came.escalation,
        ai_off=ai_off,
        price=came.price,
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
