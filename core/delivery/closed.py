"""Replies through accounts that nobody will open again: no drain would ever look at them.

What has not gone out is refused, so that the operator learns and the draft is free; what was being
sent when its host died is in doubt.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.delivery.models import OutboundState
from core.delivery.settle import Sending, settle
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.channel import Rejected, SendOutcome, Unsure

if TYPE_CHECKING:
    from core.app import App

_MOST_AT_ONCE = 100
_LEASE = timedelta(minutes=1)  # of one transaction: nobody sees it

_CLOSED = """
SELECT o.tenant_id, o.id, o.conversation_id FROM channel_accounts a
JOIN outbound_messages o ON o.tenant_id = a.tenant_id AND o.account_id = a.id
WHERE (a.disconnected_at IS NOT NULL OR a.state IN ('logged_out', 'banned'))
  AND o.state IN ('scheduled', 'claimed', 'sending') AND o.due_at <= $1
  AND (o.state = 'scheduled' OR o.lease_until IS NULL OR o.lease_until < $1)
ORDER BY o.tenant_id, o.id LIMIT $2
"""
_LOCK = """
SELECT FROM conversations WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE
"""
# The account may have been connected anew, or the reply taken back, since we looked.
_TAKE = """
UPDATE outbound_messages o SET state = 'sending', lease_token = $3, lease_until = $4
FROM (
    SELECT d.tenant_id, d.id, d.state AS was FROM outbound_messages d
    JOIN channel_accounts a ON a.tenant_id = d.tenant_id AND a.id = d.account_id
    WHERE d.tenant_id = $1 AND d.id = $2 AND d.state IN ('scheduled', 'claimed', 'sending')
      AND (d.state = 'scheduled' OR d.lease_until IS NULL OR d.lease_until < $5)
      AND (a.disconnected_at IS NOT NULL OR a.state IN ('logged_out', 'banned'))
    FOR UPDATE OF d
) taken
WHERE o.tenant_id = taken.tenant_id AND o.id = taken.id
RETURNING o.tenant_id, o.id, o.conversation_id, o.account_id, o.external_chat_id, o.text, o.author,
    o.author_user_id, o.suggestion_id, o.turn_id, o.provider_key, o.due_at, o.attempts, taken.was
"""


async def refuse_unsendable(app: "App") -> int:
    """Settle what is due through closed accounts; returns how many replies that were."""
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch(_CLOSED, app.clock.now(), _MOST_AT_ONCE)
    settled = 0
    for row in rows:
        async with app.uow(row["tenant_id"]) as uow:
            settled += await _settle(uow, row["id"], row["conversation_id"])
    return settled


async def _settle(uow: UnitOfWork, outbound_id: UUID, conversation_id: UUID) -> int:
    sql: Any = await uow.sql()
    token, now = new_id(), uow.clock.now()
    await sql.execute(_LOCK, uow.tenant_id, conversation_id)
    row = await sql.fetchrow(_TAKE, uow.tenant_id, outbound_id, token, now + _LEASE, now)
    if row is None:
        return 0
    *claimed, was = row
    unsent = was in (OutboundState.SCHEDULED, OutboundState.CLAIMED)
    outcome: SendOutcome = Rejected("channel.closed") if unsent else Unsure("channel.interrupted")
    return await settle(uow, [(Sending(token, *claimed), outcome)])
