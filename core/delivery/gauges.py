"""The queue of all stores, for whoever watches over the product: read anew at each look."""

from datetime import timedelta
from typing import TYPE_CHECKING

from core.delivery.models import OutboundState
from core.delivery.queue import MOST_COUNTED
from core.kernel.metrics import (
    OLDEST_DUE_SECONDS,
    OUTBOUND_DEPTH,
    OUTBOUND_LAST_HOUR,
    OUTBOUND_LATENESS,
)

if TYPE_CHECKING:
    from core.app import App

_LOOKED_BACK = timedelta(hours=1)
_MOST_MEASURED = 50_000
_DEPTHS = """
SELECT
    (SELECT count(*) FROM (SELECT FROM outbound_messages WHERE state = 'scheduled' LIMIT $2) d)
        AS scheduled,
    (SELECT count(*) FROM (SELECT FROM outbound_messages WHERE state IN ('claimed', 'sending')
        LIMIT $2) d) AS sending,
    (SELECT count(*) FROM (SELECT FROM outbound_messages WHERE state = 'unsure' LIMIT $2) d)
        AS unsure,
    (SELECT count(*) FROM (SELECT FROM outbound_messages WHERE state = 'parked' LIMIT $2) d)
        AS parked,
    (SELECT min(o.due_at) FROM channel_accounts a CROSS JOIN LATERAL (
        SELECT due_at FROM outbound_messages WHERE account_id = a.id AND state = 'scheduled'
        AND due_at <= $1 ORDER BY due_at LIMIT 1) o) AS oldest
"""
_ENDED = """
SELECT o.state, count(*) AS n, percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY late) AS late
FROM tenants t CROSS JOIN LATERAL (
    SELECT state, greatest(0, extract(epoch FROM settled_at - planned_for))::float8 AS late
    FROM outbound_messages WHERE tenant_id = t.id AND settled_at > $1
    ORDER BY settled_at DESC LIMIT $2
) o GROUP BY o.state
"""


async def measure(app: "App") -> None:
    """Depth, age, outcomes and lateness, into the gauges of this process."""
    now = app.clock.now()
    async with app.db.hot_platform() as sql:
        depths = await sql.fetchrow(_DEPTHS, now, MOST_COUNTED)
        ended = await sql.fetch(_ENDED, now - _LOOKED_BACK, _MOST_MEASURED)
    if depths is None:
        return
    for state in ("scheduled", "sending", "unsure", "parked"):
        OUTBOUND_DEPTH.labels(state).set(depths[state])
    oldest = depths["oldest"]
    OLDEST_DUE_SECONDS.set(0.0 if oldest is None else (now - oldest).total_seconds())
    counts = {row["state"]: row["n"] for row in ended}
    for outcome in ("sent", "rejected", "unsure", "parked", "cancelled"):
        OUTBOUND_LAST_HOUR.labels(outcome).set(counts.get(outcome, 0))
    sent = next((row["late"] for row in ended if row["state"] == OutboundState.SENT), (0.0, 0.0))
    for quantile, seconds in zip(("0.5", "0.99"), sent, strict=True):
        OUTBOUND_LATENESS.labels(quantile).set(seconds)
