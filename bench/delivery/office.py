"""What all who plan replies share, and whoever keeps enough of them on their way."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg

from bench.delivery.world import DOWN, World, insist
from core.conversations.models import Author
from core.kernel.ids import new_id

if TYPE_CHECKING:
    from bench.delivery.pressers import Press

# Through each account: how many may go out at this moment, and how many may be on their way at all
# (what died waits before it is tried again, and what stands behind it waits too).
_MOST_DUE, _MOST_OPEN = 40, 160
_PACE_SECONDS = 0.05
# Some are due a little later than what is planned behind them: order must not come from the hour.
_LATER_SHARE, _LATER_SECONDS = 0.3, 0.4
# The store's own texts go out by themselves; the model's have no licence here, and may not.
_AUTHORS = {Author.OPERATOR: 60, Author.SYSTEM: 33, Author.AI: 7}
_LOCK = "SELECT FROM conversations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
_OPEN = """
SELECT o.account_id, count(*) AS open,
    count(*) FILTER (WHERE o.state = 'scheduled' AND o.due_at <= now() AND NOT EXISTS (
        SELECT FROM outbound_messages p
        WHERE p.tenant_id = o.tenant_id AND p.conversation_id = o.conversation_id AND p.seq < o.seq
          AND p.state IN ('scheduled', 'claimed', 'sending'))) AS due
FROM outbound_messages o WHERE o.state IN ('scheduled', 'claimed', 'sending') GROUP BY 1
"""
# What `plan` writes, for many conversations in one statement: the exam's own cost must be small.
_PLAN = """
INSERT INTO outbound_messages (tenant_id, id, conversation_id, account_id, seq, request_key,
    provider_key, external_chat_id, text, author, fence, due_at, planned_for, created_at)
SELECT c.tenant_id, p.id, c.id, c.account_id,
    1 + (SELECT coalesce(max(o.seq), 0) FROM outbound_messages o
         WHERE o.tenant_id = c.tenant_id AND o.conversation_id = c.id),
    p.text, gen_random_uuid(), c.external_chat_id, p.text,
    p.author, CASE WHEN p.author <> 'operator' THEN c.version END,
    now() + p.later * interval '1 second', now() + p.later * interval '1 second', now()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::float8[])
    AS p(conversation_id, id, text, author, later)
JOIN conversations c ON c.id = p.conversation_id
ON CONFLICT DO NOTHING
"""


@dataclass
class Office:
    """What all of them share: the pace, and what they were told."""

    world: World
    dice: random.Random
    answered: set[UUID] = field(default_factory=set)
    moved_on: set[str] = field(default_factory=set)
    presses: list["Press"] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    ended: bool = False
    _number: int = 0

    def later(self) -> float:
        """In how many seconds a reply is due: mostly at once."""
        return self.dice.random() * _LATER_SECONDS if self.dice.random() < _LATER_SHARE else 0.0

    def words(self) -> str:
        """A text that no other reply has."""
        self._number += 1
        return f"ответ {self._number:06d}"

    async def room(self) -> bool:
        """A pause; False once the day is over."""
        await asyncio.sleep(self.dice.random() * 0.2)
        return not self.ended


async def feeder(office: Office) -> None:
    """Keeps enough on its way for whoever dies: a third of it is to go out by itself."""
    world = office.world
    kinds = {world.accounts[kind].id: threads for kind, threads in world.threads.items()}
    sql: asyncpg.Connection | None = None
    while not office.ended:
        await asyncio.sleep(_PACE_SECONDS)
        try:
            if sql is None or sql.is_closed():
                sql = await world.sql()
                await sql.execute("SET enable_seqscan = off")  # nobody has counted the rows
            rows = {row["account_id"]: row for row in await sql.fetch(_OPEN)}
        except DOWN:
            continue
        chosen: list[UUID] = []
        for account_id, threads in kinds.items():
            row = rows.get(account_id)
            due, on_its_way = (row["due"], row["open"]) if row else (0, 0)
            wanted = min(_MOST_DUE - due, _MOST_OPEN - on_its_way, len(threads))
            if wanted >= _MOST_DUE // 4:
                chosen += office.dice.sample(threads, wanted)
        if not chosen:
            continue
        ids = [new_id() for _ in chosen]
        texts = [office.words() for _ in chosen]
        authors = office.dice.choices(list(_AUTHORS), list(_AUTHORS.values()), k=len(chosen))
        later = [office.later() for _ in chosen]

        async def plan() -> None:
            nonlocal sql
            if sql is None or sql.is_closed():
                sql = await world.sql()
            async with sql.transaction():
                await sql.execute(_LOCK, chosen)  # noqa: B023 - awaited here
                await sql.execute(_PLAN, chosen, ids, texts, authors, later)  # noqa: B023

        await insist(plan)
        office.answered.update(ids)
        office.counts["fed"] += len(chosen)
    if sql is not None:
        sql.terminate()
