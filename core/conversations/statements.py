"""The SQL of the hot road: each statement takes a whole batch, its rows as JSON.

An array for each column would cost more than what is done with it: the driver looks at every value
of every array to learn its shape, and Postgres unpacks each by itself.
"""

from core.channels.inbox import KEEP_AS_READ
from core.identity.duty import ON_DUTY
from core.notifications.cards import WANT_OF_BEGUN

# Conversations are locked in the order of ids: two batches can never wait for each other. What they
# say is read by the next statement: one that waited for a lock sees the locked row anew, but
# whatever is joined to it as it was before. Customers known under a name are not locked: nobody
# takes an identity away.
BEGIN = """
WITH kept AS (
    INSERT INTO message_keys (tenant_id, account_id, external_chat_id, external_message_id,
        message_id)
    SELECT $1, $2, k.chat, k.message, k.id
    FROM json_to_recordset($3) AS k(chat text, message text, id uuid)
    ON CONFLICT DO NOTHING RETURNING message_id
), locked AS (
    SELECT id FROM conversations
    WHERE tenant_id = $1 AND account_id = $2 AND external_chat_id = ANY($4::text[])
    ORDER BY id FOR NO KEY UPDATE
), known AS MATERIALIZED (
    SELECT id, external_user_id, customer_id FROM customer_identities
    WHERE tenant_id = $1 AND account_id = $2 AND external_user_id = ANY($5::text[])
)
SELECT s.default_mode, s.quiet_milliseconds,
    ARRAY(SELECT message_id FROM kept) AS kept, ARRAY(SELECT id FROM locked) AS locked,
    ARRAY(SELECT external_user_id FROM known ORDER BY id) AS users,
    ARRAY(SELECT customer_id FROM known ORDER BY id) AS customers
FROM tenant_settings s WHERE s.tenant_id = $1
"""
# The same, and the updates that say so are kept as read.
KEEP_AND_BEGIN = BEGIN.replace(
    "WITH kept AS (", f"WITH updates AS ({KEEP_AS_READ.format(6, 7)}), kept AS ("
).replace("AS kept,", "AS kept, ARRAY(SELECT external_id FROM updates) AS updates,")
THREADS = """
SELECT c.id, c.external_chat_id, c.status, c.version, c.episode_id, e.number AS episode_number,
    c.turn_id, t.state AS turn_state, coalesce(t.number, 0) AS turn_number, t.opened_at, t.due_at,
    t.first_message_id, t.last_message_id, c.unread_count, c.waiting_since, c.assignee_id,
    c.customer_id
FROM conversations c
JOIN episodes e ON e.tenant_id = c.tenant_id AND e.id = c.episode_id
LEFT JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id
WHERE c.tenant_id = $1 AND c.id = ANY($2::uuid[])
"""
# Everything a batch changes, in one round trip. What refers to a row made beside it is checked at
# the end of the statement.
SAVE = f"""
WITH strangers AS MATERIALIZED (
    SELECT * FROM json_to_recordset($5) AS s(customer uuid, name text, language text,
        identity uuid, external text, username text)
), threads AS MATERIALIZED (
    SELECT * FROM json_to_recordset($6) AS t(id uuid, nth int, customer uuid, chat text,
        status text, version bigint, episode uuid, new_episode int, turn uuid, turn_number int,
        turn_state text, turn_first uuid, turn_last uuid, turn_opened timestamptz,
        turn_due timestamptz, begun int, assignee uuid, unread int, waiting timestamptz,
        at timestamptz, text text, direction text)
), customers_made AS (
    INSERT INTO customers (tenant_id, id, name, language, created_at)
    SELECT $1, customer, name, language, $3 FROM strangers
), identities_made AS (
    INSERT INTO customer_identities (tenant_id, id, customer_id, account_id, external_user_id,
        username)
    SELECT $1, identity, customer, $2, external, username FROM strangers
), numbered AS (
    UPDATE tenants SET conversations_opened = conversations_opened + made.n
    FROM (SELECT count(nth)::int AS n FROM threads) made
    WHERE tenants.id = $1 AND made.n > 0
    RETURNING conversations_opened - made.n AS before
), conversations_made AS (
    INSERT INTO conversations (tenant_id, id, number, customer_id, account_id, external_chat_id,
        mode, created_at, status, version, episode_id, turn_id, unread_count, waiting_since,
        last_message_at, last_message_text, last_message_direction)
    SELECT $1, t.id, numbered.before + t.nth, t.customer, $2, t.chat, $4, $3, t.status, t.version,
        t.episode, t.turn, t.unread, t.waiting, t.at, t.text, t.direction
    FROM threads t CROSS JOIN numbered WHERE t.nth IS NOT NULL
), conversations_moved AS (
    UPDATE conversations c SET status = t.status, version = t.version, episode_id = t.episode,
        turn_id = t.turn, unread_count = t.unread, waiting_since = t.waiting,
        last_message_at = t.at, last_message_text = t.text, last_message_direction = t.direction,
        snoozed_until = NULL
    FROM threads t WHERE c.tenant_id = $1 AND c.id = t.id AND t.nth IS NULL
), episodes_made AS (
    INSERT INTO episodes (tenant_id, id, conversation_id, number, opened_at)
    SELECT $1, episode, id, new_episode, $3 FROM threads WHERE new_episode IS NOT NULL
), turns_over AS (
    UPDATE turns SET state = 'superseded', closed_at = $3, lease_token = NULL
    WHERE tenant_id = $1 AND id = ANY($8::uuid[])
), turns_kept AS (
    INSERT INTO turns (tenant_id, id, conversation_id, episode_id, number, state, first_message_id,
        last_message_id, opened_at, due_at)
    SELECT $1, turn, id, episode, turn_number, turn_state, turn_first, turn_last, turn_opened,
        turn_due
    FROM threads WHERE turn_state IS NOT NULL
    ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state,
        last_message_id = excluded.last_message_id, due_at = excluded.due_at,
        lease_token = NULL, lease_until = NULL
), begun AS (
    SELECT turn, id AS conversation, assignee, begun AS nth FROM threads WHERE begun IS NOT NULL
), people AS MATERIALIZED (
    {ON_DUTY}
), cards_wanted AS (
    {WANT_OF_BEGUN}
)
INSERT INTO messages (tenant_id, id, conversation_id, episode_id, turn_id, direction, author,
    external_message_id, text, reply_to_id, album_key, details, at, received_at)
SELECT $1, m.id, m.conversation, m.episode, m.turn, m.direction, m.author, m.external, m.text,
    (SELECT k.message_id FROM message_keys k WHERE k.tenant_id = $1 AND k.account_id = $2
        AND k.external_chat_id = m.chat AND k.external_message_id = m.reply_to),
    m.album, m.details, m.at, $3
FROM json_to_recordset($7) AS m(id uuid, conversation uuid, episode uuid, turn uuid,
    direction text, author text, external text, chat text, text text, reply_to text, album text,
    details jsonb, at timestamptz)
"""  # noqa: S608 - constants
ATTACHMENTS = """
INSERT INTO attachments (tenant_id, id, message_id, account_id, position, kind, state,
    external_file_id, file_name, mime, size, seconds, due_at)
SELECT $1, a.id, a.message, $2, a.position, a.kind, a.state, a.file, a.name, a.mime, a.size,
    a.seconds, $3
FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::bigint[], $13::int[])
    AS a(id, message, position, kind, state, file, name, mime, size, seconds)
"""
