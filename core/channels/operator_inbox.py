"""Updates of the operators' bot, made durable before they are acknowledged.

They belong to no store: whose tap one is, is known only once it has been read.
"""

from collections.abc import Sequence

from core.kernel.database import Database
from core.kernel.nudges import TAPS
from core.ports.channel import RawUpdate

# One statement, one round trip; an update that Telegram repeats adds nothing.
_KEEP = """
INSERT INTO operator_updates (bot_id, update_id, lane, payload, received_at)
SELECT $1, u.update_id, u.lane, u.payload, now()
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS u(update_id, lane, payload)
ON CONFLICT DO NOTHING
"""


async def keep(db: Database, bot_id: int, updates: Sequence[RawUpdate]) -> int:
    """Make updates durable, in one round trip; returns how many had not been kept before.

    Returns after the commit: the caller may acknowledge them. `external_id` is the update's number.
    """
    if not updates:
        return 0
    done = await db.hot.execute(
        _KEEP,
        bot_id,
        [int(update.external_id) for update in updates],
        [update.lane for update in updates],
        [update.payload for update in updates],
    )
    new = int(done.rpartition(" ")[2])
    if new:
        db.nudge(TAPS)
    return new
