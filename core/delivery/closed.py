"""Replies through accounts that nobody will open again: no drain would ever look at them.

What has not gone out is refused, so that the operator learns and the draft is free; what was being
sent when its host died is in doubt.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from core.delivery.models import OutboundState
from core.delivery.outcomes import COLUMNS, Outcome, Sending
from core.delivery.settle import settle
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.ports.channel import Rejected, Unsure

if TYPE_CHECKING:
    from core.app import App

_MOST_AT_ONCE = 100
_LEASE = timedelta(minutes=1)  # of one transaction: nobody sees it

_CLOSED = """
SELECT o.tenant_id, o.id, o.conversation_id FROM channel_accounts a CROSS JOIN LATERAL (
    (SELECT d.tenant_id, d.id, d.conversation_id FROM outbound_messages d
     WHERE d.account_id = a.id AND d.state = 'scheduled' AND d.due_at <= $1 LIMIT $2)
    UNION ALL
    (SELECT d.tenant_id, d.id, d.conversation_id FROM outbound_messages d
     WHERE d.account_id = a.id AND d.state IN ('claimed', 'sending')
       AND (d.lease_until IS NULL OR d.lease_until < $1) LIMIT $2)
) o
WHERE a.disconnected_at IS NOT NULL OR a.state IN ('logged_out', 'banned')
ORDER BY o.tenant_id, o.id LIMIT $2
"""
_LOCK = """
SELECT FROM conversations WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE
"""
# The account may have been connected anew, or the reply taken back, since we looked.
_TAKE = f"""
UPDATE outbound_messages o SET state = 'sending', lease_token = $3, lease_until = $4
FROM (
    SELECT d.tenant_id, d.id, d.state AS was, d.doubted_at FROM outbound_messages d
    JOIN channel_accounts a ON a.tenant_id = d.tenant_id AND a.id = d.account_id
    WHERE d.tenant_id = $1 AND d.id = $2 AND d.state IN ('scheduled', 'claimed', 'sending')
      AND (d.state = 'scheduled' OR d.lease_until IS NULL OR d.lease_until < $5)
      AND (a.disconnected_at IS NOT NULL OR a.state IN ('logged_out', 'banned'))
    FOR UPDATE OF d
) taken
WHERE o.tenant_id = taken.tenant_id AND o.id = taken.id
RETURNING {COLUMNS}, taken.was, taken.doubted_at
"""  # noqa: S608 - a constant


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
    *claimed, was, doubted_at = row
    unsent = was in (OutboundState.SCHEDULED, OutboundState.CLAIMED) and doubted_at is None
    outcome: Outcome = Rejected("channel.closed") if unsent else Unsure("channel.interrupted")
    return await settle(uow, [(Sending(*claimed), outcome)])
