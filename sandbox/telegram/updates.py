"""A bot's queue of updates: kept until confirmed, read by polling or pushed to a webhook."""

import asyncio
from dataclasses import dataclass, field

from sandbox.live import Signal
from sandbox.sequence import Sequence
from sandbox.shapes import Json
from sandbox.telegram.errors import conflict

NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_LIMIT = 100


@dataclass(slots=True)
class Webhook:
    """`last_error` is (unix seconds, message) of the newest failed delivery."""

    url: str
    secret: str | None = None
    max_connections: int = 40
    last_error: tuple[int, str] | None = None


@dataclass(slots=True)
class UpdateQueue:
    """Pending updates by id, oldest first."""

    pending: dict[int, Json] = field(default_factory=dict)
    sequence: Sequence = field(default_factory=Sequence)
    allowed: list[str] | None = None
    webhook: Webhook | None = None
    arrived: Signal = field(default_factory=Signal)
    twice: set[int] = field(default_factory=set)
    again: list[Json] = field(default_factory=list)
    _poller: asyncio.Future[None] | None = None

    @property
    def polling(self) -> bool:
        """Whether a long poll hangs just now."""
        return self._poller is not None

    def takes(self, kind: str) -> bool:
        if self.allowed:
            return kind in self.allowed
        return kind not in NOT_BY_DEFAULT

    def put(self, kind: str, payload: Json, *, twice: bool = False) -> Json | None:
        """Queue an update; None when the bot did not ask for this kind."""
        if not self.takes(kind):
            return None
        update_id = self.sequence.take()
        update: Json = {"update_id": update_id, kind: payload}
        self.pending[update_id] = update
        if twice:
            self.twice.add(update_id)
        self.arrived.send()
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)
        return update

    def confirm(self, offset: int) -> list[int]:
        """Forget every update below `offset`; a negative one keeps only the last -offset."""
        if offset < 0:
            ids = list(self.pending)
            gone = ids[:offset] if len(ids) > -offset else []
        else:
            gone = []
            for update_id in self.pending:
                if update_id >= offset:
                    break
                gone.append(update_id)
        for update_id in gone:
            self.forget(update_id)
        return gone

    def forget(self, update_id: int) -> None:
        update = self.pending.pop(update_id)
        if update_id in self.twice:
            self.twice.discard(update_id)
            self.again.append(update)

    def batch(self, limit: int) -> list[Json]:
        """The oldest pending ones, led by those a fault sends a second time."""
        limit = min(limit, MAX_LIMIT) if limit > 0 else MAX_LIMIT
        again, self.again = self.again[:limit], self.again[limit:]
        for update in self.pending.values():
            if len(again) >= limit:
                break
            again.append(update)
        return again

    async def wait(self, seconds: float) -> None:
        """Hold a poll until something arrives; a newer poll ends it with a conflict."""
        self.end_poll()
        if seconds <= 0 or self.pending or self.again:
            return
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = poller
        try:
            async with asyncio.timeout(seconds):
                await poller
        except TimeoutError:
            pass
        finally:
            if self._poller is poller:
                self._poller = None

    def end_poll(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(
                conflict(
                    "terminated by other getUpdates request; "
                    "make sure that only one bot instance is running"
                )
            )
        self._poller = None
