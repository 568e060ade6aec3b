"""Whose webhook an address is, and whether who knocks knows the secret."""

import hmac
import time
from dataclasses import dataclass
from uuid import UUID

from core.channels.inbox import Mailbox
from core.channels.service import FLAG_OF
from core.flags.service import Flags
from core.kernel.crypto import fingerprint
from core.kernel.database import Database
from core.ports.channel import ChannelKind

# What is known of an account is asked again after this long: a disconnected one is shut by then.
_FRESH_SECONDS = 1.0
_MOST_KNOWN = 10_000

_FIND = """
SELECT tenant_id, kind, webhook_secret_hash FROM channel_accounts
WHERE id = $1 AND disconnected_at IS NULL AND webhook_secret_hash IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class _Door:
    mailbox: Mailbox
    kind: ChannelKind
    secret_hash: bytes


class Doors:
    """A process's view of the accounts that may be called by webhook, at most a second old."""

    def __init__(self, db: Database, flags: Flags) -> None:
        self._db = db
        self._flags = flags
        self._known: dict[UUID, tuple[float, _Door | None]] = {}

    async def admit(self, account_id: UUID, given: str) -> Mailbox | None:
        """Where to keep the update; None if there is no such account or the secret is wrong."""
        door = await self._door(account_id)
        if door is None or not hmac.compare_digest(fingerprint(given), door.secret_hash):
            return None
        return door.mailbox

    async def is_open(self, account_id: UUID) -> bool:
        """Whether the store's flag for this kind is on; if not, the channel shall try later."""
        door = await self._door(account_id)
        return door is not None and await self._flags.on(FLAG_OF[door.kind], door.mailbox.tenant_id)

    async def _door(self, account_id: UUID) -> _Door | None:
        now = time.monotonic()
        known = self._known.get(account_id)
        if known is not None and now - known[0] < _FRESH_SECONDS:
            return known[1]
        async with self._db.hot_platform() as sql:
            row = await sql.fetchrow(_FIND, account_id)
        door = None
        if row is not None:
            mailbox = Mailbox(row["tenant_id"], account_id)
            door = _Door(mailbox, ChannelKind(row["kind"]), row["webhook_secret_hash"])
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[account_id] = (now, door)
        return door
