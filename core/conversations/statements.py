"""The SQL of the hot road: each statement takes a whole batch as arrays."""

SETTINGS = """
SELECT default_mode, quiet_milliseconds FROM tenant_settings WHERE tenant_id = $1
"""
KEYS = """
INSERT INTO message_keys (tenant_id, account_id, external_chat_id, external_message_id, message_id)
SELECT $1, $2, k.chat, k.message, k.id
FROM unnest($3::text[], $4::text[], $5::uuid[]) AS k(chat, message, id)
ON CONFLICT DO NOTHING RETURNING message_id
"""
# Locked in the order of ids: two batches can never wait for each other. A statement of its own: one
# that waited for a lock sees the locked row anew, but whatever is joined to it as it was before.
LOCK = """
SELECT id FROM conversations
WHERE tenant_id = $1 AND account_id = $2 AND external_chat_id = ANY($3::text[])
ORDER BY id FOR NO KEY UPDATE
"""
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
IDENTITIES = """
SELECT external_user_id, customer_id FROM customer_identities
WHERE tenant_id = $1 AND account_id = $2 AND external_user_id = ANY($3::text[])
"""
CUSTOMERS = """
INSERT INTO customers (tenant_id, id, name, language, created_at)
SELECT $1, c.id, c.name, c.language, $2
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS c(id, name, language)
"""
NEW_IDENTITIES = """
INSERT INTO customer_identities (tenant_id, id, customer_id, account_id, external_user_id, username)
SELECT $1, i.id, i.customer, $2, i.external, i.username
FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) AS i(id, customer, external, username)
"""
NUMBERS = """
UPDATE tenants SET conversations_opened = conversations_opened + $2 WHERE id = $1
RETURNING conversations_opened
"""
CONVERSATIONS = """
INSERT INTO conversations (tenant_id, id, number, customer_id, account_id, external_chat_id,
    mode, episode_id, last_message_at, created_at)
SELECT $1, c.id, c.number, c.customer, $2, c.chat, $3, c.episode, $4, $4
FROM unnest($5::uuid[], $6::int[], $7::uuid[], $8::text[], $9::uuid[])
     AS c(id, number, customer, chat, episode)
"""
EPISODES = """
INSERT INTO episodes (tenant_id, id, conversation_id, number, opened_at)
SELECT $1, e.id, e.conversation, e.number, $2
FROM unnest($3::uuid[], $4::uuid[], $5::int[]) AS e(id, conversation, number)
"""
TURNS = """
INSERT INTO turns (tenant_id, id, conversation_id, episode_id, number, state, first_message_id,
    last_message_id, opened_at, due_at)
SELECT $1, t.* FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::text[], $7::uuid[],
    $8::uuid[], $9::timestamptz[], $10::timestamptz[]) AS t
ON CONFLICT (tenant_id, id) DO UPDATE SET state = excluded.state,
    last_message_id = excluded.last_message_id, due_at = excluded.due_at,
    lease_token = NULL, lease_until = NULL
"""
SUPERSEDE = """
UPDATE turns SET state = 'superseded', closed_at = $3, lease_token = NULL
WHERE tenant_id = $1 AND id = ANY($2::uuid[])
"""
MESSAGES = """
INSERT INTO messages (tenant_id, id, conversation_id, episode_id, turn_id, direction, author,
    external_message_id, text, reply_to_id, album_key, details, at, received_at)
SELECT $1, m.id, m.conversation, m.episode, m.turn, m.direction, m.author, m.external, m.text,
    (SELECT k.message_id FROM message_keys k WHERE k.tenant_id = $1 AND k.account_id = $2
        AND k.external_chat_id = m.chat AND k.external_message_id = m.reply_to),
    m.album, m.details::jsonb, m.at, $3
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[])
    AS m(id, conversation, episode, turn, direction, author, external, chat, text, reply_to, album,
         details, at)
"""
ATTACHMENTS = """
INSERT INTO attachments (tenant_id, id, message_id, account_id, position, kind, state,
    external_file_id, file_name, mime, size, seconds, due_at)
SELECT $1, a.id, a.message, $2, a.position, a.kind, a.state, a.file, a.name, a.mime, a.size,
    a.seconds, $3
FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::bigint[], $13::int[])
    AS a(id, message, position, kind, state, file, name, mime, size, seconds)
"""
MOVE_ON = """
UPDATE conversations c SET status = v.status, version = v.version, episode_id = v.episode,
    turn_id = v.turn, unread_count = v.unread, waiting_since = v.waiting,
    last_message_at = v.at, last_message_text = v.text, last_message_direction = v.direction,
    snoozed_until = NULL
FROM unnest($2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[], $7::int[],
    $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[])
    AS v(id, status, version, episode, turn, unread, waiting, at, text, direction)
WHERE c.tenant_id = $1 AND c.id = v.id
"""
