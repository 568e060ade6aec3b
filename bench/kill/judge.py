"""The verdict: what the database holds against what the sandbox has recorded."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from bench.kill.outside import Json, Outside
from bench.kill.people import Written
from bot.taps import CardTap, stamp_of

REPEATED = "эта карточка могла прийти дважды"
_TOKEN = re.compile(r"\[\d+\.\d+\]")
_OPEN = """
SELECT (SELECT count(*) FROM channel_updates WHERE done_at IS NULL) AS updates,
    (SELECT count(*) FROM operator_updates WHERE done_at IS NULL) AS presses,
    (SELECT count(*) FROM turns WHERE state IN ('quiet', 'drafting')) AS drafts,
    (SELECT count(*) FROM outbound_messages
     WHERE state IN ('scheduled', 'claimed', 'sending')) AS replies,
    (SELECT count(*) FROM outbound_messages WHERE state = 'unsure') AS doubts,
    (SELECT count(*) FROM cards WHERE drawn < wanted AND state <> 'gone') AS cards,
    (SELECT count(*) FROM suggestions s JOIN conversations c ON c.tenant_id = s.tenant_id
        AND c.id = s.conversation_id WHERE s.status = 'pending' AND s.fence = c.version) AS pending,
    (SELECT count(*) FROM outbox WHERE done_at IS NULL) AS events
"""


@dataclass
class Verdict:
    """Counts for the table, and every fault in words; no faults is a pass."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def hold(self, fault: str, found: Iterable[object]) -> None:
        found = list(found)
        self.counts[fault] = len(found)
        if found:
            self.faults.append(f"{fault}: {len(found)}, such as {found[:5]}")


class Recorder:
    """The sandbox keeps its newest requests only: what the bots said is copied as it happens."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._after = 0
        self.said: list[Json] = []

    async def catch_up(self) -> None:
        found = await self._outside.call(
            "GET", "requests", target="telegram", after=self._after, limit=20_000
        )
        for row in found["requests"]:
            self._after = max(self._after, row["number"])
            if row["method"].lower() in {"sendmessage", "editmessagetext"}:
                self.said.append(row)


async def settle_down(sql: asyncpg.Connection, seconds: float, *, looks: int = 3) -> dict[str, int]:
    """Wait until no work is left; returns what still is when time is up (nothing, if all is well)."""
    end = time.monotonic() + seconds
    calm = 0
    while True:
        row = await sql.fetchrow(_OPEN)
        left = {name: count for name, count in row.items() if count}
        calm = 0 if left else calm + 1
        if calm >= looks or time.monotonic() > end:
            return left
        await asyncio.sleep(0.3)


async def judge(
    sql: asyncpg.Connection,
    outside: Outside,
    recorder: Recorder,
    written: Sequence[Written],
    accepted: Iterable[str],
) -> Verdict:
    """All promises of the main road, one after another."""
    verdict = Verdict()
    await recorder.catch_up()
    await _messages(sql, verdict, written)
    await _cards(sql, verdict, recorder, written)
    await _replies(sql, verdict, outside, {one.chat_id for one in written})
    await _approvals(sql, verdict, accepted)
    verdict.counts["deadlocks since the last crash"] = await sql.fetchval(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return verdict


async def _messages(sql: asyncpg.Connection, verdict: Verdict, written: Sequence[Written]) -> None:
    rows = await sql.fetch(
        """
        SELECT c.external_chat_id AS chat, m.external_message_id AS message, count(*) AS times
        FROM messages m JOIN conversations c
            ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id
        WHERE m.direction = 'in' GROUP BY 1, 2
        """
    )
    kept = {(int(row["chat"]), int(row["message"])): row["times"] for row in rows}
    sent = {(one.chat_id, one.message_id) for one in written}
    verdict.counts["messages"] = len(written)
    verdict.hold("messages lost", sorted(sent - kept.keys()))
    verdict.hold("messages kept twice", (key for key, times in kept.items() if times > 1))
    verdict.hold("messages nobody wrote", sorted(kept.keys() - sent))
    numbers = await sql.fetch(
        """
        SELECT conversation_id FROM (
            SELECT m.conversation_id, m.external_message_id::bigint AS external,
                lag(m.external_message_id::bigint) OVER (
                    PARTITION BY m.conversation_id ORDER BY m.id) AS before
            FROM messages m WHERE m.direction = 'in') found
        WHERE before > external
        """
    )
    verdict.hold("messages out of order", (str(row[0]) for row in numbers))


async def _cards(
    sql: asyncpg.Connection, verdict: Verdict, recorder: Recorder, written: Sequence[Written]
) -> None:
    """Every message was to be read on a card; no card hangs twice without saying that it may."""
    rows = await sql.fetch(
        """
        SELECT m.text, m.turn_id FROM messages m WHERE m.direction = 'in' AND m.text <> ''
        """
    )
    turn_of = {token: row["turn_id"] for row in rows for token in _TOKEN.findall(row["text"])}
    cards = await sql.fetch("SELECT turn_id, chat_id, message_id, state, repeats FROM cards")
    hanging = {(row["chat_id"], row["message_id"]) for row in cards}
    chats = {row["chat_id"] for row in cards}
    read: set[str] = set()
    sends: dict[tuple[int, Any], list[bool]] = defaultdict(list)
    for row in recorder.said:
        params = row["params"]
        chat_id = int(params.get("chat_id", 0))
        if chat_id not in chats or row["status"] not in {200, None}:
            continue
        tokens = _TOKEN.findall(params.get("text", ""))
        read.update(tokens)
        turns = [turn_of[token] for token in tokens if token in turn_of]
        if row["method"].lower() == "sendmessage" and turns:
            # Of the turns a card speaks of, its own is the last: earlier ones are quoted before.
            sends[chat_id, turns[-1]].append(REPEATED in params["text"])
    verdict.counts["cards"] = len(cards)
    verdict.counts["repeats marked"] = sum(sum(marks) for marks in sends.values())
    verdict.hold(
        "cards shown as two",
        (key for key, marks in sends.items() if marks.count(False) > 1),
    )
    tokens = [one.token for one in written if one.token]
    verdict.hold("messages on no card", (token for token in tokens if token not in read))
    verdict.hold(
        "cards that hang nowhere",
        (str(row["turn_id"]) for row in cards if row["state"] != "shown"),
    )
    bare = await sql.fetch(
        """
        SELECT t.id FROM turns t WHERE NOT EXISTS (
            SELECT FROM cards c WHERE c.tenant_id = t.tenant_id AND c.turn_id = t.id)
        """
    )
    verdict.hold("turns without a card", (str(row["id"]) for row in bare))
    verdict.counts["cards hanging"] = len(hanging)


async def _replies(
    sql: asyncpg.Connection, verdict: Verdict, outside: Outside, chats: set[int]
) -> None:
    """Each reply once; only one in doubt may be there twice, or not at all."""
    rows = await sql.fetch(
        """
        SELECT external_chat_id AS chat, text, state, external_message_id AS message,
            doubt_resolved_at IS NOT NULL OR state = 'unsure' AS doubtful
        FROM outbound_messages WHERE state <> 'cancelled'
        """
    )
    names = {p["chat_id"]: p["name"] for p in (await outside.call("GET", "people"))["people"]}
    known: dict[int, dict[int, Any]] = defaultdict(dict)
    doubts: Counter[tuple[int, str]] = Counter()
    for row in rows:
        if row["doubtful"]:
            doubts[int(row["chat"]), row["text"]] += 1
        elif row["state"] == "sent":
            known[int(row["chat"])][int(row["message"])] = row
    delivered, missing, twice, altered = 0, [], [], []
    for chat_id in chats:
        found = await outside.call("GET", f"customers/{names[chat_id]}/messages", limit=20_000)
        got = {message["message_id"]: message["text"] for message in found["messages"]}
        delivered += len(got)
        missing += [(chat_id, number) for number in known[chat_id].keys() - got.keys()]
        for number, text in got.items():
            row = known[chat_id].get(number)
            if row is not None:
                if row["text"] != text:
                    altered.append((chat_id, number))
            elif doubts[chat_id, text] > 0:
                doubts[chat_id, text] -= 1
            else:
                twice.append((chat_id, number, text[:60]))
    states = Counter(row["state"] for row in rows)
    verdict.counts["replies"] = len(rows)
    verdict.counts["replies delivered"] = delivered
    verdict.counts["unsure"] = sum(row["doubtful"] for row in rows)
    verdict.counts["replies rejected"] = sum(
        row["state"] == "rejected" and not row["doubtful"] for row in rows
    )
    verdict.hold("replies delivered twice", twice)
    verdict.hold("replies called sent, never delivered", missing)
    verdict.hold("replies altered", altered)
    open_ = {state: states[state] for state in ("scheduled", "claimed", "sending") if states[state]}
    verdict.hold("replies never settled", open_.items())


async def _approvals(sql: asyncpg.Connection, verdict: Verdict, accepted: Iterable[str]) -> None:
    """Whoever was told «Отправляю» has a reply planned; a decision without one is a lost one."""
    rows = await sql.fetch(
        """
        SELECT s.id, s.status, EXISTS (
            SELECT FROM outbound_messages o
            WHERE o.tenant_id = s.tenant_id AND o.suggestion_id = s.id) AS planned
        FROM suggestions s
        """
    )
    planned = {stamp_of(row["id"])[:5] for row in rows if row["planned"]}
    stamps = [CardTap.unpack(data).stamp[:5] for data in accepted]
    verdict.counts["approvals answered"] = len(stamps)
    verdict.hold("approvals lost", (stamp for stamp in stamps if stamp not in planned))
    verdict.hold(
        "decisions without a reply",
        (
            str(row["id"])
            for row in rows
            if row["status"] in {"approved", "edited"} and not row["planned"]
        ),
    )
