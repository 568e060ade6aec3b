"""Words of a customer's that nobody could read: put aside, and the store's leaders are told.

They hear of it at once, and of what follows on the same account once an hour, all together.
"""

from datetime import timedelta

from core.channels import inbox
from core.channels.inbox import ClaimedUpdate
from core.identity.duty import leaders
from core.kernel.uow import TenantUnit
from core.notifications.notices import Repeated, tell_repeated

_TOLD_EVERY = timedelta(hours=1)

# Of a chat that has been read before it is known whose it is.
_ABOUT = """
SELECT a.name AS channel, u.received_at, k.name AS customer, c.number
FROM channel_updates u
JOIN channel_accounts a ON a.tenant_id = u.tenant_id AND a.id = u.account_id
LEFT JOIN conversations c ON c.tenant_id = u.tenant_id AND c.account_id = u.account_id
    AND c.external_chat_id = u.lane
LEFT JOIN customers k ON k.tenant_id = c.tenant_id AND k.id = c.customer_id
WHERE u.tenant_id = $1 AND u.id = $2
"""


async def set_aside(uow: TenantUnit, update: ClaimedUpdate, problem: str) -> None:
    """Give up on reading it, in the transaction that says so to the people it was meant for."""
    await inbox.park(uow, update, problem)
    sql = await uow.sql()
    row = await sql.fetchrow(_ABOUT, uow.tenant_id, update.id)
    assert row is not None  # noqa: S101 - parked this very moment
    who = {"name": row["customer"], "number": row["number"]} if row["customer"] else None
    await tell_repeated(
        uow,
        await leaders(uow),
        "notice.unread",
        Repeated(update.account_id, who, _TOLD_EVERY),
        {"channel": row["channel"], "since": row["received_at"].isoformat()},
    )
