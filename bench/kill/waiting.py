"""What a round that comes back late waits for: the open rows, and how long each is still leased."""

import asyncpg

# (table, what stands open in it). Seconds below zero are past.
_TABLES = {
    "channel_updates": ("done_at IS NULL", "'kept'", "received_at"),
    "operator_updates": ("done_at IS NULL", "lane", "received_at"),
    "turns": ("state IN ('quiet', 'drafting')", "state", "due_at"),
    "outbound_messages": ("state IN ('scheduled', 'claimed', 'sending')", "state", "due_at"),
    "cards": ("drawn < wanted AND state <> 'gone'", "state", "due_at"),
    "outbox": ("done_at IS NULL", "kind", "at"),
}
_OPEN = """
SELECT {state} AS state, attempts, problem,
    round(extract(epoch FROM lease_until - now())::numeric, 1) AS leased,
    round(extract(epoch FROM {due} - now())::numeric, 1) AS due
FROM {table} WHERE {open} ORDER BY lease_until DESC NULLS LAST LIMIT 3
"""
_PENDING = """
SELECT count(*) FROM suggestions s JOIN conversations c ON c.tenant_id = s.tenant_id
    AND c.id = s.conversation_id WHERE s.status = 'pending' AND s.fence = c.version
"""


async def waiting(sql: asyncpg.Connection) -> list[str]:
    """A line for each of the rows that are held the longest, and for what people have to decide."""
    lines = []
    for table, (open_, state, due) in _TABLES.items():
        query = _OPEN.format(table=table, open=open_, state=state, due=due)
        lines += [
            f"{table}: {row['state']}, due in {row['due']} s, leased for {row['leased']} s,"
            f" attempts {row['attempts']}, {row['problem'] or 'no problem'}"
            for row in await sql.fetch(query)
        ]
    if pending := await sql.fetchval(_PENDING):
        lines.append(f"suggestions: {pending} pending")
    if doubts := await sql.fetchval(
        "SELECT count(*) FROM outbound_messages WHERE state = 'unsure'"
    ):
        lines.append(f"outbound_messages: {doubts} in doubt")
    return lines
