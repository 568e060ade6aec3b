"""A store that has been at work for long: a million messages of a hundred thousand customers."""

from bench.rig import Rig

_CONVERSATIONS = 100_000
_MESSAGES_EACH = 10


_STATEMENTS = (
    f"""
    CREATE TABLE bench_old AS SELECT n, uuidv7() AS customer, uuidv7() AS conversation,
        uuidv7() AS episode FROM generate_series(1, {_CONVERSATIONS}) AS n
    """,
    """
    INSERT INTO customers (tenant_id, id, name, created_at)
    SELECT {tenant}, customer, 'Клиент ' || n, now() FROM bench_old
    """,
    """
    INSERT INTO conversations (tenant_id, id, number, customer_id, account_id, external_chat_id,
        mode, episode_id, last_message_at, created_at)
    SELECT {tenant}, conversation, n, customer, (SELECT id FROM channel_accounts LIMIT 1),
        'old-' || n, 'learning', episode, now(), now() FROM bench_old
    """,
    """
    INSERT INTO episodes (tenant_id, id, conversation_id, number, opened_at)
    SELECT {tenant}, episode, conversation, 1, now() FROM bench_old
    """,
    f"""
    INSERT INTO messages (tenant_id, id, conversation_id, episode_id, direction, author, text, at,
        received_at)
    SELECT {{tenant}}, uuidv7(), conversation, episode, 'in', 'customer',
        'Здравствуйте! Есть АКПП на Camry 40, сколько стоит?', now(), now()
    FROM bench_old, generate_series(1, {_MESSAGES_EACH})
    """,
    f"UPDATE tenants SET conversations_opened = {_CONVERSATIONS}",
    "DROP TABLE bench_old",
    "ANALYZE",
)


async def fill(rig: Rig) -> None:
    """By the server itself, set by set; then as fresh statistics as a live server has."""
    for statement in _STATEMENTS:
        await rig.execute(statement.format(tenant=f"'{rig.actor.tenant_id}'::uuid"))
