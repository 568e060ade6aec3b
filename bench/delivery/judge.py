"""The verdict: what the database says of every reply, against what the messengers' side has taken."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.delivery.world import World

_OPEN = "state IN ('scheduled', 'claimed', 'sending')"
# Each table is read once: no index leads from a reply to its message.
_ROWS = """
SELECT o.id, o.conversation_id, o.seq, o.text, o.state, o.problem, o.fence IS NOT NULL AS automatic,
    a.kind, c.external_chat_id AS chat,
    coalesce(m.shown, 0) AS shown
FROM outbound_messages o
LEFT JOIN (SELECT outbound_id, count(*) AS shown FROM messages GROUP BY 1) m ON m.outbound_id = o.id
JOIN channel_accounts a ON a.id = o.account_id
JOIN conversations c ON c.tenant_id = o.tenant_id AND c.id = o.conversation_id
ORDER BY o.conversation_id, o.seq
"""


@dataclass
class Verdict:
    """Counts for the table, and every fault in words; no faults is a pass."""

    counts: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def hold(self, fault: str, found: Iterable[object]) -> None:
        found = list(found)
        self.counts[fault] = len(found)
        if found:
            self.faults.append(f"{fault}: {len(found)}, such as {found[:3]}")


async def judge(
    world: World,
    *,
    answered: Collection[UUID] = (),
    moved_on: Collection[str] = (),
    retried: Collection[str] = (),
    deaths: int = 0,
) -> Verdict:
    """`answered`: replies that were promised to somebody; `moved_on`: texts that must never arrive.

    `retried`: what a person sent again after it was parked has its place by that word alone.
    """
    verdict = Verdict()
    sql = await world.sql()
    rows = await sql.fetch(_ROWS)
    await sql.close()
    record = await world.control("record", after=0)
    taken: Counter[str] = Counter(text for _, _, text in record["taken"])
    states = Counter((row["kind"], row["state"]) for row in rows)
    verdict.counts["replies"] = len(rows)
    verdict.counts["taken by the messengers"] = len(record["taken"])
    verdict.counts["repeated under one key, taken once"] = record["repeated"]
    for (kind, state), n in sorted(states.items()):
        verdict.counts[f"{kind}: {state}"] = n
    verdict.hold("promised, and not in the database", set(answered) - {row["id"] for row in rows})
    verdict.hold(
        "lost",
        (row["text"] for row in rows if row["state"] == "sent" and not taken[row["text"]]),
    )
    ends = {"sent", "cancelled", "unsure"}
    verdict.hold(
        "never ended",
        ((r["text"], r["state"], r["problem"]) for r in rows if r["state"] not in ends),
    )
    for kind in ("keyed", "keyless"):
        here: Counter[str] = Counter(t for channel, _, t in record["taken"] if channel == kind)
        verdict.hold(f"taken twice, {kind}", (text for text, n in here.items() if n > 1))
    verdict.hold(
        "cancelled, yet sent",
        (row["text"] for row in rows if row["state"] == "cancelled" and taken[row["text"]]),
    )
    verdict.hold("the thread had moved on, yet sent", (text for text in moved_on if taken[text]))
    verdict.hold(
        "in doubt, though the channel takes our key",
        (row["text"] for row in rows if row["state"] == "unsure" and row["kind"] != "telegram_bot"),
    )
    verdict.hold(
        "not shown in its thread, or twice",
        (
            (row["text"], row["state"], row["shown"])
            for row in rows
            if row["shown"] != (row["state"] in {"sent", "unsure"})
        ),
    )
    unsure = [row["text"] for row in rows if row["state"] == "unsure"]
    verdict.counts["doubts that had arrived"] = sum(bool(taken[text]) for text in unsure)
    verdict.hold("in doubt, though nobody died", unsure if not deaths else ())
    verdict.hold("out of order", _disorder(rows, record["taken"], retried))
    return verdict


def _disorder(
    rows: Iterable[Any], taken: Iterable[tuple[str, str, str]], retried: Collection[str]
) -> list[object]:
    seq = {row["text"]: row["seq"] for row in rows}
    last: dict[tuple[str, str], int] = defaultdict(int)
    found: list[object] = []
    for channel, chat, text in taken:
        if text in retried:
            continue
        if seq[text] < last[channel, chat]:
            found.append((chat, text))
        last[channel, chat] = max(last[channel, chat], seq[text])
    return found


_LEFT = f"""
SELECT o.id, a.kind, o.state, o.problem, o.attempts, o.failures,
    o.doubted_at IS NOT NULL AS doubted, o.due_at - now() AS due, o.lease_until - now() AS lease,
    a.state AS account, a.lease_until - now() AS account_lease, a.lease_owner
FROM outbound_messages o JOIN channel_accounts a ON a.id = o.account_id
WHERE o.{_OPEN} ORDER BY o.conversation_id, o.seq
"""


async def left_open(world: World) -> list[str]:
    """The replies that are still on their way, and why."""
    sql = await world.sql()
    rows = await sql.fetch(_LEFT)
    await sql.close()
    return [" ".join(f"{name}={value}" for name, value in row.items()) for row in rows]
